"""Values and derivatives against plain NumPy with central differences, and against SymPy with explicit entries."""

from types import SimpleNamespace

import numpy as np
import pytest
import sympy
from points import Rationals, Sample

SIZES = {"n": 3, "m": 2, "p": 2, "D": 2, "N": 3, "K": 2, "q": 4}
# Central difference of sixth order.
STENCIL = ((1, 45 / 60), (2, -9 / 60), (3, 1 / 60))
STEP = 2e-3

X, A, B, C = (f"{name} \\in \\mathbb{{R}}^{{n \\times n}}" for name in "XABC")
W = r"W \in \mathbb{R}^{m \times n}"
x, y, a, b = (f"{name} \\in \\mathbb{{R}}^n" for name in "xyab")
t, s = (f"{name} \\in \\mathbb{{R}}" for name in "ts")
u = r"u \in \mathbb{R}_{>0}"
z = r"z \in \mathbb{R}^m"
S = r"\Sigma \in \mathbb{S}_{++}^n"
V = r"V \in \mathbb{S}^n"
DATA = r"x_n \in \mathbb{R}^D, n = 1, \dots, N"
MEANS = r"\mu_k \in \mathbb{R}^D, k = 1, \dots, K"
COVARIANCES = r"\Sigma_k \in \mathbb{S}_{++}^D, k = 1, \dots, K"
WEIGHTS = r"\pi_k \in \mathbb{R}_{>0}, k = 1, \dots, K"
RESPONSIBILITIES = r"r_{nk} \in \mathbb{R}_{>0}, n = 1, \dots, N, k = 1, \dots, K"


def inv(matrix):
    return np.linalg.inv(matrix)


def det(matrix):
    return np.linalg.det(matrix)


def tr(matrix):
    return np.trace(matrix)


def vec(matrix):
    return matrix.reshape(-1, 1, order="F")


def sigmoid(value):
    return 1 / (1 + np.exp(-value))


def softmax(value):
    return np.exp(value) / np.exp(value).sum()


def number(matrix):
    return matrix[0, 0]


def normal(point, mean, covariance):
    difference = point - mean
    form = number(difference.T @ inv(covariance) @ difference)
    return np.exp(-form / 2) / np.sqrt(det(2 * np.pi * covariance))


def mixture(v):
    return sum(
        np.log(sum(v.pi[k] * normal(v.x[n], v.mu[k], v.Sigma[k]) for k in range(len(v.pi)))) for n in range(len(v.x))
    )


MIXTURE = r"\sum_{n=1}^N \ln \sum_{k=1}^K \pi_k \mathcal{N}(x_n \mid \mu_k, \Sigma_k)"
MODEL = (DATA, MEANS, COVARIANCES, WEIGHTS)

