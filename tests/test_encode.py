"""From expressions to terms and back: values agree with an oracle on either side, and what is known is collected."""

from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from numeric_oracle import Numeric, Place
from sympy import Symbol
from term_oracle import TermOracle

from derive.decode import Decoder, NoNotation
from derive.encode import Encoder, NotEncodable
from derive.facts import Kind
from derive.polynomial import EULER
from derive.printing import show
from derive.problem import Problem
from derive.term import ONE, make, number, size

DECLARED = (
    r"A, B \in \mathbb{R}^{n \times n}", r"C \in \mathbb{R}^{m \times n}", r"S \in \mathbb{S}^n",
    r"P \in \mathbb{S}_{++}^n", r"x, y \in \mathbb{R}^n", r"a, b \in \mathbb{R}_{>0}", r"p \in \mathbb{N}",
    r"\pi_k \in \mathbb{R}_{>0}, k = 1, \dots, K",
    r"\mu_k \in \mathbb{R}^n, k = 1, \dots, K", r"\Sigma_k \in \mathbb{S}_{++}^n, k = 1, \dots, K",
)  # fmt: skip
GIVEN = (r"q = x^\top P x", r"g(u) = u^2 + a")
FORMULAS = r"""
x^\top A y + a | (A + B)^\top C^\top | 2 A - \frac{1}{3} B | -(-A) | A^3 | A^{-2} | (A B)^{-1} | A^p | (a A)^\top | a^b
e^a | \exp(A) | \sqrt{a + b} | \log(a b) | \tanh(x) | |a - b| | \sigma(a) | \operatorname{softmax}(A x) | \det(A)
\log \det P | \operatorname{tr}(C^\top C) | \|x\| | \|C\|_F | \|x\|_1 | A \odot B | A \otimes C | \operatorname{vec}(C)
\operatorname{diag}(x) | \operatorname{diag}(A) | A_{12} | (A x)_1 | x y^\top | \mathbf{1}^\top x | A + I | n a + m
\sum_{k=1}^K \pi_k \mu_k | \prod_{k=1}^K \pi_k | \sum_{k=1}^K \sum_{j=1}^K \mu_k^\top \Sigma_j \mu_j
\sum_{j \ne k} \pi_j \Sigma_k | \mu_k^\top \Sigma_k^{-1} \mu_k | \left(\sum_{k=1}^K \pi_k\right) \pi_k
\mathcal{N}(x \mid \mu_k, \Sigma_k) | \begin{pmatrix} A & x \\ y^\top & a \end{pmatrix}
\frac{x}{x^\top y} | (x^\top y)^2 | \pi_k^{-1} | \pi_j \delta_{jk} | \sum_{i=1}^n A_{ii} | \pi a | q^2 + q
g(a + b) | g(q)
"""
TEXTS = [text.strip() for text in FORMULAS.replace("\n", " | ").split(" | ") if text.strip()]


class Shared:
    """One point for both oracles: that of terms draws the values, that of expressions is given them."""

    def __init__(self, problem, encoder):
        self.terms = TermOracle(encoder.facts, seed=1)
        scope = problem.scope
        kinds = {Kind.SIZE: [], Kind.SCALAR: [], Kind.ARRAY: []}
        for name, declaration in scope.declarations.items():
            kinds[declaration.kind].append((name, declaration))
        sizes = {name: self.terms.size(size(name)) for name, _ in kinds[Kind.SIZE]}
        self.numeric = Numeric(scope, sizes)
        values = {}
        for name, declaration in kinds[Kind.SCALAR] + kinds[Kind.ARRAY]:
            shape = self.numeric.shape(declaration.shape)
            for member in product(*(range(1, self.numeric.size(upper, {}) + 1) for upper in declaration.ranges)):
                values[name, member] = self.terms.sampled(name, shape, member)
        self.place = Place(values)
        self.free = {name: self.numeric.size(upper, {}) for name, upper in scope.ranges.items()}

    def agree(self, expr, term):
        gaps = []
        for indices in product(*(range(1, upper + 1) for upper in self.free.values())):
            env = dict(zip(self.free, indices, strict=True))
            self.terms.indices.update(env)
            left, right = self.numeric.value(expr, self.place.at(**env)), self.terms.value(term)
            assert np.shape(left) == np.shape(right)
            gaps.append(np.max(np.abs(left - right) / (1 + np.abs(left))))
        return max(gaps) < 1e-9


def read(text):
    problem = Problem(DECLARED, GIVEN)
    expr = problem.expr(text)
    encoder = Encoder(problem.scope, tuple(problem.scope.ranges.items()))
    return problem, encoder, expr, encoder.encode(expr)


