"""The identity test: which sizes it takes, what it accepts, and how sure it is."""

import flint
import pytest
from points import statement_of

from derive.exact.domain import Balls, NoPoint
from derive.exact.features import is_definite
from derive.exact.identity import Test, _overlap

SQUARE = tuple(f"{name} \\in \\mathbb{{R}}^{{n \\times n}}" for name in "ABCD")


def identity_test(text, declarations=SQUARE, seed=0, **options):
    return Test(statement_of(text, declarations, **options).equation(), seed)


@pytest.mark.parametrize(
    ("declarations", "names"),
    [
        ((r"A \in \mathbb{R}^{m \times n}",), ["m", "n"]),
        ((r"A \in \mathbb{R}^{m \times n}", r"B \in \mathbb{R}^{p \times q}"), ["m", "n"]),
        ((r"A_k \in \mathbb{R}^{D \times D}, k = 1, \dots, K",), ["D", "K"]),
    ],
)
def test_only_sizes_that_matter_are_varied(declarations, names):
    found = identity_test("A_k = A_k" if "A_k" in declarations[0] else "A = A", declarations)
    assert found.sizes() == names


def test_some_assignment_has_distinct_sizes_and_one_is_all_ones():
    declarations = (r"A \in \mathbb{R}^{m \times n}", r"B \in \mathbb{R}^{n \times p}")
    found = identity_test("A B = A B", declarations).assignments()
    assert any(len(set(assignment.values())) == 3 for assignment in found)
    assert {"m": 1, "n": 1, "p": 1} in found
    assert all(set(assignment) == {"m", "n", "p"} for assignment in found)


def test_every_size_is_once_larger_and_once_smaller_than_another():
    found = identity_test("A = A", (r"A \in \mathbb{R}^{m \times n}",)).assignments()
    assert any(a["m"] < a["n"] for a in found) and any(a["m"] > a["n"] for a in found)


def test_restrictions_are_kept():
    from derive.declarations import restriction
    from derive.source import Excerpt
    from derive.tokens import tokenize

    for text, holds in [
        (r"m \ge n", lambda a: a["m"] >= a["n"]),
        (r"n \ge 3", lambda a: a["n"] >= 3),
        (r"n even", lambda a: a["n"] % 2 == 0),
        (r"m < n", lambda a: a["m"] < a["n"]),
    ]:
        statement = statement_of("A = A", (r"A \in \mathbb{R}^{m \times n}",))
        found = restriction(tokenize(Excerpt.of(text)), statement.scope)
        statement.scope.restrictions = (found,)
        assignments = Test(statement.equation()).assignments()
        assert len(assignments) >= 2 and all(holds(assignment) for assignment in assignments)


# -- what is true and what is not --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "(A + B)(A - B) = A^2 - A B + B A - B^2",
        r"(A B)^\top = B^\top A^\top",
        r"(A B C)^{-1} = C^{-1} B^{-1} A^{-1}",
        r"\det(A B) = \det(B) \det(A)",
        r"A (I + B A)^{-1} = (I + A B)^{-1} A",
        r"\frac{\partial \ln |A|}{\partial A} = A^{-\top}",
        r"(A \otimes B)(C \otimes D) = (A C) \otimes (B D)",
    ],
)
def test_identities_agree(text):
    outcome = identity_test(text).exact()
    assert outcome.kind == "agree"
    assert outcome.points >= 3 and outcome.failing == ()


@pytest.mark.parametrize(
    "text",
    [
        "(A + B)(A - B) = A^2 - B^2",
        r"(A B)^\top = A^\top B^\top",
        r"A^{-1} = A^\top",
        r"\det(A + B) = \det A + \det B",
        r"\operatorname{tr}(A B C) = \operatorname{tr}(A C B)",
        r"\frac{\partial \ln |A|}{\partial A} = A^{-1}",
    ],
)
def test_what_is_no_identity_differs(text):
    outcome = identity_test(text).exact()
    assert outcome.kind == "differ" and outcome.failing


def test_a_lost_transpose_that_hides_at_equal_sizes_is_seen():
    """For rows of ones the two agree for every m = n = 1 only; A Aᵀ and Aᵀ A have equal traces at all sizes."""
    declarations = (r"A \in \mathbb{R}^{m \times n}",)
    assert (
        identity_test(r"\operatorname{tr}(A A^\top) = \operatorname{tr}(A^\top A)", declarations).exact().kind
        == "agree"
    )
    assert identity_test(r"\det(A A^\top) = \det(A^\top A)", declarations).exact().kind == "differ"


def test_a_size_above_the_word_degree_is_taken():
    """[A, B]² is a multiple of the identity for 2 × 2 matrices, so the claim holds there, and fails for 3 × 3."""
    text = "(A B - B A)^2 C = C (A B - B A)^2"
    found = identity_test(text)
    outcome = found.exact()
    assert outcome.kind == "differ"
    assert {"n": 2} not in outcome.failing
    assert min(assignment["n"] for assignment in outcome.failing) == 3