# LaTeX of a scalar, what is differentiated by, declarations, the same in NumPy.
GRADIENTS = {
    "trace": (r"\operatorname{tr}(A X)", "X", (X, A), lambda v: tr(v.A @ v.X)),
    "trace-rectangular": (r"\operatorname{tr}(W X W^\top)", "W", (W, X), lambda v: tr(v.W @ v.X @ v.W.T)),
    "trace-square": (r"\operatorname{tr}(X^2 B)", "X", (X, B), lambda v: tr(v.X @ v.X @ v.B)),
    "trace-cube": (r"\operatorname{tr}(X^3)", "X", (X,), lambda v: tr(v.X @ v.X @ v.X)),
    "det": (r"\det X", "X", (X,), lambda v: det(v.X)),
    "det-power": (r"|X|^3", "X", (X,), lambda v: det(v.X) ** 3),
    "det-product": (r"\det(A X B)", "X", (X, A, B), lambda v: det(v.A @ v.X @ v.B)),
    "det-gram": (r"\det(W W^\top)", "W", (W,), lambda v: det(v.W @ v.W.T)),
    "logdet-gram": (r"\ln |W W^\top|", "W", (W,), lambda v: np.log(det(v.W @ v.W.T))),
    "logdet-definite": (r"\log \det \Sigma", r"\Sigma", (S,), lambda v: np.log(det(v.Sigma))),
    "root-of-det": (r"|\Sigma|^{-1/2}", r"\Sigma", (S,), lambda v: det(v.Sigma) ** -0.5),
    "inverse": (r"a^\top X^{-1} b", "X", (X, a, b), lambda v: number(v.a.T @ inv(v.X) @ v.b)),
    "inverse-trace": (r"\operatorname{tr}(A X^{-1} B)", "X", (X, A, B), lambda v: tr(v.A @ inv(v.X) @ v.B)),
    "inverse-transpose": (r"\operatorname{tr}(A X^{-\top})", "X", (X, A), lambda v: tr(v.A @ inv(v.X).T)),
    "inverse-power": (r"\operatorname{tr}(X^{-2})", "X", (X,), lambda v: tr(inv(v.X) @ inv(v.X))),
    "kronecker": (r"\operatorname{tr}((A \otimes X)(X \otimes B))", "X", (X, A, B),
                  lambda v: tr(np.kron(v.A, v.X) @ np.kron(v.X, v.B))),
    "hadamard": (r"\operatorname{tr}(A (X \odot X \odot B))", "X", (X, A, B), lambda v: tr(v.A @ (v.X * v.X * v.B))),
    "vec": (r"\operatorname{vec}(X)^\top (A \otimes B) \operatorname{vec}(X)", "X", (X, A, B),
            lambda v: number(vec(v.X).T @ np.kron(v.A, v.B) @ vec(v.X))),
    "diag-of-vector": (r"a^\top \operatorname{diag}(x) A \operatorname{diag}(x) b", "x", (x, a, b, A),
                       lambda v: number(v.a.T @ np.diag(v.x.ravel()) @ v.A @ np.diag(v.x.ravel()) @ v.b)),
    "diag-of-matrix": (r"a^\top \operatorname{diag}(X A)", "X", (X, A, a),
                       lambda v: number(v.a.T @ np.diag(v.X @ v.A).reshape(-1, 1))),
    "quadratic": (r"x^\top A x", "x", (x, A), lambda v: number(v.x.T @ v.A @ v.x)),
    "least-squares": (r"\|z - W x\|^2", "W", (z, W, x), lambda v: ((v.z - v.W @ v.x) ** 2).sum()),
    "euclidean-norm": (r"\|z - W x\|", "x", (z, W, x), lambda v: np.sqrt(((v.z - v.W @ v.x) ** 2).sum())),
    "norm-of-one": (r"\|x\|_1", "x", (x,), lambda v: np.abs(v.x).sum()),
    "frobenius": (r"\|W - z x^\top\|_F^2", "W", (z, W, x), lambda v: ((v.W - v.z @ v.x.T) ** 2).sum()),
    "frobenius-root": (r"\|W\|_F", "W", (W,), lambda v: np.sqrt((v.W**2).sum())),
    "weighted-norm": (r"\|x\|_\Sigma^2", "x", (x, S), lambda v: number(v.x.T @ v.Sigma @ v.x)),
    "inner-product": (r"\langle A X, X \rangle", "X", (X, A), lambda v: (v.A @ v.X * v.X).sum()),
    "rayleigh": (r"\frac{x^\top A x}{x^\top x}", "x", (x, A),
                 lambda v: number(v.x.T @ v.A @ v.x) / number(v.x.T @ v.x)),
    "blocks": (r"\det \begin{pmatrix} X & a \\ b^\top & t \end{pmatrix}", "X", (X, a, b, t),
               lambda v: det(np.block([[v.X, v.a], [v.b.T, np.array([[v.t]])]]))),
    "blocks-inverse": (
        r"\operatorname{tr}\left(\begin{bmatrix} \Sigma & X \\ 0 & A \end{bmatrix}^{-1}"
        r" \begin{bmatrix} A & A \\ X & \Sigma \end{bmatrix}\right)", "X", (S, X, A),
        lambda v: tr(inv(np.block([[v.Sigma, v.X], [0 * v.X, v.A]])) @ np.block([[v.A, v.A], [v.X, v.Sigma]])),
    ),
    "exp": (r"\exp(x^\top A x)", "A", (x, A), lambda v: np.exp(number(v.x.T @ v.A @ v.x))),
    "euler": (r"e^{a^\top x}", "x", (x, a), lambda v: np.exp(number(v.a.T @ v.x))),
    "exp-entrywise": (r"a^\top \exp(X b)", "X", (X, a, b), lambda v: number(v.a.T @ np.exp(v.X @ v.b))),
    "sigmoid": (r"\ln \sigma(a^\top x)", "x", (x, a), lambda v: np.log(sigmoid(number(v.a.T @ v.x)))),
    "sigmoid-entrywise": (r"b^\top \sigma(X a)", "X", (X, a, b), lambda v: number(v.b.T @ sigmoid(v.X @ v.a))),
    "tanh": (r"b^\top \tanh(X a)", "X", (X, a, b), lambda v: number(v.b.T @ np.tanh(v.X @ v.a))),
    "sinh-cosh": (r"\sinh(a^\top x) \cosh(b^\top x)", "x", (x, a, b),
                  lambda v: np.sinh(number(v.a.T @ v.x)) * np.cosh(number(v.b.T @ v.x))),
    "sin-cos": (r"\sin(a^\top x) \cos(b^\top x)", "x", (x, a, b),
                lambda v: np.sin(number(v.a.T @ v.x)) * np.cos(number(v.b.T @ v.x))),
    "softplus": (r"\operatorname{softplus}(a^\top x)", "x", (x, a), lambda v: np.log1p(np.exp(number(v.a.T @ v.x)))),
    "logsumexp": (r"\operatorname{logsumexp}(A x)", "x", (x, A), lambda v: np.log(np.exp(v.A @ v.x).sum())),
    "softmax": (r"a^\top \operatorname{softmax}(A x)", "x", (x, a, A), lambda v: number(v.a.T @ softmax(v.A @ v.x))),
    "softmax-by-matrix": (r"a^\top \operatorname{softmax}(A x)", "A", (x, a, A),
                          lambda v: number(v.a.T @ softmax(v.A @ v.x))),
    "gaussian-mean": (r"\mathcal{N}(x \mid y, \Sigma)", "y", (x, y, S), lambda v: normal(v.x, v.y, v.Sigma)),
    "gaussian-covariance": (r"\mathcal{N}(x \mid y, \Sigma)", r"\Sigma", (x, y, S),
                            lambda v: normal(v.x, v.y, v.Sigma)),
    "log-gaussian": (r"\ln \mathcal{N}(x ; y, \Sigma^{-1})", r"\Sigma", (x, y, S),
                     lambda v: np.log(normal(v.x, v.y, inv(v.Sigma)))),
    "by-inverse": (r"x^\top \Sigma x + \ln |\Sigma|", r"\Sigma^{-1}", (x, S), None),
    "defined-function": (r"h(a^\top x)", "x", (x, a), lambda v: number(v.a.T @ v.x) ** 3 + 1 / number(v.a.T @ v.x)),
    "defined-entrywise": (r"b^\top h(x)", "x", (x, b), lambda v: number(v.b.T @ (v.x**3 + 1 / v.x))),
    "third-order-inside": (r"\operatorname{tr}\left(\frac{\partial \det X}{\partial X} A\right)", "X", (X, A),
                           lambda v: tr(det(v.X) * inv(v.X).T @ v.A)),
}  # fmt: skip
GIVEN = {"defined-function": (r"h(s) = s^3 + \frac{1}{s}",), "defined-entrywise": (r"h(s) = s^3 + \frac{1}{s}",)}

