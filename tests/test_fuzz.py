"""Any bytes, anywhere: a verdict with a reason, never an exception, never without end."""

import json
import time
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from derive import pool
from derive.checking import check_record, check_text, late_record
from derive.containers import read_document
from derive.containers.block import Document, UnreadableContainer
from derive.diagnostics import CATALOGUE
from derive.options import Options
from derive.verdict import Verdict

SECONDS = 6
VERDICTS = {verdict.value for verdict in Verdict}
MODEST = settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))

WORDS = (
    r"\frac \partial \Sigma \mu x_n X A ^ _ { } { } ( ) [ ] | \| \left( \right) \left. \right| ^{-1} ^\top ^T _k "
    r"_{nk} \sum \sum_k \sum_{k=1}^K \prod_{n} \operatorname{tr} \ln \det \exp e^ \sqrt \nabla_x d \mathrm{d} = "
    r"&= \\ & + - \cdot \times \otimes \odot / , ; ' \hat \mathbf \mathrm \text{and} \quad \Rightarrow \iff \approx "
    r"\propto < := \begin{pmatrix} \end{pmatrix} \begin{aligned} \end{aligned} \in \mathbb{R} \mathbb{R}^n 1 2 12 0 "
    r"\mathbb{S}_{++}^n \tfrac12 . \dots \to : f f(x) I \mathbf{1} \pi N D \mathcal{N} \mid \label{a} \tag{1} % "
    r"\boxed{ \mathcal \stackrel{def}{=} \underbrace{ \langle \rangle \begin \end \sigma( O(x^2) ^{(t)} _{ij} "
    r"^{1/2} ∂ Σ ∈ ℝ ᵀ"
).split()
DECLARED = (
    r"Let $X \in \mathbb{R}^{n \times n}$, $A \in \mathbb{R}^{n \times n}$, $x_n \in \mathbb{R}^D$ for "
    r"$n = 1, \dots, N$, $\Sigma \in \mathbb{S}_{++}^D$, $\mu \in \mathbb{R}^D$ and $f : \mathbb{R} \to \mathbb{R}$."
)
RECORD = {"declare": [r"X, A \in \mathbb{R}^{n \times n}", r"x \in \mathbb{R}^n", r"\Sigma \in \mathbb{S}_{++}^n"]}
soup = st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join)
equations = st.tuples(soup, soup).map(" = ".join)
texts = st.text(max_size=200) | soup | equations


def assert_reports(reports):
    """Check that every report is a verdict with what belongs to it."""
    for report in reports:
        said = report.judgement
        assert said.code is None or said.code in CATALOGUE
        if said.verdict in (Verdict.UNREAD, Verdict.MALFORMED, Verdict.UNDECIDED, Verdict.REFUTED):
            assert said.code is not None and said.message
        json.dumps(report.to_json())


def assert_answer(answer):
    assert answer["verdict"] in VERDICTS
    assert answer["code"] is None or answer["code"] in CATALOGUE
    assert answer["verdict"] not in {"unread", "malformed", "undecided", "refuted"} or answer["message"]
    json.dumps(answer)


# -- random input ------------------------------------------------------------------------------------------------


@MODEST
@given(text=texts)
def test_any_text_is_answered(text):
    assert_reports(check_text(text))


@MODEST
@given(formula=equations)
def test_any_formula_is_answered(formula):
    reports = check_text(f"{DECLARED}\n\n$$\n{formula}\n$$\n")
    assert_reports(reports)


@MODEST
@given(inline=soup, formula=equations, preamble=texts)
def test_any_preamble_and_inline_maths_are_answered(inline, formula, preamble):
    text = f"Assume ${inline}$.\n$$ {formula} $$"
    assert_reports(check_text(text, preamble=preamble, options=Options(inline=True)))


@MODEST
@given(line=st.text(max_size=200) | st.binary(max_size=80).map(lambda data: data.decode("latin-1")))
def test_any_line_is_answered(line):
    assert_answer(check_record(line, Options()))


