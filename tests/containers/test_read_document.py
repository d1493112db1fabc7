"""Bytes to documents: suffixes, encodings, and the labelled documents, relation by relation."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from derive.containers import read_document
from derive.containers.block import BlockKind, UnreadableContainer

DOCUMENTS = Path(__file__).parents[1] / "documents"
KEYS = sorted(DOCUMENTS.glob("*.key.json"))


@pytest.mark.parametrize("key", KEYS, ids=lambda path: path.name.removesuffix(".key.json"))
def test_every_labelled_relation_is_displayed(key: Path) -> None:
    stem = key.name.removesuffix(".key.json")
    (path,) = (p for p in DOCUMENTS.glob(f"{stem}.*") if p.suffix != ".json" and ".preamble" not in p.name)
    signs: Counter[tuple[int | None, int]] = Counter()
    for block in read_document(path.name, path.read_bytes()).blocks:
        if block.kind is BlockKind.DISPLAY:
            source = block.excerpt.source
            for char, offset in zip(block.excerpt.text, block.excerpt.offsets, strict=False):
                if char == "=":
                    signs[source.cell, source.position(offset)[0]] += 1
    labelled: Counter[tuple[int | None, int]] = Counter()
    for entry in json.loads(key.read_text(encoding="utf-8")):
        place = (entry.get("cell"), entry["line"])
        labelled[place] = max(labelled[place], entry["relation"])
    assert labelled
    assert {place: signs[place] for place in labelled if signs[place] < labelled[place]} == {}


@pytest.mark.parametrize("name", ["a.md", "a.txt", "a.qmd", "a.markdown", "a", "A.MD", "a.weird", ""])
def test_anything_unknown_is_markdown(name: str) -> None:
    document = read_document(name, b"`$x$` and $$y$$")
    assert [block.excerpt.text for block in document.blocks] == [" and ", "y"]


def test_tex_by_its_suffix() -> None:
    assert [block.excerpt.text for block in read_document("a.TEX", b"% $x$\n$y$").blocks] == ["y"]


def test_encodings() -> None:
    (block,) = read_document("a.md", "\ufeff$x$".encode()).blocks
    assert (block.excerpt.text, block.excerpt.source.position(block.excerpt.offsets[0])) == ("x", (1, 2))
    assert read_document("a.md", "Matrices carrées: $x$, rien de plus.".encode("latin-1")).blocks[1].excerpt.text == "x"
    assert read_document("a.md", b"").blocks == ()


@pytest.mark.parametrize("data", [b"a\0b", b"\xff\xfe\xfd\xfc", bytes(range(1, 256)), b"\x89PNG\r\n\x1a\n\0\0"])
def test_bytes_that_are_not_text(data: bytes) -> None:
    with pytest.raises(UnreadableContainer, match=r"^a\.md is not text[^\n]*[^.\n]$"):
        read_document("a.md", data)


@given(st.binary(max_size=200), st.sampled_from(["a.md", "a.tex", "a.ipynb"]))
def test_any_bytes_are_answered(data: bytes, name: str) -> None:
    try:
        read_document(name, data)
    except UnreadableContainer as error:
        assert str(error)