# The same with a free index: the derivative by one member.
FAMILIES = {
    "mixture-mean": (MIXTURE, r"\mu_k", MODEL, mixture),
    "mixture-covariance": (MIXTURE, r"\Sigma_k", MODEL, mixture),
    "mixture-weight": (MIXTURE, r"\pi_k", MODEL, mixture),
    "complete-likelihood": (
        r"\sum_{n,k} r_{nk} \left( \ln \pi_k + \ln \mathcal{N}(x_n \mid \mu_k, \Sigma_k) \right)", r"\mu_k",
        (*MODEL, RESPONSIBILITIES),
        lambda v: sum(v.r[n, k] * (np.log(v.pi[k]) + np.log(normal(v.x[n], v.mu[k], v.Sigma[k])))
                      for n in range(3) for k in range(2)),
    ),
    "distances": (r"\sum_{n=1}^N \sum_{k=1}^K r_{nk} \|x_n - \mu_k\|^2", r"\mu_k", (DATA, MEANS, RESPONSIBILITIES),
                  lambda v: sum(v.r[n, k] * ((v.x[n] - v.mu[k]) ** 2).sum() for n in range(3) for k in range(2))),
    "product-over-index": (r"\prod_{k=1}^K \pi_k^2", r"\pi_k", (WEIGHTS,), lambda v: np.prod(v.pi**2)),
    "condition-of-a-sum": (r"\sum_{k=1}^K \sum_{j < k} \mu_j^\top \mu_k", r"\mu_k", (MEANS,),
                           lambda v: sum(number(v.mu[j].T @ v.mu[k]) for k in range(2) for j in range(k))),
}  # fmt: skip

