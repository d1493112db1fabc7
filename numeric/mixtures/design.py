r"""The design of a mixture module: features and their parameters, statistics, and what follows from them.

A pass over the data is two matrix products, Θ φ(x − s) for the log-densities of all components and R φ(x − s)ᵀ for all
moments. Which features φ there are, what Θ is, and how the M-step follows from the moments, comes from the derivation.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from numeric import construct as c
from numeric.codegen import NotGenerated
from numeric.mixtures.expansion import Expansion, NotSeparable, like, substituted
from numeric.mixtures.form import Form, form_of
from numeric.mixtures.moments import degree, separated_joint
from numeric.mixtures.steps import OFFSET, Step, Steps
from numeric.mixtures.system import Location, System
from numeric.program import Node, make, nodes

COMMON = "common moment"
WHITENING = "whitening"
ORDINALS = ("counts", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")


@dataclass(frozen=True)
class Statistic:
    """A moment that the M-step or a gradient is a function of; ``summed`` if only over all components together."""

    name: str
    feature: Node
    symbol: Node
    summed: bool
    recentred: Node


@dataclass(frozen=True)
class Design:
    """What a mixture module is written from.

    Attributes
    ----------
    system : System
        The expressions it comes from.
    features : dict
        The features of the samples, by the key of their moments, with their parameters (None where the density has no
        use for a feature).
    statistics : tuple of Statistic
        The moments that are returned.
    steps : tuple of Step
        The M-step, each parameter after those that it depends on.
    gradients : tuple of Node
        The gradients, in the order of the parameters.
    form : Form or None
        The log-joint density as a square, where it is one.
    common : Node or None
        What u uᵀ of the located data u is multiplied by, where that is the same for all components and the moment is
        only needed of all of them together: it has no part in the responsibilities, and is no feature then.
    """

    system: System
    features: dict[str, tuple[Node, Node | None]]
    statistics: tuple[Statistic, ...]
    steps: tuple[Step, ...]
    gradients: tuple[Node, ...]
    form: Form | None
    common: Node | None

    @property
    def location(self) -> Location | None:
        """The data and the parameter that may be moved together."""
        return self.system.location


def design_of(system: System) -> Design:
    """Return the design of a mixture module.

    Raises
    ------
    NotGenerated
        If the log-density does not separate, or the M-step is no function of moments.
    """
    try:
        return _Designer(system).design()
    except NotSeparable as problem:
        raise NotGenerated(str(problem)) from problem


class _Designer(Steps):
    def design(self) -> Design:
        system = self.system
        theta = separated_joint(system.log_joint, system.samples, self.data, [each.key for each in system.parameters])
        taken = [(self.moments.taken(p.update), self.moments.taken(p.gradient)) for p in system.parameters]
        steps = self.steps([update for update, _ in taken])
        gradients = tuple(self.gradient(gradient) for _, gradient in taken)
        used = [*(step.value for step in steps), *gradients]
        for feature in theta:
            self.moments.key(feature)
        statistics = self._statistics(used)
        rename = {one.symbol.data[0]: one for one in statistics}
        order = sorted(self.moments.features.items(), key=lambda item: (degree(item[1], self.data), item[1].rank))
        features = {
            key: (feature, None if feature not in theta else self._offset(theta[feature])) for key, feature in order
        }
        form = form_of(system)
        common = None
        key = self._common(features, statistics) if form is not None else None
        if key is not None:
            _, common = features.pop(key)
            statistics = tuple(self._without(one, key) for one in statistics)
        return Design(
            system,
            features,
            statistics,
            tuple(Step(step.parameter, _named(step.value, rename, system), step.moved) for step in steps),
            tuple(_named(gradient, rename, system) for gradient in gradients),
            form,
            common,
        )

    # -- statistics --------------------------------------------------------------------------------------------

    def _statistics(self, used: list[Node]) -> tuple[Statistic, ...]:
        needed = {self.counts: self.moments.features[self.counts.data[0]]}
        for node in nodes(*used):
            if node.op == "symbol" and node.data[0] in self.moments.features:
                needed[node] = self.moments.features[node.data[0]]
        found: list[Statistic] = []
        taken: dict[str, int] = {}
        for symbol, feature in sorted(needed.items(), key=lambda item: (degree(item[1], self.data), item[1].rank)):
            place = degree(feature, self.data)
            name = ORDINALS[place] if place < len(ORDINALS) else f"moment_{place}"
            taken[name] = taken.get(name, 0) + 1
            name += f"_{taken[name]}" if taken[name] > 1 else ""
            alone = symbol != self.counts and self._only_summed(symbol, used)
            moved = self._recentred(symbol)
            recentred = self._sum(moved) if alone else moved
            found.append(Statistic(name, feature, symbol, alone, recentred))
        return tuple(found)

    def _common(self, features: dict[str, tuple[Node, Node | None]], statistics: tuple[Statistic, ...]) -> str | None:
        """Return the key of u uᵀ of located data u if its parameter and its use are common to all components."""
        location = self.system.location
        if location is None:
            return None
        outer = c.matmul(location.datum.symbol, c.transpose(location.datum.symbol))
        for key, (feature, parameter) in features.items():
            is_common = parameter is not None and self.system.components not in parameter.axes
            recentred = [one.recentred for one in statistics]
            if feature == outer and is_common and self._only_summed(self.moments.symbol(feature), recentred):
                return key
        return None

    def _without(self, one: Statistic, key: str) -> Statistic:
        """Return a statistic in which the moment of all components together has a name of its own."""
        symbol = self.moments.symbol(self.moments.features[key])
        total = c.total(symbol, self.system.components)
        common = make("symbol", data=(COMMON, symbol.data[1]), shape=symbol.shape, axes=())
        return replace(one, recentred=c.rewritten(one.recentred, lambda part: common if part == total else part))

    def _only_summed(self, symbol: Node, used: list[Node]) -> bool:
        users = [node for node in nodes(*used) if symbol in node.args]
        return bool(users) and all(user.op == "sum" and user.data == (self.system.components,) for user in users)

    def _sum(self, node: Node) -> Node:
        return Expansion(self.moments.features).expanded(c.total(node, self.system.components))

    def _recentred(self, symbol: Node) -> Node:
        """Return a moment about the location by moments about the shift, from which the location has an offset."""
        location = self.system.location
        if location is None:
            return symbol
        datum, parameter = location.datum.key, location.parameter

        def move(s: Node) -> Node | None:
            if s.data[0] != datum:
                return None
            return c.add(s, c.negative(like(parameter.symbol, OFFSET + parameter.key)))

        return self.expanded(substituted(symbol, self.moments.about(move)))

    def _offset(self, node: Node) -> Node:
        """Return an expression in the parameters with the location as an offset from the shift."""
        location = self.system.location
        if location is None:
            return node
        key = location.parameter.key
        return substituted(node, lambda s: like(s, OFFSET + key) if s.data[0] == key else None)


def _named(node: Node, rename: dict[str, Statistic], system: System) -> Node:
    """Return an expression with moments under the names of the statistics; those that are only summed without k."""
    totals = {
        c.total(one.symbol, system.components): make(
            "symbol", data=(one.name, one.symbol.data[1]), shape=one.symbol.shape, axes=()
        )
        for one in rename.values()
        if one.summed
    }

    def rule(part: Node) -> Node:
        if part in totals:
            return totals[part]
        if part.op == "symbol" and part.data[0] in rename and not rename[part.data[0]].summed:
            return like(part, rename[part.data[0]].name)
        return part

    return c.rewritten(node, rule)