@MODEST
@given(claim=equations | texts, declare=st.lists(texts, max_size=2), known=st.lists(equations, max_size=1), dims=texts)
def test_any_record_is_answered(claim, declare, known, dims):
    record = {"declare": [*RECORD["declare"], *declare], "given": known, "claim": claim, "dims": dims}
    assert_answer(check_record(json.dumps(record), Options()))
    assert_answer(check_record(json.dumps({**RECORD, "claim": claim}), Options()))


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


@MODEST
@given(
    record=st.dictionaries(
        st.sampled_from(["id", "declare", "given", "claim", "dims", "layout", "symmetric_derivative"]), values
    )
)
def test_any_fields_are_answered(record):
    assert_answer(check_record(json.dumps(record), Options()))
    assert_answer(check_record(json.dumps({"claim": "1 = 1", **record}), Options()))


@MODEST
@given(suffix=st.sampled_from([".md", ".tex", ".ipynb", ".txt", ""]), data=st.binary(max_size=300))
def test_any_bytes_are_a_document_or_no_text(suffix, data):
    try:
        document = read_document("notes" + suffix, data)
    except UnreadableContainer as problem:
        assert str(problem)
        return
    assert isinstance(document, Document)


@MODEST
@given(suffix=st.sampled_from([".md", ".tex"]), text=soup | st.text(alphabet="$\\[]{}()%`~>-\n ab=", max_size=80))
def test_any_markup_is_a_document(suffix, text):
    document = read_document("notes" + suffix, text.encode("utf-8"))
    assert isinstance(document, Document)
    assert_reports(check_text(text, name="notes" + suffix))


@MODEST
@given(cells=st.lists(soup, max_size=3), broken=st.integers(0, 400))
def test_any_notebook_is_a_document_or_no_notebook(cells, broken):
    notebook = {
        "nbformat": 4, "nbformat_minor": 5, "metadata": {},
        "cells": [{"cell_type": "markdown", "id": str(i), "metadata": {}, "source": f"$${cell}$$"}
                  for i, cell in enumerate(cells)],
    }  # fmt: skip
    text = json.dumps(notebook)
    assert isinstance(read_document("n.ipynb", text.encode()), Document)
    assert_reports(check_text(text, name="n.ipynb"))
    try:
        read_document("n.ipynb", text[:broken].encode())
    except UnreadableContainer as problem:
        assert str(problem)


# -- explicit cases ----------------------------------------------------------------------------------------------