# A vector by a vector, m × n.
JACOBIANS = {
    "linear": ("W x", "x", (W, x), lambda v: v.W @ v.x),
    "quadratic-form-times-vector": (r"(x^\top A x) x", "x", (x, A), lambda v: number(v.x.T @ v.A @ v.x) * v.x),
    "softmax": (r"\operatorname{softmax}(x)", "x", (x,), lambda v: softmax(v.x)),
    "normalised": (r"\frac{x}{\|x\|}", "x", (x,), lambda v: v.x / np.sqrt((v.x**2).sum())),
    "vec-of-inverse": (r"\operatorname{vec}(X^{-1})", r"\operatorname{vec}(X)", (X,), None),
    "entrywise": (r"\tanh(W x)", "x", (W, x), lambda v: np.tanh(v.W @ v.x)),
    "inverse-times-vector": (r"(A + x x^\top)^{-1} y", "x", (A, x, y), lambda v: inv(v.A + v.x @ v.x.T) @ v.y),
}

HESSIANS = {
    "quadratic": (r"x^\top A x", (x, A), lambda v: number(v.x.T @ v.A @ v.x)),
    "logsumexp": (r"\ln(\mathbf{1}^\top \exp(x))", (x,), lambda v: np.log(np.exp(v.x).sum())),
    "logistic": (r"\ln(1 + \exp(a^\top x))", (x, a), lambda v: np.log1p(np.exp(number(v.a.T @ v.x)))),
    "quartic": (r"(x^\top A x)^2", (x, A), lambda v: number(v.x.T @ v.A @ v.x) ** 2),
    "norm": (r"\|x - y\|", (x, y), lambda v: np.sqrt(((v.x - v.y) ** 2).sum())),
    "gaussian": (r"\mathcal{N}(x \mid y, \Sigma)", (x, y, S), lambda v: normal(v.x, v.y, v.Sigma)),
    "rational": (r"\frac{1}{1 + x^\top x}", (x,), lambda v: 1 / (1 + number(v.x.T @ v.x))),
}

BY_SCALAR = {
    "inverse": (r"(A + t B)^{-1}", (A, B, t), lambda v: inv(v.A + v.t * v.B)),
    "outer": (r"\exp(t x) x^\top", (x, t), lambda v: np.exp(v.t * v.x) @ v.x.T),
    "logdet": (r"\ln |\Sigma + t^2 I|", (S, t), lambda v: np.log(det(v.Sigma + v.t**2 * np.eye(3)))),
    "power": (r"\frac{s}{t^3} + \sqrt{t^2 + s^2}", (s, t), lambda v: v.s / v.t**3 + np.hypot(v.t, v.s)),
    "matrix-power": (r"(t A)^3", (A, t), lambda v: v.t**3 * v.A @ v.A @ v.A),
    "kronecker": (r"(A + t I) \otimes (t B)", (A, B, t), lambda v: np.kron(v.A + v.t * np.eye(3), v.t * v.B)),
}


