"""The TeX reader: environments, comments, verbatim text, the document's body, and odd input."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from pylatexenc.latexwalker import LatexEnvironmentNode, LatexMathNode, LatexNode, LatexWalker

from derive.containers import read_text
from derive.containers.block import BlockKind
from derive.containers.delimiters import is_display

DOCUMENTS = Path(__file__).parents[1] / "documents"
LINEAR = 5
"""Seconds of this process that are several times what reading takes, and far below what a quadratic reader would."""


def pieces(text: str, kind: BlockKind) -> list[str]:
    return [block.excerpt.text for block in read_text("notes.tex", text).blocks if block.kind is kind]


@pytest.mark.parametrize(
    "name",
    "equation align gather multline split aligned eqnarray displaymath alignat flalign equation* align*".split(),
)
def test_display_environments_keep_their_begin_and_end(name: str) -> None:
    formula = f"\\begin{{{name}}}\n a &= b\n\\end{{{name}}}"
    assert pieces(f"so\n{formula}\nholds", BlockKind.DISPLAY) == [formula]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"\[ a = b \]", ["a = b"]),
        ("$$ a = b $$", ["a = b"]),
        ("$$ a \\\\[2pt] b $$", ["a \\\\[2pt] b"]),
        (
            "\\begin{gather}\\begin{split}a\\end{split}\\end{gather}",
            ["\\begin{gather}\\begin{split}a\\end{split}\\end{gather}"],
        ),
        ("\\begin{subequations}\\begin{align}a\\end{align}\\end{subequations}", ["\\begin{align}a\\end{align}"]),
        ("\\begin {align} a \\end {align}", ["\\begin {align} a \\end {align}"]),
        ("\\[ a % = c\n = b \\]", ["a \n = b"]),
        ("\\[ a \\% = b \\]", ["a \\% = b"]),
        ("% \\[ a \\]\n\\[ b \\]", ["b"]),
        ("\\begin{verbatim}\n$$a$$\n\\end{verbatim}\n$$b$$", ["b"]),
        ("\\begin{lstlisting}[language=C]\n$$a$$\n\\end{lstlisting}", []),
        ("\\iffalse $$a$$ \\fi $$b$$", ["b"]),
        ("\\url{http://a.b/c%20d} $$b$$", ["b"]),
        (
            "\\newcommand{\\be}{\\begin{equation}}\\newcommand{\\ee}{\\end{equation}}\\be a = b \\ee",
            ["\\be a = b \\ee"],
        ),
        ("\\begin{align} a = b\n\nText.", ["\\begin{align} a = b"]),
        (
            "\\begin{align} a = b\n\nText $x$.\n\\begin{align} c \\end{align}",
            ["\\begin{align} a = b", "\\begin{align} c \\end{align}"],
        ),
        ("\\[ a = b\n\nText.\n\n\\[ c \\]", ["a = b", "c"]),
        ("\\begin{tabular}{l} x \\\\[2pt] y \\end{tabular}", []),
    ],
)
def test_displayed_maths(text: str, expected: list[str]) -> None:
    assert pieces(text, BlockKind.DISPLAY) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"Let $x$, \(y\) and \begin{math}z\end{math}.", ["x", "y", "z"]),
        ("$ x $ costs \\$5", ["x"]),
        ("\\verb|$a$| and $b$", ["b"]),
        ("$a % $ c\n$ and $d$", ["a", "d"]),
        ("$a\n% comment alone\nb$", ["a\nb"]),
        ("an odd $ here\n\nand $b$", ["b"]),
        (r"$a \mbox{ if $b$}$", [r"a \mbox{ if $b$}"]),
    ],
)
def test_inline_maths(text: str, expected: list[str]) -> None:
    assert pieces(text, BlockKind.INLINE) == expected


def test_only_the_body_is_read_and_definitions_everywhere() -> None:
    text = "\\newcommand{\\R}{\\mathbb{R}} $a$\\begin{document}Let $x\\def\\y{2} \\in \\R$.\\end{document} $c$"
    document = read_text("notes.tex", text)
    assert [block.excerpt.text for block in document.blocks] == ["Let ", "x \\in \\R", "."]
    assert set(document.macros) == {"\\R", "\\y"}


def test_a_comment_alone_on_its_line_is_no_paragraph_break() -> None:
    assert pieces("a\n% b\nc", BlockKind.TEXT) == ["a\nc"]
    assert pieces("a\n% b\n\nc", BlockKind.TEXT) == ["a\n\nc"]
    assert pieces("a % b\n\nc", BlockKind.TEXT) == ["a \n\nc"]


def maths_nodes(nodes: list[LatexNode]) -> list[tuple[bool, str]]:
    """Return what pylatexenc takes for maths: whether it is displayed, and its text."""
    found: list[tuple[bool, str]] = []
    for node in nodes:
        if isinstance(node, LatexMathNode):
            found.append((node.displaytype == "display", "".join(n.latex_verbatim() for n in node.nodelist)))
        elif isinstance(node, LatexEnvironmentNode) and is_display(node.environmentname):
            found.append((True, node.latex_verbatim()))
        elif isinstance(node, LatexEnvironmentNode):
            found += maths_nodes(node.nodelist)
    return found


@pytest.mark.parametrize("path", sorted(DOCUMENTS.glob("*.tex")), ids=lambda path: path.name)
def test_pylatexenc_finds_the_same_formulas(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    body = text[text.index("\\begin{document}") :]
    expected = maths_nodes(LatexWalker(body).get_latex_nodes()[0])
    assert len(expected) > 10
    found = [
        (block.kind is BlockKind.DISPLAY, block.excerpt.text)
        for block in read_text(path.name, text).blocks
        if block.kind is not BlockKind.TEXT
    ]
    assert found == expected


@pytest.mark.parametrize("name", ["02_em_gmm.tex", "01_gmm_notes_tidy.md"])
def test_a_megabyte_is_read_in_time(name: str) -> None:
    body = (DOCUMENTS / name).read_text(encoding="utf-8").replace("\\end{document}", "")
    text = body * (1_000_000 // len(body))
    start = time.process_time()
    document = read_text(name, text)
    assert time.process_time() - start < LINEAR
    assert len(document.blocks) > 10_000


@pytest.mark.parametrize(
    "unit",
    ["$", "$$ ", "\\[\n", "\\(", "{", "\\begin{align}\n\n", "<!--\n", "`a``b", "\\def\\a{", "%\n", "> ", "\\text{$"],
)
@pytest.mark.parametrize("name", ["notes.md", "notes.tex"])
def test_time_grows_with_the_length_only(unit: str, name: str) -> None:
    start = time.process_time()
    read_text(name, unit * (150_000 // len(unit)))
    assert time.process_time() - start < LINEAR