HOSTILE = {
    "nested braces": "{" * 10_000 + "1" + "}" * 10_000 + " = 1",
    "nested round brackets": "(" * 10_000 + "1" + ")" * 10_000 + " = 1",
    "nested fractions": r"\frac{1}{" * 5_000 + "1" + "}" * 5_000 + " = 1",
    "nested roots": r"\sqrt{" * 3_000 + "1" + "}" * 3_000 + " = 1",
    "nested scripts": "a^{" * 3_000 + "1" + "}" * 3_000 + " = 1",
    "nested functions": r"\exp(" * 3_000 + "1" + ")" * 3_000 + " = 1",
    "functions without brackets": r"\ln " * 3_000 + "1 = 1",
    "nested sums": r"\sum_{i=1}^2 " * 3_000 + "a = 1",
    "signs": "-" * 15_000 + "1 = 1",
    "nested accents": r"\hat{" * 3_000 + "a" + "}" * 3_000 + " = 1",
    "nested accents without braces": r"\hat" * 3_000 + " a = 1",
    "nested fonts without braces": r"\mathbf" * 3_000 + " a = 1",
    "nested bars": "|" * 3_000 + "1" + "|" * 3_000 + " = 1",
    "nested boxes": r"\boxed{" * 3_000 + "a = b" + "}" * 3_000,
    "nested underbraces": r"\underbrace{" * 2_000 + "a = b" + "}_{c}" * 2_000,
    "nested environments": r"\begin{aligned}" * 2_000 + "1 = 1" + r"\end{aligned}" * 2_000,
    "nested matrices": r"\begin{pmatrix}" * 2_000 + "1" + r"\end{pmatrix}" * 2_000 + " = 1",
    "derivatives of derivatives": r"\frac{d}{d a} " * 300 + "a = 0",
    "differentials": "d" * 3_000 + "a = 0",
    "nablas": r"\nabla_x " * 1_000 + "a = 0",
    "open braces": "{" * 10_000 + " = 1",
    "open brackets": r"\left(" * 5_000 + " = 1",
    "tower of powers": "9^{9^{9^{9^9}}} = 1",
    "large power": "9^{999999999} = 1",
    "large power of a symbol": "a^{999999999} = a",
    "many digits": "1" * 100_000 + " = 1",
    "long decimal": "0." + "1" * 300 + " = 1",
    "long range": r"\sum_{i=1}^{1000000000} a = 1",
    "many terms": " + ".join(["a"] * 9_000) + " = 9000 a",
    "many factors": "a " * 9_000 + " = a",
    "many relations": " = ".join(["1"] * 600),
    "unknown macros": r"\foo \bar{\baz} \qux{a}{b} = \quux",
    "python": "__import__('os') = 1",
    "python in braces": r"\operatorname{__import__('os').system('true')} = 1",
    "sympy names": r"\mathrm{Symbol}(x) = \mathrm{exec}(1) + S + Q + O",
    "lone surrogates": "\ud800 a \udfff = a",
    "nul": "a\0 = \0a",
    "control characters": "".join(map(chr, range(32))) + " = 1",
    "private use": "\ue000 = \U0010ffff",
    "combining": "a" + "\u0301" * 5_000 + " = 1",
    "backslashes": "\\" * 9_999 + " = 1",
    "ampersands": "&" * 9_999 + " = 1",
    "subscripts": "a" + "_b" * 5_000 + " = 1",
    "primes": "a" + "'" * 15_000 + " = a",
    "relation in a script": "a_{b = c} = a^{d = e}",
    "nothing": "=",
    "only signs": "= = = \\approx =",
    "zero by zero": r"\frac{0}{0} = \frac{0}{0}",
    "zero to the power of minus one": "0^{-1} = 0^{-1}",
    "a root of minus one": r"\sqrt{-1} = \sqrt{-1}",
    "an index of zero": "x_0 = x_{-1}",
    "a size of zero": r"I_0 = \mathbf{1}_{0}",
    "empty scripts": "a^{} _{} = a_{}^{}",
    "double scripts": "a^2^3 = a_i_j",
    "factorial": "a! = a",
    "kronecker powers": " \\otimes ".join(["M"] * 40) + " = M",
    "squares of squares": "((((((((((M^2)^{64})^{64})^{64})^{64})^{64})^{64})^{64})^{64})^{64})^{64} = M",
    "exponentials of exponentials": "e^{" * 30 + "a" + "}" * 30 + " = a",
    "two exponentials": "e^{e^a} = e^{e^a}",
    "three exponentials": "e^{e^{e^a}} = e^{e^{e^a}}",
}
COSTLY = {
    "nested long ranges": r"\sum_{i=1}^{200} \sum_{j=1}^{200} \sum_{k=1}^{200} \sum_{l=1}^{200} i j k l = 1",
    "large matrix": r"\mathbf{1}_{100000}^\top \mathbf{1}_{100000} = 100000",
    "large identity": r"\operatorname{tr}(I_{100000}) = 100000",
}
LET = r"Let $a \in \mathbb{R}$, $x \in \mathbb{R}^n$ and $M \in \mathbb{R}^{n \times n}$."


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_formulas(name):
    start = time.perf_counter()
    reports = check_text(f"{LET}\n\n$$\n{HOSTILE[name]}\n$$\n")
    assert reports
    assert_reports(reports)
    record = {"declare": [r"a \in \mathbb{R}", r"x \in \mathbb{R}^n", r"M \in \mathbb{R}^{n \times n}"]}
    assert_answer(check_record(json.dumps({**record, "claim": HOSTILE[name]}), Options()))
    assert time.perf_counter() - start < 2 * SECONDS