# -- differences -------------------------------------------------------------------------------------------------


def moved(v, name, place, step):
    """Return the values with one entry moved."""
    held = getattr(v, name)
    if np.ndim(held) == 0:
        return SimpleNamespace(**{**vars(v), name: held + step})
    held = held.copy()
    held[place] += step
    return SimpleNamespace(**{**vars(v), name: held})


def slope(function, v, *moves):
    """Return a central difference of sixth order along some moves ``(name, place)`` at once."""
    total = 0.0
    for times, weight in STENCIL:
        for sign in (1, -1):
            there = v
            for name, place in moves:
                there = moved(there, name, place, sign * times * STEP)
            total = total + sign * weight * function(there) / STEP
    return total


def differences(function, v, name, member=()):
    """Return the gradient of a number by an array (or by one member of a family), by central differences."""
    held = np.asarray(getattr(v, name))[member]
    result = np.zeros(np.shape(held))
    for place in np.ndindex(result.shape):
        result[place] = slope(function, v, (name, (*member, *place)))
    return result


def assert_close(found, wanted, tolerance=1e-7):
    found, wanted = np.asarray(found, float), np.asarray(wanted, float)
    assert found.shape == wanted.shape
    np.testing.assert_allclose(found, wanted, rtol=tolerance, atol=tolerance * max(1, np.abs(wanted).max()))


def bare(symbol):
    return symbol.split("_")[0].strip("\\")


# -- in floating point -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [name for name, case in GRADIENTS.items() if case[3]])
def test_gradient(name):
    text, wrt, declared, function = GRADIENTS[name]
    sample = Sample(rf"\frac{{\partial}}{{\partial {wrt}}} \left( {text} \right)", declared, SIZES,
                    given=GIVEN.get(name, ()))  # fmt: skip
    assert_close(sample.value(), differences(function, sample.values(), bare(wrt)))


@pytest.mark.parametrize("name", [name for name, case in GRADIENTS.items() if case[3]])
def test_value(name):
    text, _, declared, function = GRADIENTS[name]
    sample = Sample(text, declared, SIZES, given=GIVEN.get(name, ()))
    assert_close(sample.value(), function(sample.values()), 1e-10)


@pytest.mark.parametrize("name", FAMILIES)
def test_gradient_by_one_member(name):
    text, wrt, declared, function = FAMILIES[name]
    sample = Sample(rf"\frac{{\partial}}{{\partial {wrt}}} \left[ {text} \right]", declared, SIZES)
    values = sample.values()
    for k in (1, 2):
        assert_close(sample.value(k=k), differences(function, values, bare(wrt), (k - 1,)))


def columns(function, v, name):
    held = getattr(v, name)
    return np.hstack([slope(function, v, (name, place)) for place in np.ndindex(held.shape)])


@pytest.mark.parametrize("layout", ["numerator", "denominator"])
@pytest.mark.parametrize("name", [name for name, case in JACOBIANS.items() if case[3]])
def test_jacobian(name, layout):
    text, wrt, declared, function = JACOBIANS[name]
    sample = Sample(rf"\frac{{\partial}}{{\partial {wrt}}} \left( {text} \right)", declared, SIZES, layout=layout)
    wanted = columns(function, sample.values(), wrt)
    assert_close(sample.value(), wanted if layout == "numerator" else wanted.T)


def test_jacobian_by_a_transposed_vector_has_one_layout():
    for layout in ("numerator", "denominator"):
        sample = Sample(r"\frac{\partial W x}{\partial x^\top}", (W, x), SIZES, layout=layout)
        assert_close(sample.value(), sample.values().W)


def test_jacobian_by_vec():
    sample = Sample(JACOBIANS["vec-of-inverse"][0].join((r"\frac{\partial", r"}{\partial \operatorname{vec}(X)^\top}")),
                    (X,), SIZES)  # fmt: skip
    values = sample.values()
    wanted = [slope(lambda v: vec(inv(v.X)), values, ("X", (i, j))) for j in range(3) for i in range(3)]
    assert_close(sample.value(), np.hstack(wanted))


