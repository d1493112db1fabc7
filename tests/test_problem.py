"""Problems: declarations, what is given, and expressions with their shapes."""

import pytest
from sympy import Integer, Symbol

from derive.facts import Fact, Kind
from derive.printing import show
from derive.problem import Problem
from derive.tokens import Unreadable
from derive.typed import Malformed

n, m, K = Symbol("n"), Symbol("m"), Symbol("K")
DECLARED = (
    r"A \in \mathbb{R}^{m \times n}", r"S \in \mathbb{S}_{++}^n", r"x, y \in \mathbb{R}^n", r"a \in \mathbb{R}_{>0}",
    r"f : \mathbb{R} \to \mathbb{R}", r"\mu_k \in \mathbb{R}^n, k = 1, \dots, K", r"p \in \mathbb{N}",
)  # fmt: skip


def test_declarations():
    declared = Problem(DECLARED).scope.declarations
    assert (declared["A"].kind, declared["A"].shape) == (Kind.ARRAY, (m, n))
    assert declared["S"].facts == {Fact.DEFINITE} and declared["a"].facts == {Fact.POSITIVE}
    assert declared["x"].shape == declared["y"].shape == (n, 1)
    assert (declared["a"].kind, declared["a"].shape) == (Kind.SCALAR, None)
    assert {name for name, each in declared.items() if each.kind is Kind.SIZE} == {"m", "n", "K", "p"}
    assert declared["f"].kind is Kind.FUNCTION
    family = declared[r"\mu_{·}"]
    assert (family.shape, family.ranges, family.letters) == ((n, 1), (K,), ("k",))


@pytest.mark.parametrize(
    ("text", "shape", "shown"),
    [
        ("A x", (m, 1), "A x"),
        (r"x y^\top", (n, n), "x yᵀ"),
        (r"x^\top S x", None, "xᵀ S x"),
        (r"a \operatorname{tr}(S)", None, "a tr(S)"),
        (r"S^{-1} \mu_k", (n, 1), "S⁻¹ μ_k"),
        (r"f(x)", (n, 1), "f(x)"),
        (r"A \otimes x", (m * n, n), "A ⊗ x"),
        (r"A + 0", (m, n), None),
        (r"S + I", (n, n), "S + I"),
    ],
)
def test_an_expression_has_a_shape(text, shape, shown):
    typed = Problem(DECLARED).read(text)
    assert typed.shape == shape
    assert shown is None or show(typed.expr) == shown
    assert Problem(DECLARED).expr(text) == typed.expr


def test_the_size_of_an_identity_is_that_of_its_place():
    expr = Problem(DECLARED).expr("A S + A I")
    (identity,) = (atom for atom in expr.atoms() | set(expr.args[1].args) if type(atom).__name__ == "Identity")
    assert identity.shape == (n, n)


def test_a_free_index_gets_the_range_of_its_family():
    problem = Problem(DECLARED)
    assert "j" not in problem.scope.ranges
    problem.expr(r"\mu_j^\top x")
    assert problem.scope.ranges["j"] == K
    problem.expr("x_i")
    assert problem.scope.ranges["i"] == n


def test_what_is_given():
    problem = Problem(DECLARED, [r"q = x^\top S x", r"g(u) = u^2", r"x^\top y = 1"])
    assert show(problem.expr("q + 1")) == "q + 1"
    assert sorted(definition.key for definition in problem.scope.definitions.values()) == ["g", "q"]
    (condition,) = problem.scope.conditions
    assert (condition.text, show(condition.lhs), condition.rhs) == (r"x^\top y = 1", "xᵀ y", Integer(1))


def test_problems_are_independent():
    first, second = Problem(DECLARED), Problem([r"x \in \mathbb{R}"])
    first.expr(r"\mu_j")
    assert second.read("x").shape is None and "j" not in second.scope.ranges


def test_letters_of_results():
    problem = Problem(DECLARED[:4])
    assert problem.read(r"K_{m,n} \operatorname{vec}(A)").shape == (m * n, 1)
    assert problem.read(r"x^\top \mathbf{e}_i").shape is None


@pytest.mark.parametrize(
    ("declared", "given", "reason"),
    [
        (["hello"], [], "expected a declaration, found “hello”"),
        ([""], [], "expected a declaration"),
        ([r"x \in"], [], ""),
        ([r"x \in \mathbb{R}^n"], ["x = z"], "z is not declared"),
    ],
)
def test_a_problem_that_is_not_understood(declared, given, reason):
    with pytest.raises(Unreadable) as caught:
        Problem(declared, given)
    assert reason in caught.value.message


@pytest.mark.parametrize(
    ("text", "kind", "reason"),
    [
        ("z", Unreadable, "z is not declared"),
        ("", Unreadable, "found nothing"),
        ("A (", Unreadable, ""),
        ("A +", Unreadable, ""),
        ("x = y", Unreadable, "found “=”"),
        (r"\frobnicate x", Unreadable, "frobnicate"),
        ("A A", Malformed, "m × n"),
        ("A + x", Malformed, ""),
        (r"\operatorname{tr} A", Malformed, "square"),
        ("x^2", Malformed, ""),
    ],
)
def test_an_expression_that_is_not_understood(text, kind, reason):
    with pytest.raises(kind) as caught:
        Problem(DECLARED).expr(text)
    assert reason in caught.value.message
