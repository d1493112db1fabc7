"""Edits of trees, and pieces of texts that are replaced."""

from dataclasses import fields

from hypothesis import given, settings
from hypothesis import strategies as st
from wrong_lines import Workshop, corpus_lines, line

from derive.repair.edit import MADE, Edit, contains, edited, spliced
from derive.repair.making import name, num
from derive.repair.search import KINDS
from derive.repair.sites import sites
from derive.source import Span
from derive.syntax import Group, Node, Product, Terms

TREE = line(r"x = A B x - 2 (A x + y)").right


def below(part):
    """Yield the nodes of a tree."""
    if isinstance(part, tuple):
        for item in part:
            yield from below(item)
    elif isinstance(part, Node):
        yield part
        for each in fields(part):
            if each.name != "span":
                yield from below(getattr(part, each.name))


def test_without_edits_a_tree_is_itself():
    assert edited(TREE, ()) is TREE
    stranger = name("A")
    assert edited(TREE, [Edit(stranger, num(1), "E301", 0)]) is TREE


def test_only_the_way_to_an_edit_is_made_anew():
    assert isinstance(TREE, Terms)
    first, second = (item for _, item in TREE.items)
    made = edited(TREE, [Edit(first.items[0], name("C"), "E311", 0)])
    assert made.items[0][1].items[0] == name("C")
    assert made.items[0][1].items[1] is first.items[1] and made.items[1][1] is second


def test_equal_nodes_at_other_places_stay():
    left, right = (item for item in below(TREE) if getattr(item, "key", None) == "A")
    made = edited(TREE, [Edit(right, name("C"), "E311", 0)])
    assert any(node is left for node in below(made)) and not any(node is right for node in below(made))


def test_an_edit_inside_another_one_is_made_in_what_takes_its_place():
    _, product = TREE.items[1]
    assert isinstance(product, Product) and isinstance(product.items[1], Group)
    outer = Edit(product, Product(MADE, (num(3), product.items[1]), ("", "")), "E304", 0)
    inner = Edit(product.items[1], name("y"), "E301", 0)
    for edits in ([outer, inner], [inner, outer]):
        assert edited(TREE, edits).items[1][1] == Product(MADE, (num(3), name("y")), ("", ""))


def test_contains_says_what_stands_below():
    nodes = list(below(TREE))
    assert all(contains(TREE, node) for node in nodes)
    assert not any(contains(node, TREE) for node in nodes if node is not TREE)
    assert not contains(TREE, name("A"))  # equal to one of them, and not one of them


def test_every_edit_of_a_corpus_is_at_a_place_of_its_line():
    for ident, one in corpus_lines()[::12]:
        shop = Workshop(one)
        places = {id(site.node) for site in sites(one.right)}
        start, end = one.sides[1].start, one.sides[1].end
        for edit in shop.edits(*KINDS):
            assert id(edit.old) in places, ident
            assert edit.cost >= 1.0 and start <= edit.place.start <= edit.place.end <= end, ident
            assert edited(one.right, [edit]) is not one.right, ident
            for span, _ in edit.splices or ():
                assert start <= span.start <= span.end <= end, ident


@st.composite
def changes(draw):
    """Return a text with ranges of it, apart and in order, and what takes their place."""
    text = draw(st.text(max_size=30))
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=8)))
    spans = list(zip(cuts[::2], cuts[1::2], strict=False))
    return text, [(Span(*span), draw(st.text(max_size=4))) for span in spans]


@settings(deadline=None)
@given(changes(), st.integers(0, 5), st.randoms())
def test_spliced_replaces_pieces_and_keeps_the_rest(made, start, order):
    text, splices = made
    kept, at = [], 0
    for span, _ in splices:
        kept.append(text[at : span.start])
        at = span.end
    kept.append(text[at:])
    wanted = "".join(piece for pair in zip(kept, [new for _, new in splices] + [""], strict=True) for piece in pair)
    moved = [(Span(span.start + start, span.end + start), new) for span, new in splices]
    if len({span for span, _ in splices}) == len(splices):  # insertions at one place stand in the order given
        order.shuffle(moved)
    assert spliced(text, moved, start) == wanted


def test_what_overlaps_or_lies_outside_is_not_spliced():
    assert spliced("abcdef", [(Span(0, 3), "x"), (Span(2, 4), "y")]) is None
    assert spliced("abcdef", [(Span(4, 7), "x")]) is None
    assert spliced("abcdef", [(Span(1, 2), "x")], 3) is None