@pytest.mark.parametrize("name", HESSIANS)
@pytest.mark.parametrize(
    "notation", [r"\frac{{\partial^2 {f}}}{{\partial x \partial x^\top}}", r"\nabla_x^2 \left({f}\right)"]
)
def test_hessian(name, notation):
    text, declared, function = HESSIANS[name]
    sample = Sample(notation.format(f=text), declared, SIZES)
    values = sample.values()
    gradient = lambda v: differences(function, v, "x")  # noqa: E731
    assert_close(sample.value(), columns(gradient, values, "x"), 1e-6)


@pytest.mark.parametrize("name", BY_SCALAR)
def test_derivative_by_a_scalar(name):
    text, declared, function = BY_SCALAR[name]
    sample = Sample(rf"\frac{{\partial}}{{\partial t}} \left( {text} \right)", declared, SIZES)
    assert_close(sample.value(), slope(function, sample.values(), ("t", ())))


def test_derivative_by_a_power():
    sample = Sample(r"\frac{\partial}{\partial u^2} \left( \ln u + \frac{a^\top a}{u^2} \right)", (u, a), SIZES)
    v = sample.values()
    square = SimpleNamespace(w=v.u**2)
    wanted = slope(lambda at: np.log(at.w) / 2 + (v.a**2).sum() / at.w, square, ("w", ()))
    assert_close(sample.value(), wanted)


def test_derivative_by_an_inverse():
    text, wrt, declared, _ = GRADIENTS["by-inverse"]
    sample = Sample(rf"\frac{{\partial}}{{\partial {wrt}}} \left( {text} \right)", declared, SIZES)
    v = sample.values()

    def of_precision(at):
        return number(v.x.T @ inv(at.P) @ v.x) - np.log(det(at.P))

    assert_close(sample.value(), differences(of_precision, SimpleNamespace(P=inv(v.Sigma)), "P"), 1e-6)


SYMMETRIC = {
    "quadratic": (r"x^\top V x", "V", (x, V), lambda v: number(v.x.T @ v.V @ v.x)),
    "logdet": (r"\ln |\Sigma|", r"\Sigma", (S,), lambda v: np.log(det(v.Sigma))),
    "inverse": (r"\operatorname{tr}(A \Sigma^{-1})", r"\Sigma", (S, A), lambda v: tr(v.A @ inv(v.Sigma))),
}


@pytest.mark.parametrize("name", SYMMETRIC)
def test_symmetric_derivative_moves_both_entries(name):
    text, wrt, declared, function = SYMMETRIC[name]
    sample = Sample(rf"\frac{{\partial}}{{\partial {wrt}}} \left( {text} \right)", declared, SIZES, symmetric=True)
    v, held = sample.values(), bare(wrt)
    wanted = np.zeros((3, 3))
    for i, j in np.ndindex(3, 3):
        wanted[i, j] = slope(function, v, *{(held, (i, j)), (held, (j, i))})
    assert_close(sample.value(), wanted)


DIFFERENTIALS = {
    r"d(X^{-1})": lambda v: inv(v.X),
    r"\mathrm{d}(A X B X)": lambda v: v.A @ v.X @ v.B @ v.X,
    r"d \ln \det X^2": lambda v: np.log(det(v.X @ v.X)),
    r"d \operatorname{tr}(X^\top A X)": lambda v: tr(v.X.T @ v.A @ v.X),
}


@pytest.mark.parametrize("text", DIFFERENTIALS)
def test_differential(text):
    # Both sides hold dX, so that it varies; the right side alone is a multiple of it.
    right = r"0 \operatorname{tr}(dX)" if "tr" in text or "det" in text else "0 dX"
    sample = Sample(f"{text} = {right}", (X, A, B), SIZES)
    v = sample.values()
    left, _ = sample.sides()
    change = [[sample.evaluator.point.value("dX", (), sample.domain)[i, j] for j in range(3)] for i in range(3)]
    change = np.array([[float(entry.mid()) for entry in row] for row in change])
    total = 0
    for times, weight in STENCIL:
        for sign in (1, -1):
            there = SimpleNamespace(**{**vars(v), "X": v.X + sign * times * STEP * change})
            total = total + sign * weight * DIFFERENTIALS[text](there) / STEP
    assert_close(left, total)


