"""Tests that go with a generated module: a derivative beside central differences of the generated function itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sympy import Integer, Pow, Symbol

from derive.facts import Fact
from derive.indices import IndexSymbol
from derive.records import RecordProblem
from derive.scope import Scope
from numeric.codegen import Generated
from numeric.emit import Emitter
from numeric.program import nodes
from numeric.source import Parameter, indented, live

STEP = {"gradient": "1e-5", "jacobian": "1e-5", "hessian": "1e-4"}
TOLERANCE = {"gradient": "1e-5", "jacobian": "1e-5", "hessian": "1e-4"}
INVERTED = frozenset({"inv", "solve", "cinv", "qr", "chol", "logdet", "detsign", "det", "matpow"})
"""Operations for which a matrix has to be invertible."""
SYMMETRIC = frozenset({Fact.SYMMETRIC, Fact.SEMIDEFINITE, Fact.DEFINITE})


@dataclass(frozen=True, slots=True)
class Variable:
    """What is differentiated by: an argument, as it stands or by way of another quantity.

    Attributes
    ----------
    key : str
        The symbol.
    start, back : str
        The quantity as source, of the argument ``{}``, and the argument of the quantity.
    fixed : tuple of int
        The indices that are numbers, counted from 0: the derivative is by these entries only.
    is_family : bool
        Whether a derivative has one table for every member.
    is_entry : bool
        Whether a derivative has one table for every entry.
    """

    key: str
    start: str = "{}"
    back: str = "{}"
    fixed: tuple[int, ...] = ()
    is_family: bool = False
    is_entry: bool = False


def variable(wrt: Any) -> Variable:
    """Return what an expression that is differentiated by is.

    Raises
    ------
    RecordProblem
        If it has no test: an entry with an index that occurs twice, or another part of an array.
    """
    kind = type(wrt).__name__
    if kind == "Symbol":
        return Variable(wrt.name)
    if kind == "MatrixSymbol":
        return Variable(wrt.args[0].name)
    if kind == "Vec":
        return variable(wrt.args[0])
    if kind == "Inverse" and type(wrt.args[0]).__name__ == "MatrixSymbol":
        return Variable(wrt.args[0].args[0].name, "np.linalg.inv({})", "np.linalg.inv({})")
    if isinstance(wrt, Pow) and isinstance(wrt.base, Symbol) and isinstance(wrt.exp, Integer):
        return Variable(wrt.base.name, f"{{}}**{wrt.exp}", f"{{}}**(1 / {wrt.exp})")
    if kind in ("Member", "MatrixMember", "Entry"):
        indices = list(wrt.args[1:] if kind != "MatrixMember" else wrt.args[3:])
        if kind == "Entry" and type(wrt.args[0]).__name__ == "MatrixSymbol":
            matrix = wrt.args[0]
            indices = [index for index, size in zip(indices, matrix.args[1:], strict=True) if size != 1]
            return _part(matrix.args[0].name, indices, False)
        if kind != "Entry":
            return _part(wrt.args[0].name, indices, kind == "MatrixMember")
    raise RecordProblem("--tests is for derivatives by symbols, members of families, entries, powers and inverses")


def _part(key: str, indices: list[Any], is_family: bool) -> Variable:
    if all(isinstance(index, IndexSymbol) for index in indices) and len(set(indices)) == len(indices):
        return Variable(key, is_family=is_family, is_entry=not is_family)
    if all(isinstance(index, Integer) for index in indices):
        return Variable(key, fixed=tuple(int(index) - 1 for index in indices))
    raise RecordProblem("--tests is for entries whose indices are different letters, or numbers")


def difference_test(made: Generated, value: Generated, kind: str, wrt: Any, scope: Scope) -> str:
    """Return the source of a test of a derivative by central differences of the generated function itself.

    Raises
    ------
    RecordProblem
        If there is no such test: for a derivative by another part of an array, or with a declared function.
    """
    by = variable(wrt)
    keys = _keys(made) | _keys(value)
    at = next((name for name, key in keys.items() if key == by.key), None)
    parameters = {p.name: p for p in (*value.arguments, *made.arguments)}
    if any(p.kind == "function" for p in parameters.values()):
        raise RecordProblem("--tests does not know values of a declared function")
    if at is None or at not in {p.name for p in value.arguments}:
        raise RecordProblem("--tests is for derivatives by an argument of the function")
    if (by.is_family or by.is_entry) and kind == "hessian":
        raise RecordProblem("--tests is for Hessians by a whole symbol")
    if by.fixed and kind != "gradient":
        raise RecordProblem("--tests is for Jacobians by a whole symbol, a family or its members")
    facts = scope.declarations[by.key].facts if by.key in scope.declarations else frozenset()
    function, f = value.function, made.function
    equal = any(node.op in INVERTED for part in (made, value) for node in nodes(*part.program.outputs))
    moved = ", ".join(by.back.format("moved") if p.name == at else p.name for p in value.arguments)
    body = [
        f"given = np.asarray({f.name}({', '.join(p.name for p in made.arguments)}), dtype=float)",
        f"at = np.asarray({by.start.format(at)}, dtype=float)",
        "",
        "def value(moved: np.ndarray) -> np.ndarray:",
        f'    return np.ravel({function.name}({moved}), order="F")',
        "",
        'assert np.isfinite(value(at)).all(), "the function is not defined at the point drawn"',
        *_loop(kind, by, facts, parameters[at]),
    ]
    drawn_ = live(["rng = np.random.default_rng(0)", *_draws(parameters.values(), keys, scope, equal)], "\n".join(body))
    lines = [
        f"def test_{f.name}() -> None:",
        *indented([f'"""Compare the {kind} with central differences of `{function.name}` at a random point."""']),
        *indented([*drawn_, *body]),
    ]
    return "\n".join(["", "", function.source.rstrip(), "", "", *lines]) + "\n"


def _keys(made: Generated) -> dict[str, str]:
    """Return the symbols of arguments, by name."""
    return {name: key for (key, order), name in Emitter(made.program).names.items() if order is None}


def _loop(kind: str, by: Variable, facts: frozenset[Fact], parameter: Parameter) -> list[str]:
    """Return the statements that compare along every entry; entries of symmetric matrices move together."""
    is_matrix = len(parameter.shape) >= 2
    moves = ["steps = []", "for entry in np.ndindex(at.shape):"]
    if by.fixed:
        moves += [f"    if entry[:{len(by.fixed)}] != {by.fixed}:", "        continue"]
    if Fact.DIAGONAL in facts and is_matrix:
        moves += ["    if entry[-2] != entry[-1]:", "        continue"]
    moves += ["    step = np.zeros(at.shape)", "    step[entry] = 1.0"]
    symmetric = bool(facts & SYMMETRIC) and is_matrix
    moves.append(f"    steps.append({'step + np.swapaxes(step, -1, -2)' if symmetric else 'step'})")
    h, tolerance = STEP[kind], TOLERANCE[kind]
    check = f"assert np.allclose(ours, theirs, rtol={tolerance}, atol={tolerance})"
    if kind == "hessian":
        return [
            *moves,
            f"h = {h}",
            "for one in steps:",
            "    for two in steps:",
            "        above, below = h * (one + two), h * (one - two)",
            "        theirs = value(at + above) - value(at + below) - value(at - below) + value(at - above)",
            "        theirs = theirs / (4 * h**2)",
            '        ours = np.ravel(one, order="F") @ given.reshape(at.size, at.size) @ np.ravel(two, order="F")',
            f"        {check}",
        ]
    if kind == "jacobian":
        ours = 'given.reshape(-1, at.size) @ np.ravel(step, order="F")'
        if by.is_family:
            ours = 'sum(table @ np.ravel(part, order="F") for table, part in zip(given, step, strict=True))'
        elif by.is_entry or not parameter.shape:
            ours = 'np.ravel(np.tensordot(step, given, axes=at.ndim), order="F")'
    else:
        ours = f"np.sum(given * step[{', '.join(map(str, by.fixed))}])" if by.fixed else "np.sum(given * step)"
    return [
        *moves,
        "for step in steps:",
        f"    theirs = (value(at + {h} * step) - value(at - {h} * step)) / (2 * {h})",
        f"    ours = {ours}",
        f"    {check}",
    ]


def _draws(parameters: Iterable[Parameter], keys: dict[str, str], scope: Scope, equal: bool) -> list[str]:
    """Return the statements that draw a point: sizes, then arguments that satisfy their declarations.

    What is inverted may be XᵀX or XXᵀ: with ``equal`` sizes both are invertible.
    """
    known = list(parameters)
    sizes = sorted({size for p in known for size in _sizes(p.shape)} | {p.name for p in known if p.kind == "integer"})
    lines = [f"{size} = {3 if equal else 2 + place % 2}" for place, size in enumerate(sizes)]
    for p in known:
        declared = scope.declarations.get(keys.get(p.name, ""))
        if p.kind != "integer":
            lines.append(f"{p.name} = {drawn(p.shape, frozenset() if declared is None else declared.facts)}")
    return lines


def _sizes(shape: tuple[str, ...]) -> set[str]:
    letters = "".join(char if char.isalnum() or char == "_" else " " for text in shape for char in f"{text} ")
    return {word for word in letters.split() if word.isidentifier()}


def drawn(shape: tuple[str, ...], facts: frozenset[Fact]) -> str:
    """Return source that draws an argument: numbers between 0 and 1, and matrices as they are declared.

    Examples
    --------
    >>> drawn(("n",), frozenset())
    'rng.uniform(0.2, 0.9, size=(n,))'
    """
    if not shape:
        return "float(rng.uniform(0.2, 0.9))"
    size = f"({', '.join(shape)}{',' if len(shape) == 1 else ''})"
    is_square = len(shape) >= 2 and shape[-1] == shape[-2]
    if not is_square:
        return f"rng.uniform(0.2, 0.9, size={size})"
    identity = f"np.eye({shape[-1]})"
    if Fact.DIAGONAL in facts:
        return f"{identity} * rng.uniform(0.2, 0.9, size={size})"
    if Fact.ORTHOGONAL in facts:
        return f"np.linalg.qr(rng.normal(size={size}))[0]"
    if facts & SYMMETRIC:
        return f"{identity} + 0.1 * np.ones({size})"
    return f"{identity} + rng.uniform(0.1, 0.3, size={size})"
