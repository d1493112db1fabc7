"""Derivatives in 1500 digits, by differences of a function that is written down independently in mpmath.

Nothing of `derive` or `numeric` is used. Arrays are NumPy arrays of mpmath numbers, so that ``x @ A @ x`` works as it
stands; exponents have no bounds, so that nothing over- or underflows, and the step of a difference is so small that
neither truncation nor cancellation is left in the leading 60 digits.
"""

import mpmath
import numpy as np
from mpmath import mp

DIGITS = 1500
STEP = mpmath.mpf(10) ** -320
"""Of a first difference, in units of the argument; second differences use its square root."""

exp, log, sqrt, tanh, cosh, sinh, sin, cos = (
    np.frompyfunc(getattr(mp, name), 1, 1) for name in "exp log sqrt tanh cosh sinh sin cos".split()
)
fabs = np.frompyfunc(abs, 1, 1)


def lifted(value):
    """Return a number or an array of doubles in high precision, exactly."""
    array = np.asarray(value, float)
    return np.array([mpmath.mpf(each) for each in array.ravel()] or [], object).reshape(array.shape)[()]


def sigmoid(u):
    return 1 / (1 + exp(-u))


def softmax(u):
    powers = exp(u - max(u))
    return powers / powers.sum()


def norm(x):
    return mp.sqrt((x * x).sum())


def det(matrix):
    return mp.det(mpmath.matrix(matrix.tolist()))


def inv(matrix):
    return np.array((mpmath.matrix(matrix.tolist()) ** -1).tolist(), object).reshape(matrix.shape)


def gaussian(x, mean, covariance):
    """Return the density of a normal distribution with a covariance matrix."""
    gap = np.atleast_1d(x - mean)
    form = gap @ inv(covariance) @ gap
    return mp.exp(-form / 2) / mp.sqrt((2 * mp.pi) ** len(gap) * det(covariance))


def moved(values, name, moves):
    """Return values with entries of one of them moved."""
    at = np.array(values[name], object, copy=True)
    for index, step in moves:
        at[index] = at[index] + step
    return {**values, name: at[()]}


def steps(value, relative):
    """Yield index and step of every entry, column by column as vec stacks them."""
    array = np.atleast_1d(np.asarray(value, object))
    largest = max(abs(each) for each in array.ravel()) or mpmath.mpf(1)
    flipped = [index[::-1] for index in np.ndindex(array.shape[::-1])]
    for index in flipped:
        yield (index if np.ndim(value) else ()), relative * (abs(array[index]) or largest)


def derivative(f, values, name, kind):
    """Return the derivative of f of the values, in their order, by one of them, as doubles.

    ``kind`` is ``"gradient"`` (the shape of the argument), ``"jacobian"`` (entries of f × entries of the argument, both
    column by column) or ``"hessian"``.
    """
    with mp.workdps(DIGITS):
        high = {key: lifted(value) for key, value in values.items()}
        if kind == "hessian":
            return _second(f, high, name)
        columns = []
        for index, step in steps(high[name], STEP):
            above, below = (f(*moved(high, name, [(index, sign * step)]).values()) for sign in (1, -1))
            columns.append(np.ravel(np.asarray((above - below) / (2 * step), object), order="F"))
        table = np.array(columns, object).T
        if kind == "jacobian":
            return table.astype(float)
        return table[0].astype(float).reshape(np.shape(values[name]), order="F")


def _second(f, high, name):
    moves = list(steps(high[name], mp.sqrt(STEP)))
    found = np.zeros((len(moves), len(moves)))
    for i, (one, h) in enumerate(moves):
        for j, (two, k) in enumerate(moves[: i + 1]):
            total = 0
            for a in (1, -1):
                for b in (1, -1):
                    total += a * b * f(*moved(high, name, [(one, a * h), (two, b * k)]).values())
            found[i, j] = found[j, i] = float(total / (4 * h * k))
    return found if len(moves) > 1 or np.ndim(high[name]) else found[0, 0]