def test_declared_function_has_its_own_derivatives():
    function = r"f : \mathbb{R} \to \mathbb{R}"
    sample = Sample(r"\frac{\partial}{\partial t} (f(t^2) f(s))", (function, s, t), SIZES)
    v = sample.values()
    coefficients = [float(c.mid()) for c in sample.evaluator.point.coefficients(
        sample.statement.scope.declarations["f"], sample.domain)]  # fmt: skip
    f = np.polynomial.Polynomial(coefficients)
    assert len(coefficients) > 2
    assert_close(sample.value(), 2 * v.t * f.deriv()(v.t**2) * f(v.s), 1e-10)


def test_a_curve_is_differentiated_entry_by_entry():
    sample = Sample(r"\frac{\partial}{\partial t} \ln |K(t)|", (r"K : \mathbb{R} \to \mathbb{S}_{++}^n", t), SIZES)
    declaration = sample.statement.scope.declarations["K"]
    parts = [np.array([float(e.mid()) for e in c.entries()]).reshape(3, 3)
             for c in sample.evaluator.point.coefficients(declaration, sample.domain)]  # fmt: skip
    curve = lambda v: np.log(det(sum(part * v.t**power for power, part in enumerate(parts))))  # noqa: E731
    assert_close(sample.value(), slope(curve, sample.values(), ("t", ())))


def test_evaluated_at():
    sample = Sample(r"\left. \frac{\partial \det X}{\partial X} \right|_{X = A B}", (X, A, B), SIZES)
    v = sample.values()
    assert_close(sample.value(), det(v.A @ v.B) * inv(v.A @ v.B).T, 1e-10)


def test_matrix_root():
    sample = Sample(r"\Sigma^{1/2} \Sigma^{-3/2}", (S,), SIZES)
    assert_close(sample.value(), inv(sample.values().Sigma), 1e-10)


def test_derivative_of_a_matrix_root():
    sample = Sample(r"\frac{\partial}{\partial \Sigma} \operatorname{tr}(A \Sigma^{1/2})", (S, A), {"n": 2})

    def through_eigenvalues(v):
        values, vectors = np.linalg.eig(v.Sigma.astype(complex))
        return tr(v.A @ ((vectors * np.sqrt(values)) @ inv(vectors))).real

    assert_close(sample.value(), differences(through_eigenvalues, sample.values(), "Sigma"))


def test_entries_are_derived_one_by_one():
    sample = Sample(r"\frac{\partial \det X}{\partial X_{12}}", (X,), SIZES)
    v = sample.values()
    assert_close(sample.value(), slope(lambda at: det(at.X), v, ("X", (0, 1))))


def test_derivative_at_a_singular_point():
    """The determinant of a singular matrix has a derivative, though no inverse."""
    sample = Sample(r"\frac{\partial}{\partial x} \det(x y^\top + B) ", (x, y, r"B \in \mathbb{D}^n"), SIZES)
    v = sample.values()
    assert_close(sample.value(), differences(lambda at: det(at.x @ at.y.T + at.B), v, "x"))
    singular = Sample(r"\frac{\partial}{\partial X} \det(X) |_{X = x y^\top}", (X, x, y), SIZES)
    assert_close(singular.value(), np.zeros((3, 3)), 1e-12)


# -- with SymPy --------------------------------------------------------------------------------------------------

