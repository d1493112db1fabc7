"""Lists and matrices that are written with dots."""

import pytest
from undeclared import answers

from derive import check
from derive.brackets import prepare
from derive.dotted import undotted
from derive.opaque import written
from derive.parse import Parser
from derive.source import Excerpt
from derive.syntax import Listed
from derive.tokens import tokenize


def read(text):
    prepared = prepare(tokenize(Excerpt.of(text), {}))
    return undotted(Parser(prepared, set()).expression(0, len(prepared.tokens)))


@pytest.mark.parametrize(
    ("text", "kind", "template", "upper"),
    [
        (r"(x_1, \dots, x_n)", "row", "x_{i_{n}}", "n"),
        (r"[x_1, x_2, \ldots, x_n]", "row", "x_{i_{n}}", "n"),
        (r"(a_1 x_1, \dots, a_n x_n)", "row", None, None),
        (r"(x_{11}, \dots, x_{1n})", "row", "x_{1i_{n}}", "n"),
        (r"(x_1, x_2, \dots, x_{n-1})", "row", None, None),
        (r"(1, \dots, 1)", "row", "1", None),
        (r"\begin{pmatrix} x_1 \\ \vdots \\ x_n \end{pmatrix}", "column", "x_{i_{n}}", "n"),
        (r"\begin{pmatrix} x_1 & \cdots & x_n \end{pmatrix}", "row", "x_{i_{n}}", "n"),
        (r"\begin{pmatrix} s_1 & & \\ & \ddots & \\ & & s_n \end{pmatrix}", "diagonal", "s_{i_{n}}", "n"),
        (
            r"\begin{pmatrix} s_1 & \cdots & 0 \\ \vdots & \ddots & \vdots \\ 0 & \cdots & s_n \end{pmatrix}",
            "diagonal",
            "s_{i_{n}}",
            "n",
        ),
    ],
)
def test_patterns(text, kind, template, upper):
    found = read(text)
    assert isinstance(found, Listed) and found.kind == kind
    if template is not None:
        assert written(found.template) == template
        assert (found.upper and written(found.upper)) == upper


@pytest.mark.parametrize(
    "text",
    [
        r"(x_1, \dots, y_n)",
        r"(x_1, x_3, \dots, x_n)",
        r"(x_0, \dots, x_n)",
        r"(1, 2, 4, \dots, 2^n)",
        r"(1, \dots, n^2)",
        r"(x_1, \dots, x_n, x_m)",
        r"(x_1, \dots, y, \dots, x_n)",
        r"(x_1, \dots, x_9)",
        r"f(x_1, \dots, x_n)",
        r"\{x_1, \dots, x_n\}",
        r"\begin{pmatrix} b_1^2 & \cdots & b_1 a_n \\ \vdots & \vdots & \vdots \\ a_n b_1 & \cdots & b_n \end{pmatrix}",
        r"\begin{pmatrix} s_1 & \cdots & 1 \\ \vdots & \ddots & \vdots \\ 0 & \cdots & s_n \end{pmatrix}",
    ],
)
def test_what_has_no_clear_pattern_stays(text):
    def listed(node):
        if isinstance(node, Listed):
            return True
        parts = [getattr(node, name) for name in getattr(node, "__dataclass_fields__", ())]
        return any(map(listed, [*parts, *(node if isinstance(node, tuple) else ())]))

    assert not listed(read(text))


DECLARED = r"""Let $x, b \in \mathbb{R}^n$, $A \in \mathbb{R}^{n \times m}$, $a_j \in \mathbb{R}^n$ for
$j = 1, \dots, m$, $c \in \mathbb{R}^m$.
"""
MATRIX = (
    r"\begin{bmatrix} A_{11} & \cdots & A_{1m} \\ \vdots & \ddots & \vdots \\ A_{n1} & \cdots & A_{nm} \end{bmatrix}"
)
TRUE = ("proved", "holds")


