"""The value of an array program in 60 digits, and random programs.

Every value has three dimensions: the one batch axis that occurs here, rows and columns; what is missing has size one.
"""

from fractions import Fraction

import mpmath
import numpy as np
from hypothesis import strategies as st
from mpmath import mp
from sympy import Integer, Symbol

from numeric import construct as c
from numeric.program import Axis, make, nodes

DIGITS = 60
SIZES = {"N": 4, "D": 3}
N, D = Symbol("N"), Symbol("D")
AXIS = Axis("n", N, 0)
SHAPE = (D, Integer(1))

_FUNCTIONS = {
    **{name: getattr(mp, name) for name in "exp log sqrt sin cos tanh sinh cosh expm1 sech".split()},
    "abs": abs, "sign": mp.sign, "log1p": lambda x: mp.log(1 + x), "sigmoid": lambda x: 1 / (1 + mp.exp(-x)),
    "softplus": lambda x: mp.log(1 + mp.exp(x)),
}  # fmt: skip


def size(dim):
    return SIZES.get(str(dim)) or int(dim)


def value(node, symbols):
    """Return the value of a node; the symbols are arrays of three dimensions."""
    found = {}
    with mp.workdps(DIGITS):
        for part in nodes(node):
            found[part] = np.asarray(_VALUES[part.op](part, [found[arg] for arg in part.args], symbols), object)
    return found[node]


def _full(node, number):
    rows, cols = (size(dim) for dim in node.shape) if node.shape else (1, 1)
    return np.full((1, rows, cols), mpmath.mpf(number), object)


def _power(node, args, symbols):
    exponent = c.value_of(node.args[1])
    if exponent is not None and exponent.denominator == 1:
        return args[0] ** int(exponent)
    return np.frompyfunc(lambda a, b: mp.power(a, b), 2, 1)(*args)


def _added(node, args, symbols):
    start = _full(node, 0)
    for k, arg in zip(node.data, args, strict=True):
        start = start + mpmath.mpf(k.numerator) / k.denominator * arg
    return start


def _reduced(how):
    def rule(node, args, symbols):
        place = 0 if isinstance(node.data[0], Axis) else 1 + node.data[0]
        return how(args[0], place)

    return rule


def _log_sum(array, place):
    return np.frompyfunc(mp.log, 1, 1)(np.frompyfunc(mp.exp, 1, 1)(array).sum(axis=place, keepdims=True))


def _together(how):
    def rule(node, args, symbols):
        out = args[0]
        for arg in args[1:]:
            out = np.frompyfunc(how, 2, 1)(out, arg)
        return out

    return rule


def _times(node, args, symbols):
    out = _full(node, 1)
    for arg in args:
        out = out * arg
    return out


_VALUES = {
    "one": lambda node, args, symbols: _full(node, 1),
    "zero": lambda node, args, symbols: _full(node, 0),
    "size": lambda node, args, symbols: _full(node, size(node.data[0])),
    "symbol": lambda node, args, symbols: symbols[node.data[0]],
    "add": _added,
    "mul": _times,
    "pow": _power,
    "less": lambda node, args, symbols: args[0] - args[1],
    "divided": lambda node, args, symbols: args[0] / args[1],
    "fn": lambda node, args, symbols: np.frompyfunc(_FUNCTIONS[node.data[0]], 1, 1)(args[0]),
    "matmul": lambda node, args, symbols: _chain(args),
    "transpose": lambda node, args, symbols: args[0].swapaxes(1, 2),
    "sum": _reduced(lambda array, place: array.sum(axis=place, keepdims=True)),
    "max": _reduced(lambda array, place: array.max(axis=place, keepdims=True)),
    "lse": _reduced(_log_sum),
    "maximum": _together(max),
    "logaddexp": _together(lambda a, b: mp.log(mp.exp(a) + mp.exp(b))),
}


def _chain(args):
    out = args[0]
    for arg in args[1:]:
        out = np.matmul(out, arg)
    return out


# -- random programs -------------------------------------------------------------------------------------------------


def symbol(key, shape=(), axes=(), facts=()):
    return make("symbol", data=(key, tuple(facts)), shape=shape, axes=axes)


SCALARS = [symbol("s"), symbol("t"), symbol("p", facts=("positive",)), symbol("q", facts=("positive",))]
MEMBERS = [symbol("a", axes=(AXIS,)), symbol("b", axes=(AXIS,))]
VECTORS = [symbol("x", SHAPE), symbol("y", SHAPE)]


def drawn(seed):
    """Return values of the symbols, moderate ones."""
    rng = np.random.default_rng(seed)
    shapes = {**dict.fromkeys("stpq", (1, 1, 1)), **dict.fromkeys("ab", (4, 1, 1)), **dict.fromkeys("xy", (1, 3, 1))}
    found = {}
    for key, shape in shapes.items():
        numbers = rng.uniform(0.2, 1.5, shape) if key in "pq" else rng.normal(size=shape)
        found[key] = np.array([mpmath.mpf(float(each)) for each in numbers.ravel()], object).reshape(shape)
    return found


def _combined(terms):
    return c.combination([(Fraction(k), term) for k, term in terms])


