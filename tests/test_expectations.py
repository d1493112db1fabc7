"""Expectations against averages over distributions with a few values, and laws as documents state them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Add, Integer, Mul, Pow, Rational, Symbol
from sympy.matrices.expressions import MatAdd, MatMul, MatrixSymbol, Trace, Transpose, ZeroMatrix

from derive import check
from derive.brackets import prepare
from derive.elaborate import Elaborator
from derive.expr import Entry, IndexSum, Norm, ScalarFunction, ScalarOf, UnitVector
from derive.facts import Declaration, Kind
from derive.indices import IndexSymbol
from derive.parse import Parser
from derive.scope import Scope
from derive.source import Excerpt
from derive.tokens import Unreadable, tokenize

N, M = 3, 2
SIZES = {"n": N, "m": M}


def scope():
    """Two random columns of different lengths and a random number, and constants of all shapes."""
    made = Scope(random=frozenset({"x", "y", "s"}))
    n, m, one = made.size("n"), made.size("m"), Integer(1)
    shapes = {"x": (n, one), "y": (m, one), "A": (n, n), "B": (n, m), "C": (m, m), "a": (n, one), "b": (m, one)}
    for key, shape in shapes.items():
        made.declarations[key] = Declaration(key, Kind.ARRAY, shape)
    for key in ("s", "c"):
        made.declarations[key] = Declaration(key, Kind.SCALAR)
    return made


def elaborated(text, known):
    tokens = prepare(tokenize(Excerpt.of(text), {}))
    node = Parser(tokens, {*known.declarations}).expression(0, len(tokens.tokens))
    elaborator = Elaborator(known)
    return elaborator.elaborate(node)


class Plain:
    """Values in floating point; no code is shared with the package."""

    def __init__(self, values):
        self.values = values

    def size(self, dim, env):
        return env[dim.name] if dim.name in env else SIZES[dim.name] if isinstance(dim, Symbol) else int(dim)

    def of(self, e, env=None):
        env = env or {}
        args = [None if isinstance(e, Entry | UnitVector | IndexSum | ZeroMatrix) else a for a in e.args]

        def part(at):
            return self.of(args[at], env)

        match e:
            case IndexSymbol() | Symbol():
                return env[e.name] if e.name in env else self.values[e.name]
            case MatrixSymbol():
                return self.values[e.args[0].name]
            case Integer() | Rational():
                return float(e)
            case Add() | MatAdd():
                return sum(part(at) for at in range(len(args)))
            case MatMul():
                value = 1.0
                for at in range(len(args)):
                    right = part(at)
                    value = value * right if np.ndim(value) == 0 or np.ndim(right) == 0 else value @ right
                return value
            case Mul():
                return np.prod([part(at) for at in range(len(args))])
            case Transpose():
                return part(0).T
            case Trace():
                return np.trace(part(0))
            case ScalarOf():
                return part(0).item()
            case Pow():
                return part(0) ** part(1)
            case Norm():
                return np.sqrt((part(0) ** 2).sum())
            case ScalarFunction():
                return getattr(np, e.args[0].name)(self.of(e.args[2], env))
            case ZeroMatrix():
                return np.zeros([self.size(dim, env) for dim in e.args])
            case UnitVector():
                i, n = (self.index(arg, env) for arg in e.args)
                return np.eye(n)[:, [i - 1]]
            case Entry():
                i, j = (self.index(arg, env) for arg in e.args[1:])
                return self.of(e.args[0], env)[i - 1, j - 1]
            case IndexSum():
                body, index, low, high = e.args
                values = range(self.index(low, env), self.index(high, env) + 1)
                return sum(self.of(body, {**env, index.name: value}) for value in values)
        raise AssertionError(type(e))

    def index(self, dim, env):
        return self.size(dim, env) if isinstance(dim, Symbol) else int(dim)


ROW = ("x^\\top A", "a^\\top", "x^\\top", "y^\\top B^\\top", "(B y - a)^\\top", "(x + a)^\\top")
COLUMN = ("x", "A x", "a", "B y", "(x - a)", "s a", "A (x - B y)", "B b")
SQUARE = (
    "x x^\\top",
    "A",
    "x a^\\top A",
    "B y x^\\top",
    "(x - a)(x - a)^\\top",
    "s A",
    "B y b^\\top B^\\top",
    "a a^\\top",
)
NUMBER = ("s", "c", "a^\\top x", "b^\\top y", "3", "\\mathrm{tr}(a x^\\top)", "x_1", "y_2", "\\frac{1}{2}")
SCALARS = st.one_of(
    st.tuples(st.sampled_from(ROW), st.sampled_from(COLUMN)).map(" ".join),
    st.sampled_from(SQUARE).map(lambda square: rf"\mathrm{{tr}}({square})"),
    st.tuples(st.sampled_from(NUMBER), st.sampled_from(NUMBER)).map(" ".join),
    st.sampled_from([r"\sum_{i=1}^n a_i x_i", r"\sum_{i=1}^n x_i^2", r"\|x - A a\|^2", r"s^2", "s a^\\top x"]),
)
ARRAYS = st.one_of(
    st.sampled_from(SQUARE),
    st.tuples(st.sampled_from(COLUMN), st.sampled_from(ROW)).map(" ".join),
    st.tuples(st.sampled_from(NUMBER), st.sampled_from(SQUARE[1:2] + SQUARE[-1:])).map(" ".join),
)


@settings(max_examples=150, deadline=None)
@given(st.one_of(SCALARS, ARRAYS), st.one_of(SCALARS, ARRAYS), st.integers(0, 10**6))
def test_expectations_are_averages(one, other, seed):
    """The mean over a few values of (x, y, s), all correlated, is what means and covariances of them give."""
    rng = np.random.default_rng(seed)
    known = scope()
    terms = [elaborated(text, known) for text in (one, other)]
    text = f"{one} - {other}" if terms[0].is_scalar == terms[1].is_scalar else one
    try:
        found = elaborated(rf"\mathrm{{E}}[{text}]", known)
    except Unreadable as problem:
        is_constant = not set("xys") & set(text.replace("\\sum", ""))
        assert is_constant or "degree" in problem.message or "polynomial" in problem.message, problem.message
        return
    constants = {
        key: rng.normal(size=[SIZES.get(str(dim), 1) for dim in known.declarations[key].shape])
        for key in ("A", "B", "C", "a", "b")
    }
    constants["c"] = rng.normal()
    draws = [{"x": rng.normal(size=(N, 1)), "y": rng.normal(size=(M, 1)), "s": rng.normal()} for _ in range(4)]
    inner = elaborated(text, known)
    average = sum(Plain({**constants, **draw}).of(inner.expr) for draw in draws) / len(draws)
    assert np.allclose(Plain({**constants, **moments(draws)}).of(found.expr), average)


def moments(draws):
    """Means and covariances under the names that the elaborator gives them."""
    mean = {key: sum(draw[key] for draw in draws) / len(draws) for key in "xys"}
    values = {f"\\mathrm{{E}}({key})": value for key, value in mean.items()}
    for one in "sxy":
        for other in "sxy":
            outer = [np.atleast_2d(d[one] - mean[one]) @ np.atleast_2d(d[other] - mean[other]).T for d in draws]
            value = sum(outer) / len(outer)
            name = f"\\mathrm{{Var}}({one})" if one == other else f"\\mathrm{{Cov}}({one},{other})"
            values[name] = value.item() if one == other == "s" else value
    return values


# -- documents ---------------------------------------------------------------------------------------------------

DECLARED = r"""Let $X \in \mathbb{R}^n$ with $X \sim \mathcal{N}(\mu, \Sigma)$, $\mu \in \mathbb{R}^n$,
$\Sigma \in \mathbb{S}_{++}^n$, $A \in \mathbb{R}^{n \times n}$, $b \in \mathbb{R}^n$, $c \in \mathbb{R}$.
"""


def verdicts(text):
    return [each.judgement.verdict.value for each in check(text).relations]


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (r"\mathrm{E}[A X + b] = A \mu + b", "proved"),
        (r"\mathbb{E}(A X + b) = A \mu", "refuted"),
        (r"\mathrm{Var}(A X + b) = A \Sigma A^\top", "proved"),
        (r"\mathrm{Cov}(A X, X) = A \Sigma", "proved"),
        (r"\mathrm{Cov}(X, A X) = A \Sigma", "refuted"),
        (r"\mathrm{E}[X^\top A X] = \mu^\top A \mu + \mathrm{tr}(A \Sigma)", "proved"),
        (r"\mathrm{E}[X^\top A X] = \mu^\top A \mu + \mathrm{tr}(A \Sigma^{-1})", "refuted"),
        (r"\langle X X^\top \rangle = \Sigma + \mu \mu^\top", "proved"),
        (r"\langle X X^\top \rangle = \mu \mu^\top", "refuted"),
        (r"\mathrm{E}[\|X\|^2] = \|\mu\|^2 + \mathrm{tr}(\Sigma)", "proved"),
        (r"\mathrm{E}[\sum_{i=1}^n b_i X_i] = b^\top \mu", "proved"),
        (r"\mathrm{E}[\exp(b^\top X + c)] = \exp(c) \, \mathrm{E}[\exp(b^\top X)]", "proved"),
        (r"\mathrm{E}[\exp(b^\top X)] = \exp(b^\top \mu)", "undecided"),
        (r"-\mathrm{E}[\log \mathcal{N}(X \mid \mu, \Sigma)] = \frac{1}{2} \log |2 \pi e \Sigma|", "proved"),
        (r"-\mathrm{E}[\log \mathcal{N}(X \mid \mu, \Sigma)] = \frac{1}{2} \log |2 \pi \Sigma|", "refuted"),
        (r"\frac{\partial}{\partial A} \mathrm{E}[X^\top A X] = \Sigma + \mu \mu^\top", "proved"),
        (r"\mathrm{E}[X^\top X X] = \mu^\top \mu \mu", "unread"),
        (r"\mathrm{E}[b] = b", "definition"),
        (r"\mathrm{E}[X \mid c] = \mu", "definition"),
        (r"\mathrm{E}_X[A X] = A \mu", "proved"),
        (r"\mathrm{E}_{q(X)}[A X] = A \mu", "undecided"),
        (r"\mathrm{E}_{p(X)}[X] = \mathrm{E}_{q(X)}[X]", "undecided"),
        (r"\mathrm{E}_{q(X)}[A X] = A \, \mathrm{E}_{q(X)}[X]", "proved"),
    ],
)
def test_claims_about_a_normal_column(claim, verdict):
    assert verdicts(f"{DECLARED}\n$${claim}$$") == [verdict]


def test_a_density_of_its_own_gives_its_moments():
    text = DECLARED + "$$q(X) = \\mathcal{N}(X \\mid b, A A^\\top + I)$$\n$$\\langle X \\rangle_{q(X)} = b$$"
    assert verdicts(text) == ["definition", "proved"]


MODEL = r"""Let $y, \varepsilon \in \mathbb{R}^n$, $X \in \mathbb{R}^{n \times p}$, $\beta \in \mathbb{R}^p$,
$V \in \mathbb{S}_{++}^n$, $\sigma \in \mathbb{R}_{>0}$, with $X^\top X$ invertible.
$$y = X \beta + \varepsilon, \quad \varepsilon \sim \mathcal{N}(0, \sigma^2 V)$$
$$\hat\beta = (X^\top X)^{-1} X^\top y$$
"""


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (r"\mathrm{E}[y] = X \beta", "proved"),
        (r"\mathrm{E}[\hat\beta] = \beta", "proved"),
        (r"\mathrm{Var}(y) = \sigma^2 V", "proved"),
        (r"\mathrm{Cov}(\hat\beta) = \sigma^2 (X^\top X)^{-1} X^\top V X (X^\top X)^{-1}", "proved"),
        (r"\mathrm{Cov}(\hat\beta) = \sigma^2 (X^\top X)^{-1}", "refuted"),
        (r"\mathrm{E}[(y - X \beta)^\top V^{-1} (y - X \beta)] = n \sigma^2", "proved"),
        (r"\mathrm{E}[y^\top y] = \beta^\top X^\top X \beta", "refuted"),
    ],
)
def test_a_model_is_used(claim, verdict):
    assert verdicts(f"{MODEL}\n$${claim}$$") == ["assumption", "definition", verdict]


MATRIX = r"""Let $X \sim \mathcal{MN}(M, U, V)$ with $X, M \in \mathbb{R}^{n \times p}$, $U \in \mathbb{S}_{++}^n$,
$V \in \mathbb{S}_{++}^p$, $A \in \mathbb{R}^{p \times p}$, $B \in \mathbb{R}^{n \times n}$,
$C \in \mathbb{R}^{p \times n}$.
"""


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (r"X A X^\top", r"M A M^\top + \mathrm{tr}(A V) U"),
        (r"X^\top B X", r"M^\top B M + \mathrm{tr}(B U) V"),
        (r"X C X", r"M C M + U C^\top V"),
        (r"X^\top C^\top X^\top", r"M^\top C^\top M^\top + V C U"),
        (r"\mathrm{tr}(X^\top B X)", r"\mathrm{tr}(M^\top B M) + \mathrm{tr}(V) \mathrm{tr}(B U)"),
    ],
)
def test_matrix_normal(left, right):
    assert verdicts(f"{MATRIX}\n$$\\mathrm{{E}}[{left}] = {right}$$") == ["proved"]


def test_matrix_normal_by_sampling():
    """The formulas for random matrices, against the average of many."""
    rng = np.random.default_rng(0)
    n, p, count = 2, 3, 400_000
    mean, b, c = rng.normal(size=(n, p)), rng.normal(size=(p, p)), rng.normal(size=(p, n))
    left, right = rng.normal(size=(n, n)), rng.normal(size=(p, p))
    u, v = left @ left.T, right @ right.T
    x = mean + left @ rng.normal(size=(count, n, p)) @ right.T
    assert np.allclose(
        (x @ b @ x.transpose(0, 2, 1)).mean(0), mean @ b @ mean.T + np.trace(b @ v) * u, rtol=0.05, atol=0.3
    )
    assert np.allclose((x @ c @ x).mean(0), mean @ c @ mean + u @ c.T @ v, rtol=0.05, atol=0.3)


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (r"\mathrm{E}[z] = \frac{a}{b}", "proved"),
        (r"\mathrm{Var}(z) = \frac{a}{b^2}", "proved"),
        (r"\mathrm{E}[z^2] = \frac{a (a + 1)}{b^2}", "proved"),
        (r"\mathrm{E}[z] = a b", "undecided"),  # authors differ in rate and scale
    ],
)
def test_gamma(claim, verdict):
    declared = r"Let $z, a, b \in \mathbb{R}_{>0}$ and $z \sim \mathrm{Gam}(a, b)$."
    assert verdicts(f"{declared}\n$${claim}$$") == [verdict]


ATTACKS = {
    "a random factor of which only words speak": (
        DECLARED + r"Let $r \in \mathbb{R}$ be a random scalar.",
        r"\mathrm{E}[r X] = r \mu",
    ),
    "two distributions": (DECLARED + r"Now let $X \sim \mathcal{N}(0, \Sigma)$.", r"\mathrm{E}[X] = \mu"),
    "a conditional distribution": (
        r"""Let $X, \mu \in \mathbb{R}^n$, $\Sigma \in \mathbb{S}_{++}^n$, $c \in \mathbb{R}$,
        $X \mid c \sim \mathcal{N}(\mu, \Sigma)$.""",
        r"\mathrm{E}[X] = \mu",
    ),
    "a random parameter": (DECLARED + r"$\mu \sim \mathcal{N}(0, I)$.", r"\mathrm{E}[X] = \mu"),
    "members of a family that may be dependent": (
        r"Let $x_i \in \mathbb{R}$, $i = 1, \dots, n$, $s, m \in \mathbb{R}_{>0}$, $x_i \sim \mathcal{N}(m, s)$.",
        r"\mathrm{E}[(\sum_{i=1}^n x_i)^2] = n s + n^2 m^2",
    ),
    "a derivative of what nothing gives": (DECLARED, r"\frac{\partial}{\partial b} \mathrm{E}[\exp(b^\top X)] = 0"),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_nothing_is_proved_or_refuted_without_ground(name):
    before, claim = ATTACKS[name]
    found = check(f"{before}\n$${claim}$$").relations[-1].judgement
    assert found.verdict.value in ("undecided", "unread", "assumption", "definition"), (found.verdict, found.message)


def test_what_is_equated_with_a_random_symbol_is_random():
    text = DECLARED + r"Let $d \in \mathbb{R}^n$. Assume that $d = X - b$."
    assert verdicts(text + "\n$$\\mathrm{E}[d + X] = 2 \\mu - b$$\n$$\\mathrm{E}[d + X] = d + \\mu$$") == [
        "proved",
        "refuted",
    ]


def test_an_implication_speaks_of_its_own_distribution():
    text = DECLARED + (
        "$$X \\sim \\mathcal{N}(b, A A^\\top) \\quad \\Rightarrow \\quad \\mathrm{E}[X] = b$$\n"
        "$$\\mathrm{E}[X] = \\mu$$"
    )
    assert verdicts(text) == ["proved", "definition"]


def test_mean_of_a_family():
    text = r"""Let $x_i \in \mathbb{R}^d$, $i = 1, \dots, n$, $\mu \in \mathbb{R}^d$, $\Sigma \in \mathbb{S}_{++}^d$,
    $x_i \sim \mathcal{N}(\mu, \Sigma)$.
    $$\mathrm{E}[\frac{1}{n} \sum_{i=1}^n x_i] = \mu$$
    $$\mathrm{E}[\sum_{i=1}^n x_i x_i^\top] = n (\Sigma + \mu \mu^\top)$$
    """
    assert verdicts(text) == ["proved", "proved"]


@pytest.mark.parametrize(
    ("condition", "claim"),
    [
        ("X = A z", r"\mathrm{E}[z^\top X] = z^\top \mu"),
        (r"b^\top X = b^\top z", r"\mathrm{E}[z + X] = z + \mu"),
    ],
)
def test_what_an_assumption_ties_to_a_random_symbol_is_no_constant(condition, claim):
    text = f"{DECLARED}\nLet $z \\in \\mathbb{{R}}^n$. Assume $${condition}.$$\n$${claim}$$"
    assert verdicts(text) == ["assumption", "unread"]


def test_normal_equations_leave_the_design_constant():
    text = MODEL.replace(r"\hat\beta = (X^\top X)^{-1} X^\top y", r"X^\top X b = X^\top y").replace(
        "beta \\in", "beta, b \\in"
    )
    text = text.replace("$$X^\\top X b", "Assume $$X^\\top X b")
    assert verdicts(f"{text}\n$$\\mathrm{{E}}[X^\\top y] = X^\\top X \\beta$$")[-1] == "proved"
    assert verdicts(f"{text}\n$$\\mathrm{{E}}[y^\\top X b] = \\beta^\\top X^\\top X b$$")[-1] == "unread"


def test_around_a_random_mean_the_variance_is_another():
    text = DECLARED + "Let $y \\in \\mathbb{R}^n$ with $y \\sim \\mathcal{N}(X, \\Sigma)$.\n"
    assert "proved" not in verdicts(f"{text}$$\\mathrm{{Var}}(y) = \\Sigma$$")
    assert "proved" not in verdicts(
        f"{text}$$\\mathrm{{E}}[y y^\\top] = \\Sigma + \\mathrm{{E}}[y] \\mathrm{{E}}[y]^\\top$$"
    )


def test_symbols_that_model_each_other_are_not_unfolded_without_end():
    text = r"""Let $x \in \mathbb{R}^n$, $y \in \mathbb{R}^n$, $e \in \mathbb{R}^n$, $f \in \mathbb{R}^n$ and

$$y = x + e, \quad e \sim \mathcal{N}(0, I_n)$$

$$x = y + f, \quad f \sim \mathcal{N}(0, I_n) \; .$$

$$\mathrm{E}(y) = \mathrm{E}(x)$$
"""
    assert [each.judgement.verdict.value for each in check(text).relations][:2] == ["assumption", "assumption"]