def test_amitsur_and_levitzki():
    """The standard polynomial of degree four vanishes for 2 × 2 matrices and not for 3 × 3."""
    from itertools import permutations

    terms = ""
    for order in permutations(range(4)):
        inversions = sum(order[i] > order[j] for i in range(4) for j in range(i + 1, 4))
        terms += ("-" if inversions % 2 else "+") + " ".join("ABCD"[i] for i in order)
    outcome = identity_test(f"{terms} = 0").exact()
    assert outcome.kind == "differ"
    assert all(assignment["n"] > 2 for assignment in outcome.failing)


def test_true_for_n_equal_to_one_only():
    outcome = identity_test("A B = B A").exact()
    assert outcome.kind == "differ" and {"n": 1} not in outcome.failing


# -- how sure ----------------------------------------------------------------------------------------------------


def test_the_error_bound_is_small_and_positive():
    outcome = identity_test("A + B = B + A").exact()
    assert 0 < outcome.bound < 1e-12


def test_the_error_bound_grows_with_the_degree():
    small, large = identity_test("A = A"), identity_test("A^9 B^9 C^9 + A B C D = A^9 B^9 C^9 + A B C D")
    sizes = [{"n": 3}]
    assert small.error_bound(sizes) <= large.error_bound(sizes) <= large.error_bound([{"n": 9}])


def test_the_same_seed_gives_the_same_result():
    for text in ("A B = B A", "A + B = B + A", r"\ln |A B| = \ln |A| + \ln |B|"):
        assert identity_test(text, seed=5).exact() == identity_test(text, seed=5).exact()
        assert identity_test(text, seed=5).balls(2) == identity_test(text, seed=5).balls(2)


@pytest.mark.parametrize("seed", range(8))
def test_the_answer_does_not_depend_on_the_seed(seed):
    assert identity_test(r"(A B)^{-1} = B^{-1} A^{-1}", seed=seed).exact().kind == "agree"
    assert identity_test(r"(A B)^{-1} = A^{-1} B^{-1}", seed=seed).exact().kind == "differ"


def test_the_mixed_signs_of_roots_are_left_to_real_numbers():
    found = identity_test(r"\sqrt{t^2} = t", (r"t \in \mathbb{R}",))
    assert found.has_branches
    assert found.balls(12).kind == "differ"
    positive = identity_test(r"\sqrt{t^2} = t", (r"t \in \mathbb{R}_{>0}",))
    assert positive.exact().kind == positive.balls(6).kind == "agree"


def test_sides_that_are_nowhere_defined_have_no_point():
    outcome = identity_test("(A - A)^{-1} = B").exact()
    assert outcome.kind == "no-point" and "defined at none" in outcome.reason


def test_indices_out_of_range_are_told_from_falsehood():
    outcome = identity_test("x_3 = x_3", (r"x \in \mathbb{R}^n",)).exact()
    assert outcome.kind == "out-of-range" or min(sizes["n"] for sizes in outcome.assignments) >= 3


@pytest.mark.parametrize(
    "text",
    [
        r"e^{a + b} = e^a e^b",
        r"\frac{\partial}{\partial a} e^{a^2} = 2 a e^{a^2}",
        r"\sqrt{e^{2 a}} = e^a",
        r"\sigma(a) + \sigma(-a) = 1",
        r"\tanh(a) = 2 \sigma(2 a) - 1",
        r"\cosh(a)^2 - \sinh(a)^2 = 1",
    ],
)
def test_exponentials_are_exact(text):
    outcome = identity_test(text, (r"a \in \mathbb{R}", r"b \in \mathbb{R}")).exact()
    assert outcome.kind == "agree"


@pytest.mark.parametrize("text", [r"e^{e^a} e^{e^a} = e^{2 e^a}", r"\sigma(\tanh a) = 1 - \sigma(-\tanh a)"])
def test_exponentials_inside_exponentials_are_exact(text):
    outcome = identity_test(text, (r"a \in \mathbb{R}",)).exact()
    assert outcome.kind == "agree"


@pytest.mark.parametrize("exponent", [3, 300, 30_000])
def test_balls_that_are_not_sharp_show_nothing(exponent):
    """Also where the numbers are too large for floats."""
    size = flint.arb(10) ** exponent
    sharp, wide = size * flint.arb(1, 2.0**-200), size * flint.arb(1, 0.5)
    assert _overlap(sharp, sharp, Balls())
    with pytest.raises(NoPoint):
        _overlap(wide, wide, Balls())
    assert not _overlap(size, size + size, Balls())


@pytest.mark.parametrize(
    ("matrix", "definite"),
    [
        ("P", True),
        ("P^{-1}", True),
        ("(2 t P)^{-1}", True),
        (r"P \otimes P^{-1}", True),
        ("S", False),
        ("u P", False),
        ("-P", False),
        ("P P", False),
        (r"P \otimes S", False),
    ],
)
def test_what_is_definite_by_its_form(matrix, definite):
    declared = (
        r"P \in \mathbb{S}_{++}^n",
        r"S \in \mathbb{S}^n",
        r"t \in \mathbb{R}_{>0}",
        r"u \in \mathbb{R}",
    )
    found = identity_test(f"{matrix} = {matrix}", declared)
    assert is_definite(found.lhs, found.equation.scope) is definite
