"""TRUSTED: from expressions to terms: the claim that a certificate is about.

Definitions are filled in, bound indices get names of their own, and what is known of the symbols is collected.
A derivative by a symbol with a structure (symmetric, say) is the unconstrained one at such a point, so inside it the
symbol is a general one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from derive.conditions_shown import PI
from derive.facts import Fact, Kind
from derive.polynomial import EULER
from derive.scope import Scope
from derive.shape import Dim, may_be_short
from derive.term import ONE, ShapeConflict, Size, Term, number, rename, size, size_product, size_sum

STRUCTURE = frozenset((Fact.SYMMETRIC, Fact.SEMIDEFINITE, Fact.DEFINITE, Fact.ORTHOGONAL, Fact.DIAGONAL))

MAX_SIZE_POWER = 8


class NotEncodable(ValueError):
    """An expression that certificates do not speak of; the message names the node."""


@dataclass(frozen=True)
class Surroundings:
    """What letters mean inside a definition or a sum: indices and parameters."""

    indices: Mapping[str, Term]
    values: Mapping[str, Term]


class Encoder:
    """Turns expressions of one scope into terms.

    Parameters
    ----------
    scope
        Declarations and definitions.
    free
        The free indices with their upper bounds.
    varying
        The symbols that vary in a differential, and their changes.
    """

    def __init__(self, scope: Scope, free: tuple[tuple[str, Dim], ...] = (), varying: Mapping[Any, Any] | None = None):
        self.scope = scope
        self.facts: dict[str, frozenset[str]] = {}
        self.varying = varying or {}
        self.bound = 0
        self.general = 0
        self.expressions: dict[str, Any] = {}
        self.top = Surroundings({}, {})
        self.top = Surroundings({name: Term("ix", (name, ONE, self.size(upper))) for name, upper in free}, {})

    def encode(self, expr: Any) -> Term:
        """Return an expression as a term.

        Raises
        ------
        NotEncodable
            If a node has no term.
        """
        try:
            return self._term(expr, self.top)
        except ShapeConflict as problem:
            raise NotEncodable(str(problem)) from problem

    # -- sizes and indices -------------------------------------------------------------------------------------

    def size(self, expr: Any) -> Size:
        """Return a size."""
        if expr.is_Integer:
            return size(int(expr))
        if expr.is_Symbol:
            if expr.name in self.top.indices or type(expr).__name__ == "IndexSymbol":
                raise NotEncodable("a sum whose bound is an index")
            self.facts.setdefault(expr.name, frozenset(("natural",)))
            return size(expr.name)
        if expr.is_Pow and expr.exp.is_Integer and 0 < int(expr.exp) <= MAX_SIZE_POWER:
            return size_product(*[self.size(expr.base)] * int(expr.exp))
        parts = [self.size(arg) for arg in expr.args]
        if expr.is_Add:
            return size_sum(*parts)
        if expr.is_Mul:
            return size_product(*parts)
        raise NotEncodable(f"the size {expr}")

    def _index(self, expr: Any, at: Surroundings) -> Term:
        if expr.is_Integer:
            return number(int(expr))
        if expr.is_Symbol and expr.name in at.indices:
            return at.indices[expr.name]
        raise NotEncodable(f"the index {expr}")

    # -- terms -------------------------------------------------------------------------------------------------

    def _term(self, expr: Any, at: Surroundings) -> Term:
        made = _MADE.get(type(expr).__name__)
        if made is not None:
            return made(self, expr, at)
        if expr.is_Rational:
            return number(Fraction(int(expr.p), int(expr.q)))
        raise NotEncodable(f"{type(expr).__name__} has no term")

    def _args(self, expr: Any, at: Surroundings) -> list[Term]:
        return [self._term(arg, at) for arg in expr.args]

    def _declared(self, name: str) -> str:
        declaration = self.scope.declarations.get(name)
        if name not in self.facts:
            facts = {fact.value for fact in declaration.facts} if declaration is not None else set()
            if declaration is not None and declaration.kind is Kind.SIZE:
                facts.add("natural")
            self.facts[name] = frozenset(facts)
        return name

    def _symbol(self, expr: Any, at: Surroundings) -> Term:
        if expr.name in at.values:
            return at.values[expr.name]
        if expr.name in at.indices:
            return at.indices[expr.name]
        return Term("s", (self._declared(expr.name),))

    def _matrix_symbol(self, expr: Any, at: Surroundings) -> Term:
        if expr.name in at.values:
            return at.values[expr.name]
        return Term("M", (self._declared(expr.name), *map(self.size, expr.shape)))

    def _member(self, expr: Any, at: Surroundings) -> Term:
        skip = 1 if type(expr).__name__ == "Member" else 3
        indices = tuple(self._index(arg, at) for arg in expr.args[skip:])
        name = self._declared(expr.args[0].name)
        return (
            Term("m", (name, *indices)) if skip == 1 else Term("MM", (name, *map(self.size, expr.args[1:3]), *indices))
        )

    def _entry(self, expr: Any, at: Surroundings) -> Term:
        return Term("e", (self._term(expr.args[0], at), *(self._index(arg, at) for arg in expr.args[1:])))

    def _sum(self, expr: Any, at: Surroundings) -> Term:
        op = "prod" if type(expr).__name__ == "IndexProduct" else "sum"
        body, index, lower, upper = expr.args[:4]
        if may_be_short(upper - lower + 1):
            raise NotEncodable("a sum or product whose upper bound may lie further below the lower one than by one")
        self.bound += 1
        bound = Term("ix", (f"{index.name}#{self.bound}", self.size(lower), self.size(upper)))
        inside = Surroundings({**at.indices, index.name: bound}, at.values)
        condition = Term("true", ())
        if len(expr.args) > 4:
            sides = (self._index(arg, inside) for arg in expr.args[5:7])
            condition = Term("cond", (expr.args[4].name, *sides))
        return Term(op, (bound, condition, self._term(body, inside)))

    def _product(self, expr: Any, at: Surroundings) -> Term:
        args = self._args(expr, at)
        scalars = [arg for arg in args if arg.shape is None]
        arrays = [arg for arg in args if arg.shape is not None]
        if not arrays:
            return Term("*", tuple(scalars))
        array = Term("@", tuple(arrays)) if len(arrays) > 1 else arrays[0]
        return Term(".", (Term("*", tuple(scalars)), array)) if scalars else array

    def _matrix_power(self, expr: Any, at: Surroundings) -> Term:
        base, power = self._term(expr.args[0], at), expr.args[1]
        if power.is_Integer and -8 <= power <= 8:
            if power == 0:
                return Term("I", (base.shape[0],))  # type: ignore[index]
            one = base if power > 0 else Term("inv", (base,))
            return Term("@", (one,) * abs(int(power)))
        if power.is_Rational and power.q != 1:
            raise NotEncodable("a root of a matrix")
        return Term("mp", (base, self._term(power, at)))

    def _kronecker(self, expr: Any, at: Surroundings) -> Term:
        args = self._args(expr, at)
        while len(args) > 1:
            args[-2:] = [Term("kron", (args[-2], args[-1]))]
        return args[0]

    def _norm(self, expr: Any, at: Surroundings) -> Term:
        matrix, kind = self._term(expr.args[0], at), str(expr.args[1])
        if kind in ("2", "F"):  # the norm of a matrix is read as the Frobenius norm
            square = Term("tr", (Term("@", (Term("t", (matrix,)), matrix)),))
            return Term("^", (square, number(Fraction(1, 2))))
        return Term("norm", (matrix, kind))

    def _function(self, expr: Any, at: Surroundings) -> Term:
        name, order, argument = expr.args[0].name, int(expr.args[1]), self._term(expr.args[2], at)
        if argument.shape is None and not name.startswith("def:"):
            if name == "exp":
                return Term("^", (EULER, argument))
            if name == "sqrt":
                return Term("^", (argument, number(Fraction(1, 2))))
        if name == "softmax":
            weights = Term("fun", ("exp", 0, argument))
            return Term(".", (Term("^", (_total(weights), number(-1))), weights))
        return Term("fun", (name, order, argument))

    def _curve(self, expr: Any, at: Surroundings) -> Term:
        name, rows, cols, order, argument = expr.args
        key = self._declared(name.name)
        return Term("val", (key, self.size(rows), self.size(cols), int(order), self._term(argument, at)))

    def _density(self, expr: Any, at: Surroundings) -> Term:
        return Term("dens", tuple(self._args(expr, at)))

    def _restricted(self, expr: Any, at: Surroundings) -> Term:
        return self._term(expr.args[0], at)  # what is proved of the body is true wherever it has a value

    def _call(self, expr: Any, at: Surroundings) -> Term:
        definition = self.scope.definitions[expr.args[0].name]
        arguments = expr.args[1:] if type(expr).__name__ == "Call" else expr.args[3:]
        indices: dict[str, Term] = {}
        values = dict(at.values)  # what is defined through a symbol follows it to the value that it is given
        for parameter, argument in zip(definition.parameters, arguments, strict=True):
            if parameter.is_index:
                indices[parameter.symbol.name] = self._index(argument, at)
            else:
                values[parameter.symbol.name] = self._term(argument, at)
        return self._term(definition.body, Surroundings(indices, values))

    def _instantiated(self, expr: Any, at: Surroundings) -> Term:
        body, symbol, value = expr.args
        filled = self._term(value, at)
        inside = self._term(symbol, Surroundings(at.indices, {k: v for k, v in at.values.items() if k != symbol.name}))
        self.general += 1
        fresh = Term(inside.op, (f"{symbol.name}°{self.general}", *inside.args[1:]))
        self.facts[fresh.args[0]] = self.facts.get(symbol.name, frozenset())
        return Term(
            "at", (fresh, filled, self._term(body, Surroundings(at.indices, {**at.values, symbol.name: fresh})))
        )

    def _blocks(self, expr: Any, at: Surroundings) -> Term:
        rows, cols = int(expr.args[0]), int(expr.args[1])
        entries = tuple(self._term(arg, at) for arg in expr.args[2:])
        if (rows, cols) == (1, 1) and entries[0].shape is None:
            return Term(".", (entries[0], Term("I", (ONE,))))
        return Term("blocks", (rows, cols, *entries))

    # -- derivatives -------------------------------------------------------------------------------------------

    def _derivative(self, op: str, expr: Any, at: Surroundings) -> Term:
        tail = (expr.args[2].name,) if op == "jac" else ()
        return self._put_back(op, self._term(expr.args[0], at), self._wrt(expr.args[1], at), tail)

    def _put_back(self, op: str, body: Term, wrt: Term, tail: tuple[str, ...]) -> Term:
        general, pairs = self._generalised([wrt], [body, wrt])
        made: Term = Term(op, (*general, *tail))
        for fresh, core in pairs:
            made = Term("at", (fresh, core, made))
        return made

    def variable(self, wrt: Any) -> Term:
        """Return a variable of differentiation as a term.

        Raises
        ------
        NotEncodable
            If it is not a symbol, a member of a family, an entry, an inverse or a power of one.
        """
        return self._wrt(wrt, self.top)

    def derivative(self, kind: str, body: Term, wrt: Term, symmetric: bool = False) -> Term:
        """Return a gradient, Jacobian or Hessian that is asked for; matrices are flattened by vec in the latter two."""
        if kind == "gradient":
            gradient = self._put_back("part" if wrt.shape is None else "grad", body, wrt, ())
            known = self.facts.get(wrt.args[0], frozenset()) if wrt.op in ("M", "MM") else frozenset()
            if not (symmetric and known & {"symmetric", "positive semidefinite", "positive definite"}):
                return gradient
            diagonal = Term("had", (gradient, Term("I", (gradient.shape[0],))))  # type: ignore[index]
            return Term("+", (gradient, Term("t", (gradient,)), Term(".", (number(-1), diagonal))))
        flat = wrt if wrt.shape is None or wrt.shape[1] == ONE else Term("vec", (wrt,))
        if kind == "hessian":
            first = Term("part" if wrt.shape is None else "grad", (body, flat))
            body = first
        if wrt.shape is None:
            if body.shape is not None and body.shape[1] != ONE and kind == "jacobian":
                body = Term("vec", (body,))
            return self._put_back("part", body, wrt, ())
        if body.shape is None:
            return Term("t", (self._put_back("grad", body, flat, ()),))
        if body.shape[1] != ONE:
            body = Term("vec", (body,))
        return self._put_back("jac", body, flat, ("numerator",))

    def _wrt(self, expr: Any, at: Surroundings) -> Term:
        kind = type(expr).__name__
        term = self._term(expr, at)
        core = term.args[0] if kind in ("Entry", "Inverse", "Vec", "Pow") else term
        if kind == "Pow" and (term.op != "^" or term.args[1].op != "#"):
            raise NotEncodable("a derivative by a power whose exponent is no number")
        if not isinstance(core, Term) or core.op not in ("s", "m", "M", "MM"):
            raise NotEncodable(f"a derivative by {kind}")
        return term

    def _generalised(self, variables: list[Term], terms: list[Term]) -> tuple[list[Term], list[tuple[Term, Term]]]:
        """Return the terms with structured variables made general ones, and what is to be put back."""
        pairs = []
        for variable in variables:
            core = variable.args[0] if variable.op in ("e", "inv", "^", "vec") else variable
            name = core.args[0]
            known = self.facts.get(name, frozenset())
            if not known & {fact.value for fact in STRUCTURE}:
                continue
            self.general += 1
            fresh = f"{name}°{self.general}"
            open_facts = {f"near {name}"}
            if known & {"positive definite", "orthogonal", "invertible"}:
                open_facts.add("invertible")
            if "positive definite" in known:
                open_facts.add("positive determinant")
            self.facts[fresh] = frozenset(open_facts)
            terms = [rename(term, name, fresh) for term in terms]
            pairs.append((rename(core, name, fresh), core))
        return terms, pairs

    def _differential(self, expr: Any, at: Surroundings) -> Term:
        flat: list[Term] = []
        for symbol, change in self.varying.items():
            flat += [self._term(symbol, at), self._term(change, at)]
        if any(variable.op not in ("s", "m", "M", "MM") for variable in flat):
            raise NotEncodable("a differential by a parameter")
        body, *general = [self._term(expr.args[0], at), *flat[::2]]
        terms, pairs = self._generalised(flat[::2], [body, *general])
        variables = [term for pair in zip(terms[1:], flat[1::2], strict=True) for term in pair]
        made = Term("d", (Term("var", tuple(variables)), terms[0]))
        for fresh, core in pairs:
            made = Term("at", (fresh, core, made))
        return made


def _total(vector: Term) -> Term:
    assert vector.shape is not None
    return Term("tr", (Term("@", (Term("t", (Term("1", vector.shape),)), vector)),))


def _ones(rows: Size, cols: Size) -> Term:
    """Return a matrix of ones as a product of vectors of ones."""
    column, row = Term("1", (rows, ONE)), Term("t", (Term("1", (cols, ONE)),))
    if cols == ONE:
        return column
    return row if rows == ONE else Term("@", (column, row))


def _simple(op: str) -> Callable[[Encoder, Any, Surroundings], Term]:
    return lambda self, expr, at: Term(op, tuple(self._args(expr, at)))


def _differentiated(op: str) -> Callable[[Encoder, Any, Surroundings], Term]:
    return lambda self, expr, at: self._derivative(op, expr, at)


_MADE: dict[str, Callable[[Encoder, Any, Surroundings], Term]] = {
    "Symbol": Encoder._symbol, "IndexSymbol": Encoder._symbol, "Member": Encoder._member, "Entry": Encoder._entry,
    "MatrixSymbol": Encoder._matrix_symbol, "MatrixMember": Encoder._member,
    "Add": _simple("+"), "MatAdd": _simple("+"),
    "Mul": Encoder._product, "MatMul": Encoder._product, "Pow": _simple("^"), "MatPow": Encoder._matrix_power,
    "Inverse": lambda self, expr, at: Term("inv", (self._term(expr.args[0], at),)), "Transpose": _simple("t"),
    "Trace": _simple("tr"), "Determinant": _simple("det"), "ScalarOf": _simple("tr"),
    "HadamardProduct": _simple("had"), "KroneckerProduct": Encoder._kronecker, "Vec": _simple("vec"),
    "DiagonalMatrix": _simple("diag"), "DiagonalOf": _simple("dg"), "Norm": Encoder._norm,
    "Identity": lambda self, expr, at: Term("I", (self.size(expr.args[0]),)),
    "ZeroMatrix": lambda self, expr, at: Term("0", tuple(map(self.size, expr.args))),
    "OneMatrix": lambda self, expr, at: _ones(*map(self.size, expr.args)),
    "Exp1": lambda self, expr, at: EULER, "Pi": lambda self, expr, at: PI,
    "ScalarFunction": Encoder._function, "MatrixFunction": Encoder._function, "MatrixValued": Encoder._curve,
    "Restricted": Encoder._restricted,
    "Density": Encoder._density, "Commutation": lambda self, expr, at: Term("K", tuple(map(self.size, expr.args))),
    "UnitVector": lambda self, expr, at: Term("unit", (self._index(expr.args[0], at), self.size(expr.args[1]))),
    "Delta": lambda self, expr, at: Term("delta", tuple(self._index(a, at) for a in expr.args)),
    "IndexSum": Encoder._sum, "MatrixIndexSum": Encoder._sum, "IndexProduct": Encoder._sum,
    "Call": Encoder._call, "MatrixCall": Encoder._call, "Instantiated": Encoder._instantiated,
    "MatrixInstantiated": Encoder._instantiated, "Blocks": Encoder._blocks, "Gradient": _differentiated("grad"),
    "Jacobian": _differentiated("jac"), "ScalarPartial": _differentiated("part"),
    "MatrixPartial": _differentiated("part"), "Differentiated": Encoder._differential,
    "MatrixDifferentiated": Encoder._differential,
}  # fmt: skip