COEFFICIENTS = st.sampled_from([-2, -1, 1, 2])
POWERS = st.sampled_from([Fraction(-2), Fraction(-1), Fraction(2), Fraction(1, 2), Fraction(-1, 2), Fraction(-3, 2)])
FUNCTIONS = st.sampled_from("exp log sin cos tanh sinh cosh expm1 sigmoid".split())


def differences(inner):
    """Return a strategy for differences that may cancel: of functions, roots, reciprocals, logarithms and squares."""

    def between(name, u, k):
        one, near = c.one(), c.add(u, c.number(k))
        if name in ("cos", "cosh", "tanh", "exp"):
            return c.combination([(Fraction(k), one), (Fraction(-k), c.function(name, u))])
        if name in ("sin", "cosh squared"):
            return c.combination(
                [(Fraction(-k), one), (Fraction(k), c.power(c.function(name[:4].strip(), u), c.number(2)))]
            )
        if name == "log":
            return c.combination([(Fraction(k), c.function("log", near)), (Fraction(-k), c.function("log", u))])
        exponent = c.number(
            {"root": Fraction(1, 2), "reciprocal root": Fraction(-1, 2), "reciprocal": -1, "square": 2}[name]
        )
        return c.combination([(Fraction(k), c.power(near, exponent)), (Fraction(-k), c.power(u, exponent))])

    names = [
        "cos",
        "cosh",
        "tanh",
        "exp",
        "sin",
        "cosh squared",
        "log",
        "root",
        "reciprocal root",
        "reciprocal",
        "square",
    ]
    return st.builds(between, st.sampled_from(names), inner, COEFFICIENTS)


def moments():
    """Return a strategy for sums of products less products of sums, over the batch axis and over entries."""

    def less(a, b, over, k, front):
        count = make("size", data=(N if over == AXIS else D,))
        both = c.total(c.mul(a, b), AXIS) if over == AXIS else c.matmul(c.transpose(a), b)
        product = c.mul(c.total(a, over), c.total(b, over))
        return c.combination([(Fraction(k), c.mul(front, count, both)), (Fraction(-k), c.mul(front, product))])

    member, vector, front = (st.sampled_from(each) for each in (MEMBERS, VECTORS, SCALARS))
    return st.one_of(
        st.builds(less, member, member, st.just(AXIS), COEFFICIENTS, front),
        st.builds(less, vector, vector, st.just(0), COEFFICIENTS, front),
    )


def log_sums():
    """Return a strategy for logarithms of sums of exponentials, and shares in such sums."""

    def of(u, over, share):
        powers = c.function("exp", u)
        whole = c.total(powers, over)
        return (
            c.mul(c.total(c.mul(u, powers), over), c.power(whole, c.number(-1))) if share else c.function("log", whole)
        )

    return st.one_of(
        st.builds(of, st.sampled_from(VECTORS), st.just(0), st.booleans()),
        st.builds(of, st.sampled_from(MEMBERS), st.just(AXIS), st.booleans()),
        st.builds(lambda x: c.reduction("lse", x, 0), st.sampled_from(VECTORS)),
    )


def squares():
    """Return a strategy for squares of differences, multiplied out."""

    def opened(x, y, k):
        terms = [(k, c.dot(x, x)), (-2 * k, c.dot(x, y)), (k, c.dot(y, y))]
        return _combined(terms)

    return st.builds(opened, st.sampled_from(VECTORS), st.sampled_from(VECTORS), COEFFICIENTS)


def numbers():
    """Return a strategy for numbers in which the patterns that passes look for are frequent."""
    leaves = st.one_of(
        moments(),
        squares(),
        log_sums(),
        differences(st.sampled_from(SCALARS)),
        st.sampled_from([*SCALARS, c.one(), make("size", data=(N,)), make("size", data=(D,))]),
        st.sampled_from(
            [c.function(f, u) for f in ("exp", "cos", "cosh") for u in (SCALARS[0], c.negative(SCALARS[0]))]
        ),
        st.builds(lambda x, y: c.matmul(c.transpose(x), y), st.sampled_from(VECTORS), st.sampled_from(VECTORS)),
        st.builds(lambda x: c.total(x, 0), st.sampled_from(VECTORS)),
        st.builds(
            lambda a, e: c.total(c.power(a, c.number(e)), AXIS), st.sampled_from(MEMBERS), st.sampled_from([1, 2])
        ),
    )

    def grown(inner):
        return st.one_of(
            st.lists(st.tuples(COEFFICIENTS, inner), min_size=2, max_size=3).map(_combined),
            st.builds(c.mul, inner, inner),
            st.builds(lambda base, e: c.power(base, c.number(e)), inner, POWERS),
            st.builds(c.function, FUNCTIONS, inner),
            differences(inner),
        )

    return st.recursive(leaves, grown, max_leaves=6)


def vectors():
    """Return a strategy for vectors: numbers times vectors, and functions of their entries."""
    plain = st.sampled_from(VECTORS)
    shifted = st.builds(lambda x, y: c.add(x, c.negative(y)), plain, plain)
    whole = st.one_of(plain, shifted, st.builds(c.function, st.sampled_from(["exp", "tanh", "sin"]), plain))
    scaled = st.builds(c.mul, numbers(), whole)
    return st.one_of(scaled, st.builds(c.add, scaled, scaled))