@pytest.mark.parametrize("name", COSTLY)
def test_costly_formulas_are_ended_from_outside(name):
    record = {"id": name, "declare": [r"a \in \mathbb{R}"], "claim": COSTLY[name]}
    start = time.perf_counter()
    judge = partial(check_record, options=Options())
    (answer,) = pool.stream([json.dumps(record)], judge, late_record, timeout=3, jobs=1)
    assert_answer(answer)
    assert time.perf_counter() - start < 2 * SECONDS


@pytest.mark.parametrize("name", ["many terms", "many factors", "nested braces", "tower of powers", "unknown macros"])
def test_hostile_declarations_and_premises(name):
    for record in (
        {"declare": [HOSTILE[name]], "claim": "1 = 1"},
        {"declare": [rf"a \in \mathbb{{R}}^{{{HOSTILE[name].split('=')[0]}}}"], "claim": "1 = 1"},
        {"given": [HOSTILE[name]], "claim": "1 = 1"},
        {"dims": HOSTILE[name], "claim": "1 = 1"},
    ):
        start = time.perf_counter()
        assert_answer(check_record(json.dumps(record), Options()))
        assert time.perf_counter() - start < SECONDS


def test_a_formula_of_a_megabyte():
    for formula in ("a + " * 250_000 + "a = 1", "a" * 1_000_000 + " = a", r"\frac{a}{a} = " * 70_000 + "1"):
        start = time.perf_counter()
        reports = check_text(f"{LET}\n\n$${formula}$$")
        assert_reports(reports)
        assert time.perf_counter() - start < 2 * SECONDS
        assert_answer(check_record(json.dumps({"declare": [r"a \in \mathbb{R}"], "claim": formula}), Options()))


MACROS = {
    "recursive": r"\def\a{\a}",
    "recursive and growing": r"\def\a{\a\a}",
    "mutually recursive": r"\newcommand{\a}{\b}\newcommand{\b}{\a}",
    "exponential": r"\def\a{x}" + "".join(
        rf"\newcommand{{\{chr(97 + i + 1)}}}{{\{chr(97 + i)}\{chr(97 + i)}}}" for i in range(24)
    ).replace(r"\a\a", "xx") + r"\renewcommand{\a}{\y}",
    "argument is itself": r"\newcommand{\a}[1]{\a{#1 #1}}",
    "missing argument": r"\newcommand{\a}[3]{#1#2#3}",
    "parameter that is not there": r"\newcommand{\a}[1]{#2}",
    "unfinished": r"\newcommand{\a",
    "hundreds of parameters": r"\newcommand{\a}[999]{#1}",
}  # fmt: skip


@pytest.mark.parametrize("suffix", [".md", ".tex"])
@pytest.mark.parametrize("name", MACROS)
def test_hostile_macros(name, suffix):
    text = f"{MACROS[name]}\n\n{LET}\n\n$$ \\a + \\a 1 = \\y $$\n\n$$ 1 = \\a $$\n"
    start = time.perf_counter()
    assert_reports(check_text(text, name="notes" + suffix))
    assert time.perf_counter() - start < SECONDS


def test_code_in_a_document_is_not_run(tmp_path):
    target = tmp_path / "ran"
    code = f"__import__('pathlib').Path('{target}').touch()"
    for text in (f"$${code} = 1$$", rf"$$\operatorname{{{code}}} = 1$$", f"${{{code}}} \\in \\mathbb{{R}}$", code):
        check_text(text)
        check_record(json.dumps({"declare": [code], "given": [code], "claim": code + " = 1"}), Options())
    assert not target.exists()
