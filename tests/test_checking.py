"""Documents: roles, assumptions, places, readings, preambles."""

import pytest

from derive.checking import check_text
from derive.options import Options

LET = r"Let $A, B \in \mathbb{R}^{n \times n}$, $x, y \in \mathbb{R}^n$ and $a, b \in \mathbb{R}$."
FAMILY = (
    r"Let $x_n \in \mathbb{R}^D$ for $n = 1, \dots, N$, $\mu_k \in \mathbb{R}^D$ and $\pi_k \in \mathbb{R}_{>0}$ "
    r"for $k = 1, \dots, K$."
)


def reports(text, let=LET, **options):
    return check_text(f"{let}\n\n{text}", options=Options(**options))


def verdicts(text, let=LET, **options):
    return [report.judgement.verdict.value for report in reports(text, let, **options)]


def codes(text, let=LET, **options):
    return [report.judgement.code for report in reports(text, let, **options)]


@pytest.mark.parametrize("sign", [":=", r"\equiv", r"\triangleq", r"\doteq", r"\stackrel{\text{def}}{=}"])
def test_definitions_by_their_sign(sign):
    assert verdicts(f"$$ C {sign} A + B $$ $$ C = B + A $$") == ["definition", "proved"]


def test_definitions_by_a_new_symbol():
    assert verdicts("$$ C = A B $$\n\nso\n\n$$ C = A B $$") == ["definition", "proved"]
    assert verdicts(r"$$ g(a) = a^2 $$ $$ g(b) = b^2 $$ $$ \frac{d}{d a} g(a) = 2 a $$") == [
        "definition",
        "proved",
        "proved",
    ]
    assert verdicts("$$ C = A B $$ $$ C = B A $$")[1] in {"conditional", "refuted"}


def test_a_defined_family():
    text = r"$$ m_k := \pi_k \mu_k $$ $$ \sum_k m_k = \sum_k \pi_k \mu_k $$ $$ m_j = \pi_j \mu_j $$"
    assert verdicts(text, FAMILY) == ["definition", "proved", "proved"]


def test_stationarity_conditions_are_assumptions():
    text = r"$$ \frac{\partial}{\partial x} (x^\top A x - y^\top x) = 0 $$"
    assert verdicts(text) == ["assumption"]
    assert verdicts(r"$$ (A + A^\top) x - y = 0 $$ $$ (A + A^\top) x = y $$") == ["assumption", "proved"]


def test_a_chain_that_ends_in_zero():
    assert verdicts(r"$$ A x - y = - y + A x = 0 $$") == ["proved", "assumption"]
    assert verdicts("$$ A - A = 0 $$") == ["proved"]


@pytest.mark.parametrize("word", ["Assume", "Suppose that", "Let", "Subject to", "We have the constraint"])
def test_premises_by_the_sentence_before(word):
    (first, second) = reports(f"{word} $$ A^2 = A $$ Then $$ A^3 = A $$")
    assert first.judgement.verdict.value == "assumption"
    assert second.judgement.verdict.value == "proved"
    assert list(second.judgement.given) == ["A^2 = A"]


def test_inline_assumptions_count():
    (only,) = reports("Assume $A B = B A$. $$ A B A = B A A $$")
    assert only.judgement.verdict.value == "proved" and list(only.judgement.given) == ["A B = B A"]


@pytest.mark.parametrize(
    "text",
    [
        "Assume $$ 1 = 0 $$",
        r"Assume $$ x^\top x = -1 $$",
        r"Assume $$ \sum_{k=1}^K \pi_k = 1 $$ Assume $$ \sum_{k=1}^K \pi_k = 2 $$",
        "Assume $$ a - a = 1 $$",
        r"Assume $$ \|x_n\| = -2 $$",
    ],
)
def test_impossible_assumptions_are_refuted(text):
    let = LET if "x_n" not in text and "pi" not in text else FAMILY
    assert codes(text, let)[-1] == "A402"


@pytest.mark.parametrize(
    "text", [r"Assume $$ x^\top x = 1 $$", "Assume $$ A = B $$", r"Assume $$ \det A = 2 $$", "Assume $$ a = -1 $$"]
)
def test_possible_assumptions_are_not(text):
    assert verdicts(text) == ["assumption"]


def test_nothing_follows_from_an_impossible_assumption():
    text = "Assume $$ 1 = 0 $$ Then $$ A = B $$"
    assert verdicts(text)[1] not in {"proved"}


def test_a_claim_after_an_assumption_does_not_forget_it():
    text = r"Assume $$ x^\top A x = e^{a} $$ so that $$ x^\top A x = b $$"
    first, second = reports(text)
    assert first.judgement.verdict.value == "assumption"
    said = second.judgement
    assert said.verdict.value in {"undecided", "assumption", "refuted"}
    assert said.verdict.value != "undecided" or said.code == "J501"
    assert said.verdict.value != "refuted" or list(said.given) == ["x^\\top A x = e^{a}"]