EXPLICIT = {
    "trace": lambda v: (v.A * v.X).trace(),
    "trace-rectangular": lambda v: (v.W * v.X * v.W.T).trace(),
    "trace-square": lambda v: (v.X * v.X * v.B).trace(),
    "trace-cube": lambda v: (v.X**3).trace(),
    "det": lambda v: v.X.det(),
    "det-power": lambda v: v.X.det() ** 3,
    "det-product": lambda v: (v.A * v.X * v.B).det(),
    "det-gram": lambda v: (v.W * v.W.T).det(),
    "inverse": lambda v: (v.a.T * v.X.adjugate() * v.b)[0] / v.X.det(),
    "inverse-trace": lambda v: (v.A * v.X.adjugate() * v.B).trace() / v.X.det(),
    "inverse-transpose": lambda v: (v.A * v.X.adjugate().T).trace() / v.X.det(),
    "hadamard": lambda v: (v.A * v.X.multiply_elementwise(v.X).multiply_elementwise(v.B)).trace(),
    "kronecker": lambda v: (sympy.kronecker_product(v.A, v.X) * sympy.kronecker_product(v.X, v.B)).trace(),
    "vec": lambda v: (v.X.vec().T * sympy.kronecker_product(v.A, v.B) * v.X.vec())[0],
    "diag-of-vector": lambda v: (v.a.T * sympy.diag(*v.x) * v.A * sympy.diag(*v.x) * v.b)[0],
    "diag-of-matrix": lambda v: (v.a.T * (v.X * v.A).diagonal().T)[0],
    "quadratic": lambda v: (v.x.T * v.A * v.x)[0],
    "least-squares": lambda v: ((v.z - v.W * v.x).T * (v.z - v.W * v.x))[0],
    "frobenius": lambda v: ((v.W - v.z * v.x.T).T * (v.W - v.z * v.x.T)).trace(),
    "rayleigh": lambda v: (v.x.T * v.A * v.x)[0] / (v.x.T * v.x)[0],
    "blocks": lambda v: sympy.Matrix(sympy.BlockMatrix([[v.X, v.a], [v.b.T, sympy.Matrix([[v.t]])]])).det(),
}


def explicit(sample):
    """Return SymPy symbols for every entry, and the substitution that gives them their values."""
    symbols, values = {}, {}
    for name, held in vars(sample.values()).items():
        if np.ndim(held) == 0:
            symbols[name] = sympy.Symbol(name)
            values[symbols[name]] = sympy.Rational(held.numerator, held.denominator)
            continue
        symbols[name] = sympy.Matrix(*held.shape, lambda i, j, name=name: sympy.Symbol(f"{name}_{i}_{j}"))
        for symbol, entry in zip(symbols[name], held.ravel(), strict=True):
            values[symbol] = sympy.Rational(entry.numerator, entry.denominator)
    return SimpleNamespace(**symbols), values


@pytest.mark.parametrize("sizes", [{"n": 2, "m": 2}, {"n": 2, "m": 3}], ids=str)
@pytest.mark.parametrize("name", EXPLICIT)
def test_gradient_is_exactly_that_of_sympy(name, sizes):
    text, wrt, declared, _ = GRADIENTS[name]
    sample = Sample(rf"\frac{{\partial}}{{\partial {wrt}}} \left( {text} \right)", declared, sizes,
                    domain=Rationals(), spread=5)  # fmt: skip
    symbols, values = explicit(sample)
    function = EXPLICIT[name](symbols)
    for found, symbol in zip(sample.value().ravel(), getattr(symbols, bare(wrt)), strict=True):
        wanted = sympy.diff(function, symbol).subs(values)
        assert sympy.Rational(found.numerator, found.denominator) == wanted


@pytest.mark.parametrize("text", [r"(x^\top A x)^2", r"\frac{1}{1 + x^\top x}"])
def test_hessian_is_exactly_that_of_sympy(text):
    sample = Sample(rf"\nabla_x^2 \left({text}\right)", (x, A), {"n": 3}, domain=Rationals(), spread=3)
    symbols, values = explicit(sample)
    square = (symbols.x.T * symbols.x)[0]
    function = 1 / (1 + square) if "frac" in text else (symbols.x.T * symbols.A * symbols.x)[0] ** 2
    wanted = sympy.hessian(function, list(symbols.x)).subs(values)
    assert [sympy.Rational(e.numerator, e.denominator) for e in sample.value().ravel()] == list(wanted)