@pytest.mark.parametrize(
    ("claim", "verdicts"),
    [
        (r"x = (x_1, \ldots, x_n)^\top", TRUE),
        (r"x = \begin{bmatrix} x_1 \\ \vdots \\ x_n \end{bmatrix}", TRUE),
        (r"x = (b_1, \ldots, b_n)^\top", ("refuted",)),
        (rf"A = {MATRIX}", TRUE),
        (rf"A^\top = {MATRIX}", ("malformed",)),
        (r"\mathrm{diag}(x) = \begin{bmatrix} x_1 & & \\ & \ddots & \\ & & x_n \end{bmatrix}", TRUE),
        (
            r"I_n = \begin{bmatrix} 1 & \cdots & 0 \\ \vdots & \ddots & \vdots \\ 0 & \cdots & 1 \end{bmatrix}",
            (*TRUE, "definition"),
        ),
        (r"[a_1, \ldots, a_m] c = \sum_{j=1}^m c_j a_j", TRUE),
        (r"[a_1, \ldots, a_m] c = \sum_{j=1}^m a_j", ("refuted",)),
        (r"\begin{bmatrix} a_1^\top \\ \vdots \\ a_m^\top \end{bmatrix} = [a_1, \ldots, a_m]^\top", TRUE),
        (r"(1, \ldots, 1) x = \sum_{i=1}^n x_i", TRUE),
        (r"\frac{\partial}{\partial x} \sum_{i=1}^n x_i^2 = (2 x_1, \ldots, 2 x_n)^\top", TRUE),
        (r"\frac{\partial}{\partial x} \sum_{i=1}^n x_i^2 = (x_1, \ldots, x_n)^\top", ("refuted",)),
        (r"x = (x_1, x_3, \ldots, x_n)^\top", ("unread",)),
    ],
)
def test_claims(claim, verdicts):
    assert check(f"{DECLARED}\n$${claim}$$").relations[0].judgement.verdict.value in verdicts


def test_without_declarations():
    text = "$$x = \\begin{pmatrix} x_1 \\\\ \\vdots \\\\ x_n \\end{pmatrix}$$\n$$x^\\top x = \\sum_{i=1}^n x_i^2$$"
    assert check(text).relations[1].judgement.verdict.value in TRUE


VECTOR = "Let $x \\in \\mathbb{R}^n$ and $c, r \\in \\mathbb{R}$. "
CORNERS = (
    "\\begin{{bmatrix}} {} & \\cdots & {} \\\\ \\vdots & \\ddots & \\vdots \\\\ {} & \\cdots & {} \\end{{bmatrix}}"
)


def dotted_verdict(left, corners):
    text = f"{VECTOR} $$ {left} = {CORNERS.format(*corners)} $$"
    (report,) = answers("a.md", text, infer=False).values()
    return report.judgement.verdict.value


@pytest.mark.parametrize(
    ("left", "corners"),
    [
        ("x x^T + c I", ("x_1^2 + c", "x_1 x_n", "x_n x_1", "x_n^2 + c")),
        ("x x^T + c I", ("c + x_1^2", "x_1 x_n", "x_1 x_n", "c + x_n^2")),
        ("x \\mathbf{1}^T + \\mathbf{1} x^T", ("2 x_1", "x_1 + x_n", "x_1 + x_n", "2 x_n")),
        (
            "c x x^T - x x^T / n",
            ("(c - 1/n) x_1^2", "c x_1 x_n - x_1 x_n / n", "c x_n x_1 - x_n x_1 / n", "(c - 1/n) x_n^2"),
        ),
    ],
)
def test_a_diagonal_may_be_written_in_its_own_way(left, corners):
    assert dotted_verdict(left, corners) in ("proved", "holds")


@pytest.mark.parametrize(
    ("left", "corners"),
    [
        ("x x^T + c I", ("x_1^2 - c", "x_1 x_n", "x_n x_1", "x_n^2 - c")),
        ("x x^T + c I", ("x_1^2 + c", "2 x_1 x_n", "2 x_n x_1", "x_n^2 + c")),
        ("x x^T", ("x_1^2 + c", "x_1 x_n", "x_n x_1", "x_n^2 + c")),
    ],
)
def test_a_wrong_diagonal_or_what_stands_beside_it_is_refuted(left, corners):
    assert dotted_verdict(left, corners) == "refuted"


@pytest.mark.parametrize(
    "corners",
    [
        ("c", "r^{n-1}", "r^{n-1}", "c"),
        ("c x_1^2", "r^{n-1} x_1 x_n", "r^{n-1} x_1 x_n", "c x_n^2"),
        ("0 x_1", "(n - 1) x_1 x_n", "(n - 1) x_1 x_n", "0 x_n"),
        ("x_1^2 + c", "x_1 x_n", "x_1 c", "x_n^2 + c"),
        ("x_1^2 + c", "x_1", "x_n", "x_n^2 + c"),
    ],
)
def test_what_may_depend_on_the_distance_from_the_diagonal_is_not_read(corners):
    assert dotted_verdict("x x^T", corners) == "unread"
