"""Generated code where the formula, computed word for word in doubles, over- or underflows or cancels.

Each trap is compared with derivatives of the same function in 1500 digits; the literal translation fails at it.
"""

import numpy as np
import pytest
from trap import difference
from traps_exponentials import EXPM1, EXPONENTS, SIGMOIDS
from traps_matrices import DETERMINANTS, MATRICES
from traps_ranges import CANCELLATIONS, NORMS, PRODUCTS

from derive import records
from numeric.codegen import generate

TRAPS = [*EXPONENTS, *SIGMOIDS, *EXPM1, *DETERMINANTS, *MATRICES, *NORMS, *PRODUCTS, *CANCELLATIONS]
TAME = frozenset(
    """
    lse-of-squares two-exponentials two-exponentials-hessian log-difference log-of-exponential softplus softplus-right
    sigmoid-left sigmoid-form-50 log-sigmoid log-one-minus-sigmoid log-one-minus-sigmoid-left logit bernoulli
    logistic-regression logistic-regression-hessian margin tanh-far tanh-spelled tanh-spelled-far tanh-spelled-30
    log-one-minus-tanh-squared one-minus-tanh log-exp-minus-one log-exp-minus-one-hessian bose-far logdet-small
    logdet-scalar logdet-of-square root-of-determinant gaussian-wide wide-ridge mahalanobis mahalanobis-by-S
    log-mahalanobis gaussian-conditioned gram student log-ratio log-factorial-like one-minus-square one-over-one-minus
    entropy binary-entropy kullback-leibler
    """.split()
)
"""Where the derived formula is as good as it stands: kept, since a pass may spoil it."""


def computed(found, trap, stable=True):
    made = generate(found, stable=stable)
    with np.errstate(all="ignore"):
        return np.asarray(made.compile()(*[trap.values[each.latex] for each in made.arguments]), float)


def literal_fails(found, trap):
    try:
        return difference(computed(found, trap, stable=False), trap) > max(trap.rtol, 1e-9)
    except (OverflowError, ZeroDivisionError, np.linalg.LinAlgError):
        return True


def assert_right(trap):
    found = records.derivation(trap.record)
    assert difference(computed(found, trap), trap) <= trap.rtol, generate(found).source
    assert literal_fails(found, trap) != (trap.id in TAME)


@pytest.mark.parametrize("trap", TRAPS[::4], ids=lambda trap: trap.id)
def test_generated_code_is_right_where_the_formula_fails(trap):
    assert_right(trap)


@pytest.mark.slow
@pytest.mark.parametrize("trap", TRAPS, ids=lambda trap: trap.id)
def test_generated_code_is_right_at_all_traps(trap):
    assert_right(trap)


def test_traps_are_many_and_distinct():
    assert len({trap.id for trap in TRAPS}) == len(TRAPS) > 150 > 3 * len(TAME)
