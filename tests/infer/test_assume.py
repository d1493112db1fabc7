"""What a document takes for granted, with the evidence."""

from undeclared import answers, declared, infer, verdict

NOTES = """---
title: "The matrix $Q$ where $$q = Q$$"
---

The design matrix is $X$ and $y \\sim \\mathcal{N}(X \\beta, \\sigma^2 V)$.

$$\\hat\\beta = (X^T V^{-1} X)^{-1} X^T V^{-1} y$$

$$X^T V^{-1} X \\hat\\beta = X^T V^{-1} y$$
"""


def test_a_document_that_declares_everything_takes_nothing_for_granted():
    assert infer("Let $a \\in \\mathbb{R}$. $$a + a = 2a$$").assumed == ()


def test_every_symbol_has_evidence_with_a_line():
    found = infer(NOTES)
    assert {each.key for each in found.assumed if not each.defined} == {"X", "y", "V"}
    assert all(each.evidence and each.line for each in found.assumed)
    assert any("line 5" in words for each in found.assumed for words in each.evidence)
    assert "\\mathbb{S}_{++}" in declared(NOTES)["V"]


def test_front_matter_is_no_mathematics():
    assert not {"Q", "q"} & set(declared(NOTES))


def test_the_preamble_leaves_out_what_the_document_defines():
    assert "\\hat{\\beta}" not in infer(NOTES).text() and "$X \\in" in infer(NOTES).text()


def test_squares_are_defined_where_only_squares_occur():
    text = "$$\\hat\\sigma^2 = \\frac{1}{n} (y - X b)^T (y - X b)$$\n\n$$n \\hat\\sigma^2 = (y - X b)^T (y - X b)$$"
    assert [report.judgement.verdict.value for report in answers("a.md", text).values()] == ["definition", "proved"]


def test_the_first_equation_of_a_random_symbol_is_a_model():
    model = "$$y = X \\beta + \\varepsilon, \\quad \\varepsilon \\sim \\mathcal{N}(0, \\sigma^2 I_n)$$"
    text = f"{model}\n\n$$y - \\varepsilon = X \\beta$$"
    assert [report.judgement.verdict.value for report in answers("a.md", text).values()] == ["assumption", "proved"]


def test_unknown_functions():
    text = "$$\\frac{d}{dt} f(t) g(t) = f'(t) g(t) + f(t) g'(t)$$"
    assert declared(text)["f"] == "f : \\mathbb{R} \\to \\mathbb{R}"
    assert verdict(text) == "proved"


def test_what_a_later_line_says_proves_nothing_before_it():
    text = "$$(x + y)^2 = 9 x^2$$\n\n%s\n\n$$y = 2 x$$"
    assert verdict(text % "Hence", 0) == "undecided"
    assert verdict(text % "where", 0) == "proved"


def test_circular_equations_define_once():
    text = "$$t = u + v$$\n\n$$t = u - v$$\n\n$$2 u = 2 t - 2 v$$\n\n$$u = t + v$$"
    found = [report.judgement.verdict.value for report in answers("a.md", text).values()]
    assert found[0] == "definition" and found[2] == "proved"
    assert not {found[1], found[3]} & {"proved", "holds", "definition"}


def test_symbols_of_a_preamble_are_not_inferred():
    preamble = "$\\pi_k \\in \\mathbb{R}_{>0}$ for $k = 1, \\dots, K$. $$p(k) := \\pi_k$$ $$r(z_k) := 2 \\pi_k$$"
    found = declared("$$\\sum_{k=1}^K r(z_k) = 2 \\sum_{j=1}^K p(j)$$\n\n$$\\zeta + \\zeta = 2 \\zeta$$", preamble)
    assert set(found) == {"\\zeta"}


def test_a_size_has_no_value_outside_the_case_that_the_text_speaks_of():
    said = "Let $X$ be an $n \\times p$ matrix. $$|a X^T X| = a^{%s} |X^T X|$$ For $n = 3$ and $p = 1$, this is simple."
    assert verdict(said % "p") == "proved"
    assert verdict(said % "n") == "refuted"
    assert not any(each.defined for each in infer(said % "p").assumed)


def test_what_is_supposed_of_a_symbol_that_was_used_is_an_assumption():
    text = "$$Q = a + q$$\n\nSuppose that\n\n$$q = r$$\n\nThen\n\n$$Q = a + r$$\n"
    assert "q" in {each.key for each in infer(text).assumed if not each.defined}
    found = [report.judgement for report in answers("a.md", text).values()]
    assert [each.verdict.value for each in found] == ["definition", "assumption", "proved"]
    assert verdict(text.replace("Suppose that", "We have").replace("Then", "so that")) != "refuted"
