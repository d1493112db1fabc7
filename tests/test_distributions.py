"""Distribution statements."""

import pytest

from derive.brackets import prepare
from derive.distributions import distributed
from derive.opaque import written
from derive.source import Excerpt
from derive.tokens import tokenize


def read(text):
    found = distributed(prepare(tokenize(Excerpt.of(text), {})))
    return [([written(node) for node in each.variables], each.family, len(each.parameters)) for each in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("y \\sim \\mathcal{N}(X \\beta, \\sigma^2 V)", [(["y"], "normal", 2)]),
        ("x, y \\sim \\mathrm{N}(0, I)", [(["x", "y"], "normal", 2)]),
        ("y \\mid x \\sim N(a x, b)", [(["y"], "normal", 2)]),
        ("\\tau \\sim \\mathrm{Gam}(a, b)", [(["\\tau"], "gamma", 2)]),
        ("X \\sim \\mathcal{MN}(M, U, V)", [(["X"], "matrix normal", 3)]),
        (
            "y = X \\beta + \\varepsilon, \\quad \\varepsilon \\sim \\mathcal{N}(0, V)",
            [(["\\epsilon"], "normal", 2)],
        ),
        ("x \\sim \\mathcal{N}(0, A), y \\sim \\mathcal{N}(0, B)", [(["x"], "normal", 2), (["y"], "normal", 2)]),
        ("z \\sim \\mathcal{H}(a)", [(["z"], "", 1)]),
        ("a \\sim b", []),
        ("a = b", []),
    ],
)
def test_statements(text, expected):
    assert read(text) == expected
