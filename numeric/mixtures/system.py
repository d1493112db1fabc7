"""A derived mixture as array expressions: the log-joint density, the M-step and the gradients, with named axes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sympy import Add

from derive.latex import latex
from derive.names import FAMILY
from numeric import construct as c
from numeric.codegen import NotGenerated
from numeric.lower import free_letters, lowered_all
from numeric.lowering import NotLowered
from numeric.mixtures.cores import argument_of_vectors, as_vectors
from numeric.mixtures.derived import Derived
from numeric.mixtures.expansion import Expansion, occurs, substituted
from numeric.passes.logarithms import in_logarithms
from numeric.program import Argument, Axis, Node, make, merged, nodes


@dataclass(frozen=True)
class Parameter:
    """A parameter: its name in the source, its symbol, its M-step and the gradient of Q by it."""

    name: str
    symbol: Node
    argument: Argument
    update: Node
    gradient: Node
    latex: str
    gradient_latex: str
    latex_name: str

    @property
    def key(self) -> str:
        """The key of the symbol."""
        return str(self.symbol.data[0])


@dataclass(frozen=True)
class Datum:
    """An array of the data: its name in the source and its symbol."""

    name: str
    symbol: Node
    argument: Argument

    @property
    def key(self) -> str:
        """The key of the symbol."""
        return str(self.symbol.data[0])


@dataclass(frozen=True)
class Location:
    """A parameter that is moved with the data: the log-joint density depends on their difference."""

    datum: Datum
    parameter: Parameter


@dataclass(frozen=True)
class System:
    """The expressions of a mixture; ``samples`` and ``components`` are the axes n and k."""

    samples: Axis
    components: Axis
    log_joint: Node
    data: tuple[Datum, ...]
    parameters: tuple[Parameter, ...]
    weight: str
    location: Location | None


def system_of(found: Derived) -> System:
    """Return a derived mixture as array expressions.

    Raises
    ------
    NotGenerated
        If something has no array operation, or an unknown no closed form.
    """
    stated = [found.scope.declarations[_key(text, found)] for text, _ in found.statement.data]
    sizes = dict(zip(stated[0].letters, stated[0].ranges, strict=True)) | _ranges(found)
    updates = [found.solution(unknown) for unknown in found.unknowns]
    first = tuple((letter, sizes[letter]) for letter in (found.samples, found.components))
    letters: list[tuple[tuple[str, Any], ...]] = [first]
    letters += [tuple((letter, sizes[letter]) for letter in free_letters(unknown)) for unknown in found.unknowns]
    exprs = [found.log_joint, *found.unknowns, *(each.value for each in updates), *_gradients(found)]
    try:
        program = lowered_all(exprs, found.scope, [letters[0], *letters[1:] * 3])
    except NotLowered as problem:
        raise NotGenerated(str(problem)) from problem
    samples, components = program.axes[0]
    outputs, arguments = list(program.outputs), list(program.arguments)
    for axis in merged(*(node.axes for each in outputs for node in nodes(each))):
        if axis not in (samples, components):
            outputs = [as_vectors(node, axis) for node in outputs]
            arguments = [argument_of_vectors(argument, axis) for argument in arguments]
    known = {argument.key: argument for argument in arguments}
    multipliers = {str(getattr(each, "name", each)) for each in found.stationary.multipliers}
    count = len(found.unknowns)
    joint, symbols = in_logarithms(outputs[0]), outputs[1 : 1 + count]
    steps = outputs[1 + count : 1 + 2 * count]
    slopes = [_without(node, multipliers) for node in outputs[1 + 2 * count :]]
    slopes_latex = [_shown(_of_unknown(found, unknown).result, multipliers) for unknown in found.unknowns]
    parameters = tuple(
        Parameter(name, symbol, known[str(symbol.data[0])], step, slope, solution.latex, slope_latex, text)
        for (text, name), symbol, step, slope, solution, slope_latex in zip(
            found.statement.parameters, symbols, steps, slopes, updates, slopes_latex, strict=True
        )
    )
    data = tuple(
        Datum(name, _symbol_of(_key(text, found), outputs), known[_key(text, found)])
        for text, name in found.statement.data
    )
    return System(samples, components, joint, data, parameters, found.weight, _location(joint, data, parameters))


def _ranges(found: Derived) -> dict[str, Any]:
    weight = found.scope.declarations[found.weight]
    known = dict(zip(weight.letters, weight.ranges, strict=True))
    for text, _ in found.statement.parameters:
        declared = found.scope.declarations[_key(text, found)]
        known |= dict(zip(declared.letters, declared.ranges, strict=True))
    return known


def _key(text: str, found: Derived) -> str:
    """Return the key of a symbol or family from its LaTeX."""
    base = text.partition("_")[0].strip()
    for key in found.scope.declarations:
        if key in (text, base + FAMILY, base):
            return key
    raise NotGenerated(f"{text} is not declared")


def _of_unknown(found: Derived, unknown: Any) -> Any:
    return next(condition for condition in found.stationary.conditions if condition.wrt == unknown)


def _gradients(found: Derived) -> list[Any]:
    return [_of_unknown(found, unknown).result for unknown in found.unknowns]


def _without(node: Node, multipliers: set[str]) -> Node:
    """Return a gradient of the Lagrangian without its multipliers: that of the function itself."""
    return substituted(node, lambda part: c.number(0) if part.data[0] in multipliers else None)


def _shown(gradient: Any, multipliers: set[str]) -> str:
    """Return the LaTeX of a gradient of the Lagrangian, without the terms that are multipliers."""
    if isinstance(gradient, Add):
        kept = [term for term in gradient.args if str(getattr(term, "name", "")) not in multipliers]
        return latex(kept[0] if len(kept) == 1 else Add(*kept, evaluate=False))
    return latex(gradient)


def _symbol_of(key: str, outputs: Iterable[Node]) -> Node:
    for node in nodes(*outputs):
        if node.op == "symbol" and node.data[0] == key:
            return node
    raise NotGenerated(f"{key} does not occur in the log-likelihood")


def _location(joint: Node, data: Iterable[Datum], parameters: Iterable[Parameter]) -> Location | None:
    """Return data and a parameter that may be moved together; found by moving them."""
    for datum in data:
        for parameter in parameters:
            fits = parameter.symbol.shape == datum.symbol.shape and parameter.symbol.axes
            if fits and _moves(joint, datum, parameter):
                return Location(datum, parameter)
    return None


def _moves(joint: Node, datum: Datum, parameter: Parameter) -> bool:
    key = f"{datum.key} moved by"
    step = make("symbol", data=(key, ()), shape=datum.symbol.shape, axes=())

    def moved(symbol: Node) -> Node | None:
        return c.add(symbol, step) if symbol.data[0] in (datum.key, parameter.key) else None

    if not occurs(joint, datum.key) or not occurs(joint, parameter.key):
        return False
    return not occurs(Expansion([key]).expanded(substituted(joint, moved)), key)
