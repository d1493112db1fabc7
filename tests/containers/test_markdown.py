"""The Markdown reader: delimiters, block structure, offsets, and text that only looks like maths."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from derive.containers import read_text
from derive.containers.block import BlockKind, Document


def assert_offsets(document: Document) -> None:
    """Every character of every block stands in the source where the block says, and blocks are in order."""
    last = (-1, -1)
    for block in document.blocks:
        excerpt = block.excerpt
        assert len(excerpt.offsets) == len(excerpt.text) + 1
        source = excerpt.source.text
        assert excerpt.text == "".join(source[offset] for offset in excerpt.offsets[:-1])
        assert excerpt.offsets[-1] == excerpt.offsets[-2] + 1
        assert list(excerpt.offsets) == sorted(excerpt.offsets)
        place = (excerpt.source.cell or 0, excerpt.offsets[0])
        assert place > last
        last = (excerpt.source.cell or 0, excerpt.offsets[-2])


def pieces(text: str, kind: BlockKind, name: str = "notes.md") -> list[str]:
    document = read_text(name, text)
    assert_offsets(document)
    return [block.excerpt.text for block in document.blocks if block.kind is kind]


def displays(text: str) -> list[str]:
    return pieces(text, BlockKind.DISPLAY)


def inlines(text: str) -> list[str]:
    return pieces(text, BlockKind.INLINE)


def prose(text: str) -> list[str]:
    return pieces(text, BlockKind.TEXT)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$$\na = b\n$$", ["a = b"]),
        ("$$a = b$$", ["a = b"]),
        ("so $$a = b$$ and $$c = d$$.", ["a = b", "c = d"]),
        ("$$a = b$$ and\n$$c = d$$ too", ["a = b", "c = d"]),
        (r"\[ a = b \]", ["a = b"]),
        (r"\\[ a = b \\]", ["a = b"]),
        ("```math\na = b\n```", ["a = b"]),
        ("~~~ math\na = b\n~~~", ["a = b"]),
        ("```{math}\n:label: one\na = b\n```", ["a = b"]),
        ('<script type="math/tex; mode=display">a = b</script>', ["a = b"]),
        ('<script type="math/tex; mode=display">% <![CDATA[\na < b\n%]]></script>', ["a < b"]),
        ("\\begin{align}\na &= b\n\\end{align}", ["\\begin{align}\na &= b\n\\end{align}"]),
        ("so\n\\begin{equation*}a\\end{equation*}\n", ["\\begin{equation*}a\\end{equation*}"]),
        (
            "\\begin{split}\\begin{split}a\\end{split}\\end{split}",
            ["\\begin{split}\\begin{split}a\\end{split}\\end{split}"],
        ),
        ("$$\\begin{split}a\\end{split}$$", ["\\begin{split}a\\end{split}"]),
        ("$$\n\na = b\n\nc = d\n\n$$", ["a = b\n\nc = d"]),
        ("where $$\n\na = b\n\n$$", ["a = b"]),
        ("# Title $$a = b$$ #", ["a = b"]),
        ("| $$a$$ | $$b$$ |\n|---|---|\n| $$c$$ | d |", ["a", "b", "c"]),
        ("<div>\n\n$$ a = b $$\n\n</div>", ["a = b"]),
        ("<br>\nThe gradient\n$$ a = b $$", ["a = b"]),
        ("$$ a \\text{ costs \\$5} $$", ["a \\text{ costs \\$5}"]),
        ("$$ a % = c\n= b $$", ["a \n= b"]),
        ("$$$$", []),
        ("$$ $$ and $$a$$", ["a"]),
    ],
)
def test_displayed_maths(text: str, expected: list[str]) -> None:
    assert displays(text) == expected


@pytest.mark.parametrize("line", ["- x", "+ x", "* x", "1. x", "# x", "= y", "=", "---", "===", "> x", "| x |", "```"])
@pytest.mark.parametrize("opening", ["$$\n{}\n$$", "so $$a\n{}\n$$ next", "\\[\n{}\n\\]", "text\n$$\n{}\n$$\ntext"])
def test_markdown_inside_a_formula_is_not_markdown(line: str, opening: str) -> None:
    (formula,) = displays(opening.format(line))
    assert line.strip() in formula


@pytest.mark.parametrize(
    "text",
    [
        "- item:\n\n  $$\n  a = b\n  - c\n  $$\n\n- next",
        "1. item\n\n   $$\n   a = b\n   - c\n   $$\n",
        "- item\n  - inner\n    $$\n    a = b\n    - c\n    $$\n",
        "- item\n\n\t$$\n\ta = b\n\t- c\n\t$$\n",
        "- $$\n  a = b\n  - c\n  $$\n",
        "- item\n  $$\na = b\n- c\n  $$\n",
    ],
)
def test_formulas_in_lists(text: str) -> None:
    (formula,) = displays(text)
    assert [line.strip() for line in formula.split("\n")] == ["a = b", "- c"]


@pytest.mark.parametrize(
    "text",
    [
        "> $$\n> a = b\n> - c\n> $$\n",
        "> so $$a = b\n> - c$$ holds",
        "> > $$\n> > a = b\n> > - c\n> > $$",
        "> ```math\n> a = b\n> - c\n> ```",
        "- x\n\n  > $$\n  > a = b\n  > - c\n  > $$",
        ">$$\n>a = b\n>- c\n>$$",
    ],
)
def test_quote_marks_are_left_out(text: str) -> None:
    (formula,) = displays(text)
    assert [line.strip() for line in formula.split("\n")] == ["a = b", "- c"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Let $x$ and $y$.", ["x", "y"]),
        (r"Let \(x\) and \\(y\\).", ["x", "y"]),
        ("$a$$b$", ["a", "b"]),
        ("$x\ny$", ["x\ny"]),
        ("$x\n\ny$", []),
        (r"\(x" + "\n\n" + r"y\)", []),
        ("It is $5 and $6.", []),
        ("From $5,000 to USD$30 and $x$.", ["x"]),
        ("$20 or x_1 is $6, and $y$", ["y"]),
        (r"\$x\$ and $y$", ["y"]),
        ("$ x \\in A $ and $ y = 1 $", ["x \\in A", "y = 1"]),
        ("a $ b $ c", []),
        ("GitHub: $`x_1`$.", ["x_1"]),
        (r"$a \text{ if $b$ holds}$ and $c$", [r"a \text{ if $b$ holds}", "c"]),
        ('<script type="math/tex">x</script>', ["x"]),
        ("$x \\% y$", ["x \\% y"]),
        ("x $\\alpha$-stable", ["\\alpha"]),
        ("*Let $x_i$* and **$y$**", ["x_i", "y"]),
    ],
)
def test_inline_maths(text: str, expected: list[str]) -> None:
    assert inlines(text) == expected
    assert displays(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "```python\n$$ a = b $$\n```",
        "~~~\n$x$\n~~~",
        "    $$ a = b $$",
        "`$x$` and ``$$a`$$``",
        "<!-- $$ a = b $$ -->",
        "<!--\n$$ a = b $$\n\n$$ c $$\n-->",
        "text <!-- $x$ --> text",
        "<pre>\n\n$$ a $$\n</pre>",
        "<code>$x$</code>",
        "<script>\n\nlet s = '$$a$$';\n</script>",
        "---\ntitle: $x$\n\nnote: $$a$$\n---\n",
        "```\n$$\n```\n",
        "- item\n\n  ```\n  $$ a $$\n  ```\n",
        r"\$\$ a \$\$",
    ],
)
def test_code_comments_and_front_matter_are_not_maths(text: str) -> None:
    assert displays(text) == []
    assert inlines(text) == []


def test_a_rule_at_the_start_is_not_front_matter() -> None:
    assert displays("---\n\n$$a = b$$\n\n---\n") == ["a = b"]


@pytest.mark.parametrize("opening", ["$$", "\\[", "$$ a\n=", "text $$"])
def test_an_unclosed_formula_reaches_to_the_empty_line(opening: str) -> None:
    (formula,) = displays(f"{opening} b = c\n= d\n\nMore text.")
    assert formula.endswith("b = c\n= d")


def test_an_unclosed_formula_does_not_turn_the_document_over() -> None:
    assert displays("$$ a = b\n\nText with $x$.\n\n$$ c = d $$\n") == ["a = b", "c = d"]
    assert displays("\\[ a = b\n\nText.\n\n\\[ c = d \\]\n") == ["a = b", "c = d"]
    assert displays("$$ a = b\n\n```\n$$\n```\n\n$$ c = d $$\n") == ["a = b", "c = d"]


def test_prose_keeps_its_words_and_paragraph_breaks() -> None:
    text = "# Title\nSuppose `code` that $x$\nis so.\n\n- item\n\n> Then\n> $y$."
    words = ["Title", "Suppose", "that", "is", "so.", "item", "Then", "."]
    assert "".join(prose(text)).split() == words  # neither marks of lists and quotes nor code
    first, second, *_ = prose(text)
    assert first.lstrip().startswith("Title\n\nSuppose")
    assert "\n\n" in second


def test_line_ends_of_windows() -> None:
    text = "Let $x$\r\nbe.\r\n\r\n$$\r\na = b\r\n\\\\ c\r\n$$\r\n\r\n---\r\n"
    document = read_text("notes.md", text)
    assert_offsets(document)
    formula = next(block.excerpt for block in document.blocks if block.kind is BlockKind.DISPLAY)
    assert formula.text == "a = b\n\\\\ c"
    assert formula.source.position(formula.offsets[formula.text.index("c")]) == (6, 4)
    assert any("\n\n" in words for words in prose(text))
    assert displays("---\r\na: b\r\n---\r\n$$\r\n- x\r\n$$\r\n") == ["- x"]


def test_escapes_of_markdown_stay() -> None:
    assert displays(r"$$ x\_1 \\\\ \\{ y \\} $$") == [r"x\_1 \\\\ \\{ y \\}"]


def test_macros_are_collected_and_definitions_are_no_formulas() -> None:
    document = read_text("notes.md", "$\\newcommand{\\bw}{\\mathbf{w}}$\n\n$$\\def\\R{\\mathbb{R}} \\bw \\in \\R$$")
    assert_offsets(document)
    assert {name: macro.body for name, macro in document.macros.items()} == {
        "\\bw": "\\mathbf{w}",
        "\\R": "\\mathbb{R}",
    }
    assert [block.excerpt.text for block in document.blocks if block.kind is not BlockKind.TEXT] == ["\\bw \\in \\R"]


def test_deep_nesting_drops_nothing() -> None:
    assert displays(">" * 200 + " $$a = b$$") == ["a = b"]
    assert displays("".join(" " * (2 * depth) + f"- ${depth}$\n" for depth in range(60)) + "\n$$z$$") == ["z"]
    assert displays("$$" + "{" * 10_000 + "}" * 10_000 + "$$") == ["{" * 10_000 + "}" * 10_000]


FRAGMENTS = st.lists(
    st.sampled_from(
        [
            *"$`\\{}[]()<>-#=|_*~:%\n\r\t 1a.",
            "$$",
            "\\[",
            "\\]",
            "\\(",
            "\\)",
            "\r\n",
            "\n\n",
            "> ",
            "- ",
            "    ",
            "```",
            "```math\n",
            "<!--",
            "-->",
            "<pre>",
            "</pre>",
            "---\n",
            "\\begin{align}",
            "\\end{align}",
            "\\text{",
            "x = 1",
            "\\newcommand{\\a}",
            "\\def\\a#1",
            "\\let\\b",
            "\\begin{document}",
            "\\iffalse",
            "\\verb|",
            "\x00",
            "\u2028",
            "é",
        ]
    ),
    max_size=40,
).map("".join)


@given(FRAGMENTS | st.text(max_size=200), st.sampled_from(["notes.md", "notes.tex"]))
@example("- $$\n\n> x\n$$", "notes.md")
def test_any_text_is_read(text: str, name: str) -> None:
    assert_offsets(read_text(name, text))


@given(st.lists(st.sampled_from(["text", "- item", "> quote", "1. one", "# head", "`code`", "$5", ""]), max_size=12))
def test_a_formula_with_empty_lines_around_it_is_always_found(lines: list[str]) -> None:
    text = "\n".join(lines) + "\n\n$$\n- a = b\n$$\n\n" + "\n".join(lines)
    assert displays(text) == ["- a = b"]