def test_an_error_is_reported_once():
    assert verdicts(r"$$ \begin{aligned} A + A &= 2 A \\ &= 3 A \\ &= A + 2 A \end{aligned} $$") == [
        "proved",
        "refuted",
        "proved",
    ]


# -- places ------------------------------------------------------------------------------------------------------


def test_lines_columns_and_ordinals():
    text = "\n".join(
        [r"Let $a \in \mathbb{R}$.", "$$", "a + a = 2a = a 2", r"\\ = 3a", "$$", "$$ a = a $$ $$ a = a $$"]
    )
    found = [(r.line, r.column, r.relation) for r in check_text(text)]
    assert found == [(3, 7, 1), (3, 12, 2), (4, 4, 1), (6, 6, 1), (6, 18, 2)]


def test_signs_that_are_not_counted_do_not_move_the_ordinal():
    text = r"Let $a \in \mathbb{R}$." + "\n" + r"$$ \sum_{i=1}^2 a = 2 a \text{ (i = j)} \Rightarrow a = a $$"
    assert [r.relation for r in check_text(text)] == [1, 2]


def test_cells_of_a_notebook():
    import json

    def cell(source):
        return {"cell_type": "markdown", "metadata": {}, "source": source}

    notebook = {
        "nbformat": 4,
        "nbformat_minor": 4,
        "metadata": {},
        "cells": [cell(r"$a \in \mathbb{R}$"), cell("x\n\n$$a = 2a$$")],
    }
    (found,) = check_text(json.dumps(notebook), name="n.ipynb")
    assert (found.cell, found.line, found.column, found.judgement.verdict.value) == (1, 3, 5, "refuted")


def test_the_sides_are_as_written():
    (found,) = reports(r"$$ A^\top\, x + y = 3 y $$")
    assert (found.lhs, found.rhs) == (r"A^\top\, x + y", "3 y")


# -- what is judged ----------------------------------------------------------------------------------------------


def test_inline_relations_are_judged_when_asked_for():
    assert verdicts("so $a + a = 3 a$ holds.") == []
    assert verdicts("so $a + a = 3 a$ holds.", inline=True) == ["refuted"]


def test_inequalities_and_approximations_are_read():
    assert codes(r"$$ a \approx b $$ $$ a \le b $$") == ["U604"] * 2
    assert codes(r"$$ a \propto b $$") == ["U608"]


def test_no_relation_is_dropped():
    text = r"$$ \begin{aligned} a &= \foo \\ b &= (b \\ a &= a \end{aligned} $$ $$ a = \text{(b = a)} $$ $$ = $$"
    assert len(reports(text)) == 5
    assert {report.judgement.verdict.value for report in reports(text)} == {"unread"}


def test_a_formula_that_is_too_long_is_not_dropped():
    text = "$$ " + "a + " * 15_000 + "a = b $$"
    assert codes(text) == ["N104"]


def test_macros_of_the_document_are_expanded():
    text = "\\newcommand{\\tr}[1]{\\operatorname{tr}(#1)}\n\n$$ \\tr{A B} = \\tr{B A} $$"
    assert verdicts(text) == ["proved"]


def test_a_preamble_declares_and_is_not_judged():
    (found,) = check_text("$$ p + p = 2 p $$", preamble=r"$p \in \mathbb{R}$ $$ 1 = 2 $$")
    assert found.judgement.verdict.value == "proved"


def test_the_layout_is_inferred():
    assert (
        verdicts(r"$$ \frac{\partial A x}{\partial x} = A $$ $$ \frac{\partial A x}{\partial x} = A^\top $$")
        == ["proved"] * 2
    )
    assert verdicts(r"$$ \frac{\partial A x}{\partial x} = A^\top $$", layout="numerator")[0] != "proved"


def test_the_symmetric_derivative_is_an_option():
    let = r"Let $S \in \mathbb{S}_{++}^n$."
    text = r"$$ \frac{\partial \ln |S|}{\partial S} = 2 S^{-1} - S^{-1} \odot I $$"
    assert verdicts(text, let) == ["refuted"] and verdicts(text, let, symmetric_derivative=True) == ["proved"]


# -- readings ----------------------------------------------------------------------------------------------------


def test_a_sum_over_the_wrong_index_is_read_over_the_right_one():
    (found,) = reports(r"$$ \sum_{n=1}^N 2 \mu_k = 2 \sum_{k=1}^K \mu_k $$", FAMILY)
    assert found.judgement.verdict.value == "malformed" and found.judgement.code == "S210"


def test_a_symbol_without_its_index_is_read_as_a_member():
    (found,) = reports(
        r"$$ \frac{\partial}{\partial \mu} \sum_{k=1}^K \mu_k^\top \mu_k = 2 \mu_k $$",
        FAMILY + r" Let $\mu \in \mathbb{R}^D$.",
    )
    said = found.judgement
    assert said.verdict.value == "malformed" and said.code == "S212"
    assert "read as" in said.message and said.repair_verdict.value == "proved"


