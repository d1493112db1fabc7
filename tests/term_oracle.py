"""Values of terms in floating point: every equation the kernel remembers can be looked at by itself.

No code is shared with the evaluators of the package: arrays are NumPy's, derivatives are central differences along the
definition of each kind of derivative, unknown functions are sines.
"""

import math
import zlib
from contextlib import contextmanager

import numpy as np
from scipy import special

from derive.term import Term

# Weights of the central difference of sixth order: f(±h), f(±2h), f(±3h).
_STENCIL = ((1, 45 / 60), (2, -9 / 60), (3, 1 / 60))
STEP = 5e-3
WORST_CONDITION = 100
SYMMETRIC = {"symmetric", "positive semidefinite", "positive definite", "diagonal"}


class Undefined(Exception):
    """The term has no value here."""


class TermOracle:
    """Values at one random point: sizes, symbols, members, functions and free indices.

    Parameters
    ----------
    facts
        What is declared of each symbol; the point satisfies it.
    seed
        Of the point.
    """

    def __init__(self, facts, seed=0):
        self.facts = facts
        self.seed = seed
        self.values = {}
        self.indices = {}
        self.aliases = {}

    def random(self, *what):
        return np.random.default_rng([self.seed, zlib.crc32(repr(what).encode())])

    def size(self, size):
        total = 0
        for names, count in size:
            total += count * math.prod(2 + zlib.crc32(f"{self.seed} {name}".encode()) % 2 for name in names)
        return total

    def shape(self, shape):
        return self.size(shape[0]), self.size(shape[1])

    # -- points ------------------------------------------------------------------------------------------------

    def sampled(self, name, shape, member=()):
        key = name, member
        if key not in self.values:
            self.values[key] = self._sample(name, shape, self.facts.get(name, frozenset()), member)
        return self.values[key]

    def _sample(self, name, shape, facts, member):
        random = self.random(name, member)
        for fact in facts:
            if fact.startswith("near "):
                at = self.sampled(fact.removeprefix("near "), shape, member)
                return at + 0.03 * random.normal(size=np.shape(at))
        if shape is None:
            if "natural" in facts:
                return float(2 + random.integers(2))
            value = random.normal()
            return math.exp(value / 2) if facts & {"positive", "non-negative"} else value
        rows, _ = shape
        value = random.normal(size=shape)
        if "diagonal" in facts:
            value = np.diag(np.exp(value.diagonal() / 2) if facts & {"positive definite", "positive"} else value[0])
        elif "orthogonal" in facts:
            value = np.linalg.qr(value)[0]
        elif facts & {"positive definite", "positive semidefinite"}:
            value = value @ value.T + (np.eye(rows) if "positive definite" in facts else 0)
        elif "symmetric" in facts:
            value = value + value.T
        elif "positive" in facts:
            value = np.exp(value / 2)
        return value

    @contextmanager
    def moved(self, changes):
        """Within the context, symbols have other values: (name, member) to value."""
        missing = object()
        before = {key: self.values.get(key, missing) for key in changes}
        self.values.update(changes)
        try:
            yield
        finally:
            for key, value in before.items():
                self.values.pop(key) if value is missing else self.values.update({key: value})

    def key(self, core):
        """Return the (name, member) whose value a symbol is."""
        start = {"m": 1, "MM": 3}.get(core.op)
        indices = () if start is None else tuple(round(self.value(index)) for index in core.args[start:])
        return self.aliases.get(core.args[0], core.args[0]), indices

    # -- values ------------------------------------------------------------------------------------------------

    def value(self, term):
        """Return the value of a term.

        Raises
        ------
        Undefined
            If it has none: a singular inverse, a root or a logarithm of a negative number.
        """
        method = getattr(self, "of_" + NAMES.get(term.op, term.op))
        try:
            with np.errstate(all="ignore"):
                found = method(*term.args)
        except (ZeroDivisionError, OverflowError, np.linalg.LinAlgError) as problem:
            raise Undefined from problem
        if np.iscomplexobj(found) or not np.all(np.isfinite(found)):
            raise Undefined
        return found

    def of_number(self, value):
        return float(value)

    def of_s(self, name):
        constants = {"@e": math.e, "@pi": math.pi}
        if name in constants:
            return constants[name]
        if "natural" in self.facts.get(name, ()) and (name, ()) not in self.values:
            return float(self.size((((name,), 1),)))
        return self.sampled(self.aliases.get(name, name), None)

    def of_size(self, size):
        return float(self.size(size))

    def of_m(self, name, *indices):
        return self.sampled(*self._member(name, None, indices))

    def of_M(self, name, rows, cols):
        return self.sampled(self.aliases.get(name, name), self.shape((rows, cols)))

    def of_MM(self, name, rows, cols, *indices):
        return self.sampled(*self._member(name, self.shape((rows, cols)), indices))

    def _member(self, name, shape, indices):
        return self.aliases.get(name, name), shape, tuple(round(self.value(index)) for index in indices)

    def of_ix(self, name, lower, upper):
        low, high = self.size(lower), self.size(upper)
        return self.indices.get(name, low + zlib.crc32(name.encode()) % max(high - low + 1, 1))

    def of_e(self, array, row, column):
        return self.value(array)[round(self.value(row)) - 1, round(self.value(column)) - 1]

    def of_sum(self, index, condition, body, combine=sum):
        name, lower, upper = index.args
        before = self.indices.get(name)
        terms = []
        for place in range(self.size(lower), self.size(upper) + 1):
            self.indices[name] = place
            if self.of_condition(condition):
                terms.append(self.value(body))
        self.indices.pop(name, None)
        if before is not None:
            self.indices[name] = before
        empty = 0.0 if body.shape is None else np.zeros(self.shape(body.shape))
        return combine(terms, start=empty if combine is sum else 1.0)

    def of_prod(self, index, condition, body):
        return self.of_sum(index, condition, body, math.prod)

    def of_condition(self, condition):
        if condition.op == "true":
            return True
        left, right = (self.value(side) for side in condition.args[1:])
        return {"!=": left != right, "<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}[
            condition.args[0]
        ]

    def of_delta(self, left, right):
        return float(self.value(left) == self.value(right))

    def of_plus(self, *args):
        return sum(self.value(arg) for arg in args[1:]) + self.value(args[0])

    def of_times(self, *args):
        return math.prod(self.value(arg) for arg in args)

    def of_scaled(self, scalar, array):
        return self.value(scalar) * self.value(array)

    def of_product(self, *args):
        found = self.value(args[0])
        for arg in args[1:]:
            found = found @ self.value(arg)
        return found

    def of_power(self, base, exponent):
        base, exponent = self.value(base), self.value(exponent)
        if base < 0 and exponent != round(exponent):
            raise Undefined
        return base**exponent

    def of_tr(self, array):
        return float(np.trace(self.value(array)))

    def of_det(self, array):
        return float(np.linalg.det(self.value(array)))

    def of_norm(self, array, kind):
        array = self.value(array)
        if kind in ("1", "inf") and array.shape[1] > 1:
            return np.linalg.norm(array, {"1": 1, "inf": np.inf}[kind])
        return np.linalg.norm(array.ravel(), {"1": 1, "inf": np.inf}.get(kind))

    def of_dens(self, x, mean, covariance):
        residual, covariance = self.value(x) - self.value(mean), self.value(covariance)
        if np.linalg.det(covariance) <= 0:
            raise Undefined
        quadratic = (residual.T @ np.linalg.inv(covariance) @ residual).item()
        return math.exp(-quadratic / 2) / math.sqrt(np.linalg.det(2 * math.pi * covariance))

    def of_I(self, size):
        return np.eye(self.size(size))

    def of_zero(self, rows, cols):
        return np.zeros(self.shape((rows, cols)))

    def of_ones(self, rows, cols):
        return np.ones(self.shape((rows, cols)))

    def of_t(self, array):
        return self.value(array).T

    def of_inv(self, array):
        array = self.value(array)
        if np.linalg.cond(array) > WORST_CONDITION:
            raise Undefined
        return np.linalg.inv(array)

    def of_mp(self, array, power):
        power = self.value(power)
        if power != round(power):
            raise Undefined
        return np.linalg.matrix_power(self.value(array), round(power))

    def of_had(self, *args):
        return math.prod(self.value(arg) for arg in args)

    def of_kron(self, left, right):
        return np.kron(self.value(left), self.value(right))

    def of_vec(self, array):
        return self.value(array).reshape(-1, 1, order="F")

    def of_diag(self, vector):
        return np.diag(self.value(vector)[:, 0])

    def of_dg(self, array):
        return self.value(array).diagonal().reshape(-1, 1)

    def of_blocks(self, rows, cols, *blocks):
        values = [np.atleast_2d(self.value(block)) for block in blocks]
        return np.block([values[row * cols : (row + 1) * cols] for row in range(rows)])

    def of_K(self, rows, cols):
        rows, cols = self.shape((rows, cols))
        found = np.zeros((rows * cols, rows * cols))
        for i in range(rows):
            for j in range(cols):
                found[i * cols + j, j * rows + i] = 1
        return found

    def of_unit(self, index, size):
        found = np.zeros((self.size(size), 1))
        found[round(self.value(index)) - 1] = 1
        return found

    # -- functions ---------------------------------------------------------------------------------------------

    def of_fun(self, name, order, argument):
        argument = self.value(argument)
        if name == "log" and np.any(argument <= 0):
            raise Undefined
        return self._function(name, order)(argument)

    def _function(self, name, order):
        known = {
            "log": np.log, "exp": np.exp, "abs": np.abs, "sin": np.sin, "cos": np.cos, "tanh": np.tanh,
            "sqrt": np.sqrt, "sigmoid": lambda u: 1 / (1 + np.exp(-u)),
            "gamma": special.gamma, "digamma": special.digamma,
        }  # fmt: skip
        if name not in known:
            a, b, c = self.random(name).normal(size=3)
            return lambda u: a * b**order * np.sin(b * u + c + order * math.pi / 2)
        if order == 0:
            return known[name]
        before = self._function(name, order - 1)
        return lambda u: _difference(lambda h: before(u + h))

    def of_val(self, name, rows, cols, order, argument):
        facts = self.facts.get(name, frozenset())
        constant = self._sample(name, self.shape((rows, cols)), facts, ("constant",))
        slope = self.random(name, "slope").normal(size=constant.shape)
        slope = np.diag(slope.diagonal()) if "diagonal" in facts else slope + slope.T if facts & SYMMETRIC else slope
        wave = 0.1 * math.sin(self.value(argument) + order * math.pi / 2)
        return constant * (order == 0) + wave * slope

    # -- calculus ----------------------------------------------------------------------------------------------

    def of_at(self, symbol, value, body):
        if symbol.op in ("m", "MM"):
            before = dict(self.aliases)
            self.aliases[symbol.args[0]] = self.aliases.get(value.args[0], value.args[0])
            try:
                return self.value(body)
            finally:
                self.aliases = before
        with self.moved({self.key(symbol): self.value(value)}):
            return self.value(body)

    def of_d(self, variables, body):
        pairs = list(zip(variables.args[::2], variables.args[1::2], strict=True))
        changes = [(variable, self.value(change)) for variable, change in pairs]

        def moved(h):
            places = {}
            for variable, change in changes:
                places.update(self._place(variable, h * change))
            with self.moved(places):
                return self.value(body)

        return _difference(moved)

    def of_part(self, body, variable):
        def moved(h):
            with self.moved(self._place(variable, h)):
                return self.value(body)

        return _difference(moved)

    def _place(self, variable, change):
        """Return the value of the symbol at which the variable has changed by so much."""
        core = variable.args[0] if variable.op in ("e", "inv", "^", "vec") else variable
        value = self.value(core)
        if variable.op == "e":
            moved = np.array(value)
            moved[round(self.value(variable.args[1])) - 1, round(self.value(variable.args[2])) - 1] += change
        elif variable.op == "inv":
            moved = np.linalg.inv(np.linalg.inv(value) + change)
        elif variable.op == "^":
            power = self.value(variable.args[1])
            moved = (value**power + change) ** (1 / power)
        elif variable.op == "vec":
            moved = value + np.reshape(change, value.shape, order="F")
        else:
            moved = value + change
        return {self.key(core): moved}

    def _entries(self, body, variable):
        """Yield the place of each entry of a variable and the derivative by it."""
        rows, cols = np.shape(self.value(variable))
        for place in np.ndindex(rows, cols):
            unit = np.zeros((rows, cols))
            unit[place] = 1.0

            def moved(h, unit=unit):
                with self.moved(self._place(variable, h * unit)):
                    return self.value(body)

            yield place, _difference(moved)

    def of_grad(self, body, variable):
        if variable.shape is None:
            return np.full((1, 1), self.of_part(body, variable))
        found = np.zeros(np.shape(self.value(variable)))
        for place, value in self._entries(body, variable):
            found[place] = value
        return found

    def of_jac(self, body, variable, layout):
        found = np.hstack([value for _, value in self._entries(body, variable)])
        return found if layout == "numerator" else found.T


NAMES = {
    "#": "number", "+": "plus", "*": "times", ".": "scaled", "@": "product", "^": "power", "0": "zero", "1": "ones",
}  # fmt: skip


def _difference(function):
    return sum(weight * (function(k * STEP) - function(-k * STEP)) for k, weight in _STENCIL) / STEP


def has_derivative(term):
    """Whether a derivative has to be taken to find the value."""
    return term.op in ("d", "grad", "jac", "part") or any(
        has_derivative(arg) for arg in term.args if isinstance(arg, Term)
    )
