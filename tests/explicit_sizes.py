"""Expressions with explicit entries: ours as SymPy matrices of rational numbers, derivatives by SymPy's ``diff``.

Every symbol is a matrix of rational numbers of a fixed size. The variable has one entry (for a Hessian two entries)
that is a symbol; SymPy differentiates by it and the symbol is put back. Nothing of `derive` but its nodes is used.
"""

import random
from collections.abc import Callable
from itertools import product
from typing import Any

import sympy
from sympy import Rational

from derive.facts import Fact, Kind

DIGITS = 30
LARGEST_POWER = 8
DEFINITE = {Fact.DEFINITE, Fact.SEMIDEFINITE}
DIRECTIONS = sympy.symbols("s t")

FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "exp": sympy.exp,
    "log": sympy.log,
    "sin": sympy.sin,
    "cos": sympy.cos,
    "tanh": sympy.tanh,
    "sqrt": sympy.sqrt,
    "sigmoid": lambda x: 1 / (1 + sympy.exp(-x)),
    "gamma": sympy.gamma,
    "digamma": sympy.digamma,
}


class NotExplicit(Exception):
    """Something that is not written out with entries here, or that has no real value at this point."""


class Explicit:
    """Values of expressions at one random rational point.

    Parameters
    ----------
    scope : Scope
        The declarations.
    size : int
        The value of every size; index ranges and exponents are sizes, too.
    seed : int
        Of the point.
    """

    def __init__(self, scope: Any, size: int, seed: int = 0) -> None:
        self.scope = scope
        self.size = size
        self.random = random.Random(f"{seed}/{size}")
        self.values: dict[tuple[str, tuple[int, ...]], Any] = {}
        for name, declaration in scope.declarations.items():
            if declaration.kind in (Kind.SCALAR, Kind.ARRAY):
                ranges = [range(1, self.length(upper) + 1) for upper in declaration.ranges]
                for member in product(*ranges):
                    self.values[name, member] = self.sampled(declaration)

    # -- the point ---------------------------------------------------------------------------------------------

    def length(self, dim: Any) -> int:
        return int(dim.subs({symbol: self.size for symbol in dim.free_symbols}))

    def number(self) -> Rational:
        return Rational(self.random.choice([-1, 1]) * self.random.randint(1, 12), self.random.randint(2, 7))

    def sampled(self, declaration: Any) -> Any:
        facts = declaration.facts
        positive = bool(facts & {Fact.POSITIVE, Fact.NONNEGATIVE})
        if declaration.shape is None:
            return abs(self.number()) if positive else self.number()
        rows, cols = (self.length(dim) for dim in declaration.shape)
        free = sympy.Matrix(rows, cols, lambda i, j: self.number())
        if Fact.ORTHOGONAL in facts:
            turn = free - free.T
            return (sympy.eye(rows) + turn).inv() * (sympy.eye(rows) - turn)
        if Fact.DIAGONAL in facts:
            return sympy.diag(*(abs(free[i, i]) if positive or facts & DEFINITE else free[i, i] for i in range(rows)))
        if facts & DEFINITE:
            return free * free.T / 4 + sympy.eye(rows)
        if Fact.SYMMETRIC in facts:
            return free + free.T
        return free.applyfunc(abs) if positive else free

    # -- values ------------------------------------------------------------------------------------------------

    def value(self, expr: Any, env: dict[str, int] | None = None) -> Any:
        """Return a SymPy number or a matrix of them.

        Raises
        ------
        NotExplicit
            If the expression has a node that is not known here.
        """
        env = env or {}
        if isinstance(expr, Rational):
            return expr
        rule = getattr(self, "on_" + type(expr).__name__, None)
        if rule is None:
            raise NotExplicit(type(expr).__name__)
        return rule(expr, env)

    def indices(self, args: Any, env: dict[str, int]) -> tuple[int, ...]:
        return tuple(int(arg.subs({s: env.get(s.name, self.size) for s in arg.free_symbols})) for arg in args)

    def on_Symbol(self, expr: Any, env: dict[str, int]) -> Any:
        if (expr.name, ()) in self.values:
            return self.values[expr.name, ()]
        return sympy.Integer(env.get(expr.name, self.size))

    on_IndexSymbol = on_Symbol

    def on_MatrixSymbol(self, expr: Any, env: dict[str, int]) -> Any:
        return self.values[expr.args[0].name, ()]

    def on_Member(self, expr: Any, env: dict[str, int]) -> Any:
        return self.values[expr.args[0].name, self.indices(expr.args[1:], env)]

    def on_MatrixMember(self, expr: Any, env: dict[str, int]) -> Any:
        return self.values[expr.args[0].name, self.indices(expr.args[3:], env)]

    def on_Pi(self, expr: Any, env: dict[str, int]) -> Any:
        return sympy.pi

    def on_Exp1(self, expr: Any, env: dict[str, int]) -> Any:
        return sympy.E

    def on_Identity(self, expr: Any, env: dict[str, int]) -> Any:
        return sympy.eye(*self.indices(expr.args, env))

    def on_ZeroMatrix(self, expr: Any, env: dict[str, int]) -> Any:
        return sympy.zeros(*self.indices(expr.args, env))

    def on_OneMatrix(self, expr: Any, env: dict[str, int]) -> Any:
        return sympy.ones(*self.indices(expr.args, env))

    def on_UnitVector(self, expr: Any, env: dict[str, int]) -> Any:
        place, rows = self.indices(expr.args, env)
        return sympy.Matrix(rows, 1, lambda i, j: int(i == place - 1))

    def on_Commutation(self, expr: Any, env: dict[str, int]) -> Any:
        rows, cols = self.indices(expr.args, env)
        return sympy.Matrix(rows * cols, rows * cols, lambda a, b: int(a == (b % rows) * cols + b // rows))

    def on_Add(self, expr: Any, env: dict[str, int]) -> Any:
        first, *rest = (self.value(arg, env) for arg in expr.args)
        for part in rest:
            first = first + part
        return first

    on_MatAdd = on_Add

    def on_Mul(self, expr: Any, env: dict[str, int]) -> Any:
        total = sympy.Integer(1)
        for arg in expr.args:
            total = total * self.value(arg, env)
        return total

    on_MatMul = on_Mul

    def on_Pow(self, expr: Any, env: dict[str, int]) -> Any:
        base, exponent = (self.value(arg, env) for arg in expr.args)
        if base.is_number and base < 0 and not exponent.is_integer:
            raise NotExplicit("a root of a negative number")
        return base**exponent

    def on_MatPow(self, expr: Any, env: dict[str, int]) -> Any:
        base, exponent = (self.value(arg, env) for arg in expr.args)
        if not exponent.is_integer or abs(exponent) > LARGEST_POWER:
            raise NotExplicit("a power of a matrix")
        factor = base if exponent >= 0 else inverse(base)
        total = sympy.eye(base.rows)
        for _ in range(abs(int(exponent))):
            total = total * factor
        return total

    def on_Inverse(self, expr: Any, env: dict[str, int]) -> Any:
        return inverse(self.value(expr.args[0], env))

    def on_Transpose(self, expr: Any, env: dict[str, int]) -> Any:
        return self.value(expr.args[0], env).T

    def on_Determinant(self, expr: Any, env: dict[str, int]) -> Any:
        return determinant(self.value(expr.args[0], env))

    def on_Trace(self, expr: Any, env: dict[str, int]) -> Any:
        return self.value(expr.args[0], env).trace()

    def on_HadamardProduct(self, expr: Any, env: dict[str, int]) -> Any:
        first, *rest = (self.value(arg, env) for arg in expr.args)
        for part in rest:
            first = first.multiply_elementwise(part)
        return first

    def on_KroneckerProduct(self, expr: Any, env: dict[str, int]) -> Any:
        return sympy.kronecker_product(*(self.value(arg, env) for arg in expr.args))

    def on_ScalarOf(self, expr: Any, env: dict[str, int]) -> Any:
        return self.value(expr.args[0], env)[0, 0]

    def on_Entry(self, expr: Any, env: dict[str, int]) -> Any:
        i, j = self.indices(expr.args[1:], env)
        return self.value(expr.args[0], env)[i - 1, j - 1]

    def on_IndexSum(self, expr: Any, env: dict[str, int]) -> Any:
        if len(expr.args) > 4:
            raise NotExplicit("a sum with a condition")
        low, high = self.indices(expr.args[2:4], env)
        parts = [self.value(expr.args[0], {**env, expr.args[1].name: i}) for i in range(low, high + 1)]
        if not parts:
            raise NotExplicit("an empty sum")
        first, *rest = parts
        for part in rest:
            first = first + part
        return first

    on_MatrixIndexSum = on_IndexSum

    def on_Norm(self, expr: Any, env: dict[str, int]) -> Any:
        if expr.args[1].name not in ("2", "F"):
            raise NotExplicit("a norm")
        return sympy.sqrt(sum(entry**2 for entry in self.value(expr.args[0], env)))

    def on_Vec(self, expr: Any, env: dict[str, int]) -> Any:
        return self.value(expr.args[0], env).vec()

    def on_DiagonalMatrix(self, expr: Any, env: dict[str, int]) -> Any:
        return sympy.diag(*self.value(expr.args[0], env))

    def on_DiagonalOf(self, expr: Any, env: dict[str, int]) -> Any:
        value = self.value(expr.args[0], env)
        return sympy.Matrix([value[i, i] for i in range(value.rows)])

    def on_Density(self, expr: Any, env: dict[str, int]) -> Any:
        x, mean, covariance = (self.value(arg, env) for arg in expr.args)
        form = ((x - mean).T * inverse(covariance) * (x - mean))[0, 0]
        return sympy.exp(-form / 2) / sympy.sqrt((2 * sympy.pi) ** x.rows * determinant(covariance))

    def on_ScalarFunction(self, expr: Any, env: dict[str, int]) -> Any:
        return self.applied(expr, self.value(expr.args[2], env))

    def on_MatrixFunction(self, expr: Any, env: dict[str, int]) -> Any:
        argument = self.value(expr.args[2], env)
        if expr.args[0].name == "softmax":
            exponentials = argument.applyfunc(sympy.exp)
            return exponentials / sum(exponentials)
        return argument.applyfunc(lambda entry: self.applied(expr, entry))

    def applied(self, expr: Any, argument: Any) -> Any:
        name, order = expr.args[0].name, int(expr.args[1])
        if name not in FUNCTIONS or order:
            raise NotExplicit(name)
        if name in ("log", "sqrt") and argument.is_number and argument <= 0:
            raise NotExplicit(f"{name} of a number that is not positive")
        return FUNCTIONS[name](argument)

    # -- derivatives -------------------------------------------------------------------------------------------

    def leaf(self, wrt: Any, env: dict[str, int]) -> tuple[str, tuple[int, ...]]:
        """Return under which key the value of a variable is kept.

        Raises
        ------
        NotExplicit
            If the variable is not a symbol or a member of a family.
        """
        kind = type(wrt).__name__
        if kind in ("Symbol", "MatrixSymbol"):
            return wrt.name, ()
        skipped = {"Member": 1, "MatrixMember": 3}.get(kind)
        if skipped is None:
            raise NotExplicit(f"a derivative by {kind}")
        return wrt.args[0].name, self.indices(wrt.args[skipped:], env)

    def derivative(self, body: Any, wrt: Any, env: dict[str, int], *changes: Any) -> Any:
        """Return the derivative of a body where the variable moves in some directions, one after the other.

        A change is a number for a scalar variable, otherwise a matrix.
        """
        key = self.leaf(wrt, env)
        held = self.values[key]
        directions = DIRECTIONS[: len(changes)]
        for change, direction in zip(changes, directions, strict=True):
            self.values[key] = self.values[key] + change * direction
        try:
            value = self.value(body, env)
        finally:
            self.values[key] = held
        for direction in directions:
            value = value.diff(direction)
        return value.subs({direction: 0 for direction in directions})


def determinant(matrix: Any) -> Any:
    """Return a determinant by expansion for the sizes used here, so that no entry is ever a pivot."""
    if matrix.rows > 3 or matrix.free_symbols == set():
        return matrix.det(method="berkowitz")
    if matrix.rows == 1:
        return matrix[0, 0]
    return sum((-1) ** j * matrix[0, j] * determinant(matrix.minor_submatrix(0, j)) for j in range(matrix.cols))


def inverse(matrix: Any) -> Any:
    """Return an inverse as adjugate over determinant.

    Raises
    ------
    NotExplicit
        If the matrix is singular.
    """
    whole = determinant(matrix)
    if whole == 0:
        raise NotExplicit("a singular matrix")
    if matrix.rows == 1:
        return sympy.Matrix([[1 / whole]])
    size = matrix.rows
    return sympy.Matrix(size, size, lambda i, j: (-1) ** (i + j) * determinant(matrix.minor_submatrix(j, i)) / whole)


def equal(left: Any, right: Any) -> bool:
    """Whether two values are equal: exactly where they are rational, to `DIGITS` digits otherwise."""
    pairs = [(left, right)] if not hasattr(left, "shape") else list(zip(left, right, strict=True))
    for one, other in pairs:
        difference = sympy.sympify(one) - other
        if difference.is_Rational:
            if difference != 0:
                return False
            continue
        scale = max(1, abs(sympy.N(one, DIGITS)))
        if not abs(sympy.N(one, DIGITS) - sympy.N(other, DIGITS)) <= scale * Rational(1, 10 ** (DIGITS - 10)):
            return False
    return True