def test_a_sum_without_an_index_is_reported_as_read():
    (found,) = reports(r"$$ \sum \pi_k = \sum_{k=1}^K \pi_k $$", FAMILY)
    assert found.judgement.verdict.value == "proved"
    assert any("sum over k" in note for note in found.judgement.notes)


def test_the_seed_gives_the_same_reports():
    text = r"$$ A B = B A $$ $$ A + B = B + A $$"
    first, second = ([r.to_json() for r in reports(text, seed=4)] for _ in range(2))
    assert first == second


def test_a_line_that_goes_on_is_not_joined_to_a_where_list():
    text = r"Let $a, c, d \in \mathbb{R}$." "\n\n$$a + a = 2 a$$\n\n" r"$$= 3 a \quad \text{where} \quad c = d$$"
    (_, wrong, _) = reports(text, let="", repair=False)
    assert (wrong.judgement.verdict.value, wrong.read_as) == ("refuted", "2 a = 3 a")


def test_where_lists_are_read_before_the_formula_they_explain():
    text = r"Let $A \in \mathbb{R}^{n \times n}$." "\n\n" r"$$B^\top = B \quad \text{where} \quad B = A + A^\top$$"
    assert verdicts(text, let="", repair=False) == ["proved", "definition"]


@pytest.mark.parametrize("redefined", [r"Let $R \in \mathbb{R}^{n \times n}$.", "Define $R := a I_2$."])
def test_the_square_of_a_symbol_is_forgotten_where_the_symbol_is_stated(redefined):
    text = r"Let $a \in \mathbb{R}$." f"\n\n$$R^2 = 1 - a$$\n\n{redefined}\n\n$$R^2 = R R$$\n\n$$R R = 1 - a$$"
    first, second, third = verdicts(text, let="", repair=False)
    assert (first, second) == ("definition", "proved") and third in ("refuted", "malformed")


def test_an_array_of_cases_is_no_alignment():
    text = (
        r"Let $a, b, x \in \mathbb{R}$."
        "\n\n"
        r"$$g(x) = \begin{array}{ll} a & x = 0 \\ b & x = 1 \end{array}$$"
        "\n\n$$g(2) = a$$"
    )
    assert set(verdicts(text, let="", repair=False)) == {"unread"}


def test_an_array_that_aligns_holds_relations():
    text = r"Let $a \in \mathbb{R}$." "\n\n" r"$$\begin{array}{rl} a + a & = 2 a \\ & = 3 a \end{array}$$"
    assert verdicts(text, let="", repair=False) == ["proved", "refuted"]


@pytest.mark.parametrize("garbled", [r"G = \int_0^1 A(t) dt", r"G = \left( B", r"G \approx H \, \unheard"])
def test_what_a_line_that_is_not_understood_may_define_is_not_refuted(garbled):
    assert verdicts(f"$${garbled}$$\n\n$$G + G = G$$", let="", repair=False)[-1] in ("undecided", "unread")


def test_a_function_keeps_its_meaning_at_other_arguments():
    text = (
        r"Let $x, y, a, b \in \mathbb{R}$."
        "\n\n$$p(x) := x^2 + 1$$\n\n$$p(2) = 5$$\n\n$$p(y) = y^2 + 2$$\n\n$$q(a, b) := a + b$$\n\n$$q(2, 3) = 6$$"
    )
    assert verdicts(text, let="", repair=False) == ["definition", "proved", "refuted", "definition", "refuted"]


def test_densities_are_told_apart_by_their_arguments():
    text = r"Let $x, y, a \in \mathbb{R}$." "\n\n$$p(x) = a x$$\n\n$$p(y) = a y^2$$\n\n$$p(x) p(y) = a^2 x y^2$$"
    assert verdicts(text + "\n\n$$p(x) p(y) = a^2 x y$$", let="", repair=False) == [
        "definition",
        "definition",
        "proved",
        "refuted",
    ]


def test_a_relation_on_the_square_of_a_defined_symbol_is_judged():
    assert verdicts("$$B = A + A^\\top$$\n\n$$B^2 = B$$", let="", repair=False) == ["definition", "refuted"]


def test_the_shape_of_a_parameter_that_nothing_declares_is_not_held_against_a_line():
    text = r"$$f(u) = u^\top x$$ $$f(y) = f(A y)$$ $$h(u) = u^2$$ $$h(x) = x \odot x$$"
    assert verdicts(text)[1] in ("unread", "undecided")
    assert verdicts(text)[3] == "holds"


def test_a_wrong_step_with_a_repair_has_a_message():
    (report,) = check_text(r"Let $a, b \in \mathbb{R}$. $$(a + b)^2 = a^2 - 2ab + b^2$$")
    assert report.judgement.code == "E303" and report.judgement.repair is not None
    assert report.judgement.message == "a sign is wrong"
