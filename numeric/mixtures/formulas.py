"""Formulas as statements of NumPy: expressions of a design, through the passes that keep them stable."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from numeric import construct as c
from numeric.emit import Emitter
from numeric.mixtures.design import WHITENING
from numeric.mixtures.steps import symbols_of
from numeric.passes import optimised
from numeric.program import Argument, Node, Place, Program, make
from numeric.source import shapes, words


def statements(targets: Iterable[tuple[str, Node]], names: Mapping[str, str], taken: Iterable[str] = ()) -> list[str]:
    """Return statements that assign expressions to names, sharing what they have in common.

    Parameters
    ----------
    targets : iterable of (str, Node)
        The names to assign, and what to.
    names : mapping
        The Python names of symbols, by key.
    taken : iterable of str
        Names that stand for something else already.
    """
    wanted = list(targets)
    symbols = list(symbols_of(*(node for _, node in wanted)))
    arguments = tuple(_argument(symbol) for symbol in symbols)
    program = optimised(Program(arguments, tuple(node for _, node in wanted), tuple(n.axes for _, n in wanted)))
    emitter = Emitter(program)
    emitter.taken = {*names.values(), *taken, *(name for name, _ in wanted)}
    emitter.names = {(argument.key, None): names[argument.key] for argument in arguments}
    for (name, _), output in zip(wanted, program.outputs, strict=True):
        text = emitter.text(output)[0]
        if not emitter.uses[output] and emitter.lines and emitter.lines[-1].startswith(f"{text} = "):
            text = emitter.lines.pop().partition(" = ")[2]
        emitter.lines.append(f"{name} = {text}")
        emitter.texts[output] = (name, 4)
    lines = _needed(emitter.lines, {name for name, _ in wanted})
    return [*shapes(emitter, words(*lines)), *lines]


def _needed(lines: list[str], wanted: set[str]) -> list[str]:
    """Return the assignments that something uses."""
    kept: list[str] = []
    used = set(wanted)
    for line in reversed(lines):
        target, _, text = line.partition(" = ")
        if target in used:
            kept.insert(0, line)
            used |= words(text)
    return kept


def _argument(symbol: Node) -> Argument:
    places = symbol.data[2:]
    return Argument(symbol.data[0], tuple(place.axis.size for place in places), symbol.shape)


def whitened(node: Node, whitening: Node | None) -> Node:
    """Return an expression in which A⁻¹ is WᵀW and log |A| is −2 Σ log W_ii, for the triangular W of A = (WᵀW)⁻¹."""
    if whitening is None or whitening.op != "inv":
        return node
    matrix = whitening.args[0].args[0]
    factor = symbol_of(whitening)

    def rule(part: Node) -> Node:
        if part.op == "inv" and part.args[0] == matrix:
            return c.matmul(c.transpose(factor), factor)
        if part.op == "logdet" and part.args[0] == matrix:
            return c.scale(-2, c.total(c.function("log", c.diagonal(factor)), 0))
        return part

    return c.rewritten(node, rule)


def symbol_of(whitening: Node) -> Node:
    """Return the symbol for a whitening matrix that is computed beforehand."""
    places = tuple(Place(axis, c.ONE * 0) for axis in whitening.axes)
    return make("symbol", data=(WHITENING, (), *places), shape=whitening.shape, axes=whitening.axes)
