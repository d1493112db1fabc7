"""Relations that inference leaves alone, and symbols that may be fixed by more than is understood."""

from undeclared import answers, verdict

from derive import checking
from derive.containers import read_text
from derive.infer.loose import spoken


def relations(text):
    return checking.read_relations(read_text("a.md", text), None, checking.Options()).relations


def test_symbols_of_which_a_relation_speaks():
    (item,) = relations("$$\\frac{a}{b} + N_k = x_i + \\mu_0 + p(y \\mid x)$$")
    keys = ["a", "f", "r", "N", "N_{·}", "x_{·}", "\\mu_{0}", "\\mu", "k", "p(y\\mid x)"]
    assert {"a", "N_{·}", "x_{·}", "\\mu_{0}"} <= set(spoken(item, keys))
    assert not {"f", "r"} & set(spoken(item, keys))


def test_a_declared_relation_guesses_nothing():
    first, second = relations("Let $a \\in \\mathbb{R}$. $$a + a = 2a$$\n\n$$b + b = 2b$$")
    assert first.guessed == frozenset() and second.guessed == {"b"}


def test_what_stands_on_one_side_only_is_not_refuted():
    assert verdict("$$2 T = a + b$$\n\n$$4 T = 3 a$$", 1) == "undecided"
    assert verdict("$$(a + b)^2 = a^2 + b^2$$") == "refuted"


def test_what_rests_on_an_equation_that_cannot_be_read_is_not_refuted():
    text = "$$G := \\left( \\oiint_S X \\right)$$\n\n$$\\operatorname{tr} G = 7$$"
    assert verdict(text) == "undecided"


def test_reports_name_what_is_assumed():
    *_, report = answers("a.md", "Let $a \\in \\mathbb{R}$. $$a + a = 2a$$\n\n$$b^T b = b^T b + 0$$").values()
    assert [each.key for each in report.assumed] == ["b"]


def test_a_model_says_nothing_of_its_parameters():
    text = r"""Let $Y = X B + E$ be a model with $E \sim \mathcal{MN}(0, V, S)$ and $X = Y W + N$ with

$$B W = I_p$$

where $X$ is an $n \times p$ matrix and $Y$ is an $n \times v$ matrix."""
    assert verdict(text) not in ("refuted", "malformed", "conditional")
