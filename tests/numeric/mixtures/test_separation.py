"""Log-densities and weighted sums separate into features and parameters with the value unchanged."""

import numpy as np
import pytest
from sympy import Integer

from derive.problem import Problem
from numeric import construct as c
from numeric.emit import Emitter
from numeric.lower import free_letters, lowered
from numeric.mixtures.expansion import NotSeparable, substituted
from numeric.mixtures.moments import Moments, separated_joint
from numeric.passes import optimised, with_outputs
from numeric.passes.logarithms import in_logarithms
from numeric.program import Place, make, merged, nodes
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
D0 = Integer(0)
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
    pairs = separated(made, axis)
    assert len(pairs) == count
    for feature, parameter in pairs.items():
        assert set(feature.axes) <= {axis} and axis not in parameter.axes
        assert feature.shape == parameter.shape
    joined = c.add(*(c.dot(feature, parameter) for feature, parameter in pairs.items()))
    assert np.allclose(computed(with_outputs(made, (joined,))), computed(made), rtol=1e-12)


def separated(made, axis):
    return separated_joint(in_logarithms(made.outputs[0]), axis, ("x_{·}",), (r"\mu_{·}", r"\Sigma_{·}", "S", "v_{·}"))


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
    (components,) = {each for node in nodes(*made.outputs) for each in node.axes if str(each.size) == "K"}
    moments = Moments(axis, components, ("x_{·}",), "r_{·}")
    node = moments.taken(made.outputs[0])
    assert axis not in {each for part in nodes(node) for each in part.axes}
    weight = make("symbol", data=("r_{·}", (), Place(axis, D0), Place(components, D0)), axes=merged((axis, components)))
    sums = {key: c.total(c.mul(weight, feature), axis) for key, feature in moments.features.items()}
    again = substituted(node, lambda symbol: sums.get(symbol.data[0]))
    assert np.allclose(computed(with_outputs(made, (again,))), computed(made), rtol=1e-10)


def test_what_does_not_separate_says_so():
    made, axis = program(r"\exp(\mu_k^\top x_n)")
    with pytest.raises(NotSeparable, match="together"):
        separated(with_outputs(made, (c.mul(made.outputs[0], made.outputs[0]),)), axis)


def test_the_parameter_of_a_symmetric_feature_is_symmetric():
    made, axis = program(r"\log \mathcal{N}(x_n \mid \mu_k, \Sigma_k)")
    (parameter,) = [p for feature, p in separated(made, axis).items() if feature.rank == 2]
    assert c.transpose(parameter) == parameter
