"""Log-densities and weighted sums separate into features and parameters with the value unchanged."""

import numpy as np
import pytest

from derive.problem import Problem
from numeric import construct as c
from numeric.emit import Emitter
from numeric.lower import free_letters, lowered
from numeric.passes import optimised, with_outputs
from numeric.passes.logarithms import in_logarithms
from numeric.passes.separation import NotSeparable, in_moments, joined, separated
from numeric.program import nodes
from numeric.source import Documentation, written

DECLARED = (
    r"x_n \in \mathbb{R}^D, n = 1, \dots, N",
    r"\mu_k \in \mathbb{R}^D, k = 1, \dots, K",
    r"\Sigma_k \in \mathbb{S}_{++}^D, k = 1, \dots, K",
    r"S \in \mathbb{S}_{++}^D",
    r"\pi_k \in \mathbb{R}_{>0}, k = 1, \dots, K",
    r"v_k \in \mathbb{R}_{>0}, k = 1, \dots, K",
    r"r_{nk} \in \mathbb{R}, n = 1, \dots, N, k = 1, \dots, K",
)
N, K, D = 5, 3, 2
RNG = np.random.default_rng(3)
HALF = RNG.normal(size=(K, D, D))
VALUES = {
    "x": RNG.normal(size=(N, D)),
    "mu": RNG.normal(size=(K, D)),
    "Sigma": HALF @ np.swapaxes(HALF, 1, 2) + np.eye(D),
    "S": HALF[0] @ HALF[0].T + np.eye(D),
    "pi": RNG.dirichlet(np.ones(K)),
    "v": RNG.uniform(1, 2, K),
    "r": RNG.dirichlet(np.ones(K), size=N),
}


def program(text):
    problem = Problem(DECLARED)
    expr = problem.expr(text)
    made = lowered(expr, problem.scope, tuple((each, problem.scope.ranges[each]) for each in free_letters(expr)))
    (axis,) = {axis for node in nodes(*made.outputs) for axis in node.axes if str(axis.size) == "N"}
    return made, axis


def computed(made):
    best = optimised(made)
    source = written(best, "f", Documentation("Value.", "The value.")).source
    space = {"np": np}
    exec(source, space)
    return np.asarray(space["f"](*[VALUES[name] for name in Emitter(best).names.values()]))


@pytest.mark.parametrize(
    ("text", "count"),
    [
        (r"\log(\pi_k \mathcal{N}(x_n \mid \mu_k, \Sigma_k))", 3),
        (r"\log(\pi_k \mathcal{N}(x_n \mid \mu_k, S))", 3),
        (r"\log(\pi_k \mathcal{N}(x_n \mid \mu_k, v_k I))", 3),
        (r"v_k \mu_k^\top x_n + \log \pi_k", 2),
        (r"(x_n - \mu_k)^\top (x_n - \mu_k) (1 + v_k)", 3),
    ],
)
def test_a_log_density_is_features_times_parameters(text, count):
    made, axis = program(text)
    node = in_logarithms(made.outputs[0])
    pairs = separated(node, axis)
    assert len(pairs) == count
    for pair in pairs:
        assert set(pair.feature.axes) <= {axis} and axis not in pair.parameter.axes
        assert pair.feature.shape == pair.parameter.shape
    assert np.allclose(computed(with_outputs(made, (joined(pairs),))), computed(made), rtol=1e-12)


@pytest.mark.parametrize(
    "text",
    [
        r"\sum_n r_{nk} (x_n - \mu_k) (x_n - \mu_k)^\top",
        r"\sum_n r_{nk} \Sigma_k^{-1} (x_n - \mu_k)",
        r"\sum_n r_{nk} (\Sigma_k^{-1} (x_n - \mu_k) (x_n - \mu_k)^\top - I) \Sigma_k^{-1}",
        r"\sum_n r_{nk} (x_n - \mu_k)^\top S (x_n - \mu_k)",
    ],
)
def test_a_weighted_sum_is_made_of_moments(text):
    made, axis = program(text)
    node = in_moments(made.outputs[0], axis)
    sums = [part for part in nodes(node) if part.op == "sum" and part.data == (axis,)]
    assert sums
    for part in sums:
        allowed = ("mul", "symbol", "transpose")
        mixed = [factor for factor in nodes(part.args[0]) if len(factor.axes) > 1 and factor.op not in allowed]
        assert not mixed, "only the weight depends on samples and components"
    assert np.allclose(computed(with_outputs(made, (node,))), computed(made), rtol=1e-10)


def test_what_does_not_separate_says_so():
    made, axis = program(r"\exp(\mu_k^\top x_n)")
    with pytest.raises(NotSeparable, match="together"):
        separated(made.outputs[0], axis)


def test_the_parameter_of_a_symmetric_feature_is_symmetric():
    made, axis = program(r"\log \mathcal{N}(x_n \mid \mu_k, \Sigma_k)")
    (pair,) = [p for p in separated(in_logarithms(made.outputs[0]), axis) if p.feature.rank == 2]
    assert c.transpose(pair.parameter) == pair.parameter
