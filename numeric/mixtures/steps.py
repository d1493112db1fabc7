"""The M-step and the gradients as functions of moments about the location that a pass was run at."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from numeric import construct as c
from numeric.codegen import NotGenerated
from numeric.mixtures.expansion import Expansion, like, occurs, substituted
from numeric.mixtures.moments import Moments
from numeric.mixtures.system import Parameter, System
from numeric.program import Node, nodes

OFFSET, MOVE, CENTRE, FRESH = "offset of ", "move of ", "centre of ", "new "


@dataclass(frozen=True)
class Step:
    """A parameter as a function of the statistics; ``moved`` if it is the change of a location that is given."""

    parameter: Parameter
    value: Node
    moved: bool


class Steps:
    """Expressions of a system by moments.

    Parameters
    ----------
    system : System
        The system.
    """

    def __init__(self, system: System) -> None:
        self.system = system
        self.data = tuple(each.key for each in system.data)
        self.moments = Moments(system.samples, system.components, self.data, system.weight)
        self.counts = self.moments.symbol(c.one())
        self.about = self.moments.about(self._from_centre)

    def steps(self, updates: list[Node]) -> list[Step]:
        """Return the M-step, each parameter after those that it depends on, the location first."""
        location = self.system.location
        waiting = dict(zip(self.system.parameters, updates, strict=True))
        keys = [parameter.key for parameter in waiting]
        found: list[Step] = []
        while waiting:
            done = {step.parameter.key for step in found}
            ready = [
                parameter
                for parameter, update in waiting.items()
                if all(key in done for key in keys if occurs(update, key))
            ]
            if not ready:
                names = ", ".join(parameter.name for parameter in waiting)
                raise NotGenerated(f"the M-step of {names} has no closed form")
            first = next((p for p in ready if location is not None and p == location.parameter), ready[0])
            found.append(self._step(first, waiting.pop(first), found))
        return found

    def _step(self, parameter: Parameter, update: Node, before: list[Step]) -> Step:
        location = self.system.location
        moved = location is not None and parameter == location.parameter
        done = {step.parameter.key for step in before}
        value = self._centred(update, fresh=True)
        if moved:
            value = self.expanded(c.add(value, c.negative(like(parameter.symbol, CENTRE + parameter.key))))
        for step in before:
            if step.moved:
                value = self.expanded(self._by_move(value, step))
        value = substituted(value, lambda s: like(s, FRESH + s.data[0]) if s.data[0] in done else None)
        if location is not None and occurs(value, CENTRE + location.parameter.key):
            raise NotGenerated(f"the M-step of {parameter.name} does not move with the data")
        return Step(parameter, value, moved)

    def _by_move(self, value: Node, step: Step) -> Node:
        """Return an expression with the moment that a move is a multiple of written as a multiple of the move.

        A quotient of counts is thereby formed once, and not squared.
        """
        numbers, arrays = c.numbers_of(step.value)
        candidates = [f for f in (*numbers, *arrays) if f.op == "symbol" and f.data[0] in self.moments.features]
        mine = [f for f in candidates if f != self.counts]
        if len(mine) != 1 or len(arrays) > 1:
            return value
        others = [c.power(factor, c.number(-1)) for factor in numbers if factor != mine[0]]
        move = like(step.parameter.symbol, MOVE + step.parameter.key)
        as_move = c.mul(*others, move)
        return substituted(value, lambda s: as_move if s == mine[0] else None)

    def _centred(self, node: Node, fresh: bool) -> Node:
        """Return a function of moments of the data as one of moments about the location, and of its move."""
        location = self.system.location
        if location is None:
            return self.expanded(node)
        parameter = location.parameter

        def value(symbol: Node) -> Node | None:
            if symbol.data[0] == parameter.key:
                centre = like(symbol, CENTRE + parameter.key)
                return c.add(centre, like(symbol, MOVE + parameter.key)) if fresh else centre
            return self.about(symbol)

        return self.expanded(substituted(node, value))

    def _from_centre(self, symbol: Node) -> Node | None:
        """Return what the located data are, by their distance to the centre."""
        location = self.system.location
        if location is None or symbol.data[0] != location.datum.key:
            return None
        return c.add(symbol, like(location.parameter.symbol, CENTRE + location.parameter.key))

    def expanded(self, node: Node) -> Node:
        location = self.system.location
        opened = list(self.moments.features)
        if location is not None:
            opened += [mark + location.parameter.key for mark in (CENTRE, MOVE)]
        return Expansion(opened).expanded(node)

    def gradient(self, gradient: Node) -> Node:
        """Return a gradient at the parameters that the statistics were taken at."""
        value = self._centred(gradient, fresh=False)
        return substituted(
            value, lambda s: like(s, s.data[0].removeprefix(CENTRE)) if s.data[0].startswith(CENTRE) else None
        )


def symbols_of(*exprs: Node) -> Iterable[Node]:
    """Yield the symbols of expressions, each once."""
    seen = set()
    for node in nodes(*exprs):
        if node.op == "symbol" and node.data[0] not in seen:
            seen.add(node.data[0])
            yield node