@pytest.mark.parametrize("text", TEXTS)
def test_a_term_and_its_expression_have_the_value_of_what_was_read(text):
    problem, encoder, expr, term = read(text)
    point = Shared(problem, encoder)
    assert point.agree(expr, term)
    ranges = {name: encoder.size(upper) for name, upper in problem.scope.ranges.items()}
    again = Decoder(ranges).decode(term)
    assert point.agree(again, term), show(again)


def test_the_size_of_a_kronecker_product_with_the_identity():
    _, _, _, term = read(r"A \otimes B + I")
    assert term.shape == make("kron", *(make("M", name, size("n"), size("n")) for name in "AB")).shape


def encoded(text):
    return read(text)[3]


N = size("n")
A, x, a = make("M", "A", N, N), make("M", "x", N, ONE), make("s", "a")


def test_functions_that_are_powers():
    assert encoded(r"\exp(a)") == make("^", EULER, a)
    assert encoded(r"\sqrt{a}") == make("^", a, number(Fraction(1, 2)))
    assert encoded(r"\exp(A)") == make("fun", "exp", 0, A)
    assert encoded("A^{-2}") == make("@", make("inv", A), make("inv", A))


def test_a_definition_is_filled_in():
    assert encoded("g(a)") == encoded("a^2 + a")
    assert encoded("g(q)") == encoded(r"(x^\top P x)^2 + a")


def test_bound_indices_have_names_of_their_own():
    term = encoded(r"\left(\sum_{k=1}^K \pi_k\right) \sum_{k=1}^K \pi_k + \pi_k")
    names = {name for name in term.names if name.startswith("index ")}
    assert names == {"index k"}
    first, second = (factor.args[0].args[0] for factor in term.args[0].args)
    assert len({first, second, "k"}) == 3


def test_what_is_known_of_the_symbols():
    _, encoder, _, _ = read(r"x^\top P x + a + p")
    facts = encoder.facts
    assert facts["P"] == {"positive definite"} and facts["a"] == {"positive"} and facts["p"] == {"natural"}
    assert facts["x"] == frozenset() and facts["n"] == {"natural"}


def test_the_derivative_by_a_structured_matrix_is_taken_at_a_general_one():
    problem = Problem(DECLARED)
    encoder = Encoder(problem.scope)
    body, wrt = encoder.encode(problem.expr(r"\det P")), encoder.variable(problem.expr("P"))
    term = encoder.derivative("gradient", body, wrt)
    general, value, gradient = term.args
    assert (term.op, value, gradient) == ("at", wrt, make("grad", make("det", general), general))
    assert encoder.facts[general.args[0]] == {"near P", "invertible", "positive determinant"}
    plain = encoder.derivative("gradient", encoder.encode(problem.expr(r"\det A")), A)
    assert plain == make("grad", make("det", A), A)


@pytest.mark.parametrize("wrt", ["A + B", "A^2 B", "2", r"x^\top y"])
def test_what_no_derivative_is_taken_by(wrt):
    problem = Problem(DECLARED)
    with pytest.raises(NotEncodable, match="a derivative by"):
        Encoder(problem.scope).variable(problem.expr(wrt))


def test_what_certificates_do_not_speak_of():
    with pytest.raises(NotEncodable, match="a root of a matrix"):
        encoded(r"P^{1/2}")


def test_letters_of_bound_indices():
    index, other = (make("ix", name, ONE, size("K")) for name in ("%1", "%2"))
    body = make("*", make("m", "r", index), make("m", "s", other))
    term = make("sum", index, make("true"), make("sum", other, make("true"), body))
    text = show(Decoder({"k": size("K")}).decode(term))
    assert text == "Σ_(k=1..K) Σ_(j=1..K) r_k s_j"
    assert show(Decoder({"k": size("K")}, taken=("k", "j")).decode(term)) == "Σ_(i=1..K) Σ_(l=1..K) r_i s_l"
    beside = make("ix", "k", ONE, size("K"))  # a free index keeps its letter
    free = make(
        "*", make("m", "s", beside), make("sum", index, make("true"), make("*", body.args[0], make("m", "s", beside)))
    )
    assert show(Decoder({"k": size("K")}).decode(free)) == "s_k (Σ_(j=1..K) r_j s_k)"


def test_sizes_and_what_has_no_notation():
    n, m = Symbol("n"), Symbol("m")
    assert Decoder().size((*size("m"), *size(2))) == m + 2
    assert Decoder().size(()) == 0 and Decoder().size(((("m", "n"), 3),)) == 3 * m * n
    with pytest.raises(NoNotation, match="size"):
        Decoder().decode(make("size", N))
