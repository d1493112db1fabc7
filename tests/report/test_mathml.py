"""Formulas as MathML: what the documents contain is typeset, what is unknown stays source, nothing becomes markup."""

import json
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from derive.containers import read_document
from derive.containers.block import BlockKind, Macro
from derive.report.mathml import MAX_LENGTH, expanded, formula, mathml
from derive.report.rows import rows
from derive.rules import CATALOGUE

DOCUMENTS = Path(__file__).parent.parent / "documents"
NAMES = sorted(path.name for path in DOCUMENTS.iterdir() if path.suffix in {".md", ".tex", ".txt", ".ipynb"})

HARMLESS = {
    "mathvariant", "display", "lspace", "rspace", "stretchy", "fence", "form", "displaystyle", "scriptlevel", "width",
    "columnalign", "columnspacing", "rowspacing", "movablelimits", "accent", "accentunder", "linethickness",
    "separator", "symmetric", "minsize", "maxsize", "largeop",
}  # fmt: skip


class Reader(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.tags, self.attributes, self.text = [], [], ""

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data):
        self.text += data


def read(html):
    reader = Reader()
    reader.feed(html)
    reader.close()
    return reader


def formulas(name):
    document = read_document(name, (DOCUMENTS / name).read_bytes())
    for block in document.blocks:
        if block.kind is BlockKind.DISPLAY:
            yield from (expanded(row.latex, document.macros) for row in rows(block.excerpt))
        elif block.kind is BlockKind.INLINE:
            yield expanded(block.excerpt.text, document.macros)


@pytest.mark.parametrize("name", NAMES)
def test_every_formula_of_the_documents_is_typeset(name):
    assert [text for text in formulas(name) if mathml(text, display=True) is None] == []


def test_every_rule_of_the_catalogue_is_typeset():
    assert [rule.name for rule in CATALOGUE.values() if mathml(rule.statement) is None] == []


@pytest.mark.parametrize(
    "latex",
    [
        r"\href{javascript:alert(1)}{x}",
        r"\textcolor{\"><script>alert(1)</script>}{x}",
        r'\class{x" onload="alert(1)}{b}',
        r"\style{background:url(http://a.b)}{y}",
        r"\text{<script>alert(1)</script>} + \text{&lt;img src=x onerror=alert(1)&gt;}",
        r"<img src=x onerror=alert(1)>",
        r"</math><script>alert(1)</script>",
        r'\color{red" onclick="x}{y}',
        r'\hspace{1em" onclick="x}',
        r"\mbox{</mtext><svg onload=alert(1)>}",
        r"\label{<b>} x",
    ],
)
def test_nothing_becomes_markup(latex):
    found = read(formula(latex))
    assert set(found.tags) <= {"code"} or all(tag[0] == "m" for tag in found.tags)
    assert {name for name, _ in found.attributes} <= HARMLESS | {"class"}


@given(st.text(alphabet="\\{}^_&<>\"'$%#ab1 \n;:=|()[]", max_size=40))
def test_any_text_gives_well_formed_elements(latex):
    ElementTree.fromstring(formula(latex, display=True))


@pytest.mark.parametrize("latex", [r"\unheard x", r"\eqref{a} + \foo", "x" * (MAX_LENGTH + 1), r"\frac{", r"x^y^z"])
def test_what_is_not_understood_stays_source(latex):
    assert mathml(latex) is None
    assert read(formula(latex)).text == latex


def test_no_space_inside_scripts_and_around_bars():
    assert mathml(r"\mathbb{S}_{++}^D").count('lspace="0"') == 2
    assert mathml("|A|").count('lspace="0"') == 2


def test_a_sign_belongs_to_what_follows():
    assert mathml("= - x").count('form="prefix"') == 1
    assert mathml("a - x").count('form="prefix"') == 0
    assert mathml("(a) - x").count('form="prefix"') == 0


def test_names_of_functions_are_set_apart():
    assert mathml(r"2 \ln x").count("mspace") == 2 * 2
    assert mathml(r"\ln(x)").count("mspace") == 0
    assert mathml(r"\log \det X").count("mspace") == 2 * 2


def test_bold_letters_are_letters():
    assert "𝝁" in mathml(r"\boldsymbol{\mu}") and "𝐀" in mathml(r"\mathbf{A}") and "𝟏" in mathml(r"\mathbf{1}")


def test_macros_are_expanded():
    macros = {
        r"\R": Macro(r"\R", 0, r"\mathbb{R}"),
        r"\pd": Macro(r"\pd", 2, r"\frac{\partial #1}{\partial #2}"),
        r"\n": Macro(r"\n", 2, r"\|#2\|_{#1}", "F"),
    }
    assert expanded(r"x \in \R^n", macros) == r"x \in \mathbb{R}^n"
    assert expanded(r"\pd{f(x)}x", macros) == r"\frac{\partial f(x)}{\partial x}"
    assert expanded(r"\n{A} \n[2]{B}", macros) == r"\|A\|_{F} \|B\|_{2}"
    assert expanded(r"\Rx", macros) == r"\Rx", "another command"


def test_a_macro_without_end_comes_to_one():
    assert len(expanded(r"\a", {r"\a": Macro(r"\a", 0, r"\a\a")})) < 10_000
    assert expanded(r"\a", {r"\a": Macro(r"\a", 1, "#1#1#1")}) == ""
    assert json.dumps(expanded(r"\a{", {r"\a": Macro(r"\a", 1, "#1")}))
