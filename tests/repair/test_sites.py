"""Places of a side: each once, with what may be done there."""

import pytest
from wrong_lines import FAMILIES, SQUARE, Workshop, corpus_lines, line

from derive.repair.edit import Edit
from derive.repair.kinds.terms import factors
from derive.repair.making import num, product
from derive.repair.sites import UNKNOWN, sign_splice, sites
from derive.repair.writing import ATOM, FACTOR, OPEN, SUM, TERM, Writer
from derive.source import Span
from derive.syntax import Group, Product, Terms


def place(claim, text, declared=SQUARE):
    """Return the site of a piece of the right side, and what is known around it."""
    shop = Workshop(line(claim, declared))
    writer = Writer(claim)
    (found,) = [site for site in sites(shop.line.right) if writer.write(site.node) == text]
    return found, shop.around


def test_every_place_is_found_once():
    for ident, one in corpus_lines()[::5]:
        found = [id(site.node) for site in sites(one.right)]
        assert len(found) == len(set(found)) and found[0] == id(one.right), ident
        assert [site.root for site in sites(one.right)] == [True] + [False] * (len(found) - 1), ident


@pytest.mark.parametrize(
    ("claim", "text", "least"),
    [
        ("a = a + b", "a + b", SUM),
        ("a = a + b^2", "b^2", TERM),
        ("x = A B x", "A", FACTOR),
        ("x = A B x", "x", OPEN),
        (r"a = \frac{b}{2}", "b", SUM),
        (r"a = e^{b}", "b", SUM),
        ("x = (A + B) x", "A + B", SUM),
        ("A = (A + B)^{-1}", "(A + B)", ATOM),
        (r"a = \ln b", "b", OPEN),
        (r"a = |A|", "A", SUM),
    ],
)
def test_how_tightly_a_text_has_to_bind(claim, text, least):
    site, _ = place(claim, text)
    assert site.least == least


def test_terms_are_numbered_and_letters_are_bound_inside():
    site, _ = place(r"c = m - \sum_{i=1}^N r_{ii} x_i", "x_i", FAMILIES)
    assert site.term == 1 and site.bound == ("i",) and site.linear and not site.exponent
    site, _ = place(r"a = a + 2^{b}", "b")
    assert site.exponent and not site.linear


def test_a_side_is_linear_where_it_says_so():
    """For a place where a side is linear, f(3 n) - f(n) is twice f(2 n) - f(n)."""
    checked = 0
    for ident, one in corpus_lines()[::7]:
        search = Workshop(one).search
        if search is None or search.bench.real:
            continue
        numbers = search.numbers
        for site in search.sites:
            if not site.linear or site.least == ATOM:
                continue
            times = [
                search.value([Edit(site.node, site.node if k == 1 else _times(k, site.node), "E304", site.least)])
                for k in (1, 2, 3)
            ]
            if None in times:
                continue
            checked += 1
            first, second = (numbers.minus(times[k], times[0]) for k in (1, 2))
            assert numbers.equal(numbers.plus(first, first), second), (ident, site.node)
    assert checked > 100


def _times(number, node):
    inner = Group(Span(-1, -1), "(", (node,)) if isinstance(node, Terms) else node
    return product(num(number), inner)


def test_some_places_are_not_linear():
    shop = Workshop(line(r"a = \frac{b}{a} + \ln b + |A| + (a + b)^2 + x^\top A^{-1} x"))
    by_text = {Writer(shop.line.text).write(site.node): site.linear for site in sites(shop.line.right)}
    assert not any(by_text[text] for text in ("|A|", "a + b", "-1") if text != "|A|")
    assert by_text["|A|"] and by_text[r"\frac{b}{a}"]


def test_the_argument_of_a_declared_function_is_not_a_factor():
    shop = Workshop(line("a = b (a + b) + f(a)", [*SQUARE, "f : \\mathbb{R} \\to \\mathbb{R}"]))
    linear = {Writer(shop.line.text).write(site.node): site.linear for site in shop.search.sites}
    assert linear["(a + b)"] and not linear["(a)"]
    assert "b (a + b) + f(\\frac{1}{2} a)" in shop.texts(factors)
    assert "b (\\frac{1}{2} a + b) + f(a)" not in shop.texts(factors)  # found by one division


def test_shapes_of_parts():
    shop = Workshop(line(r"x = A (B x + z)"))
    assert isinstance(shop.line.right, Product)
    matrix, bracket = shop.line.right.items
    assert shop.around.shape(matrix) == (shop.around.shape(matrix)[0],) * 2
    assert shop.around.shape(bracket) is UNKNOWN and shop.around.is_array(bracket)  # z is not declared
    assert not shop.around.is_array(num(2))


def test_what_the_relation_speaks_of():
    around = Workshop(line(r"c = \frac{1}{N} \sum_{i=1}^N r_{ij} x_i", FAMILIES)).around
    assert set(around.letters) == {"i", "j"} and {"N", "n"} <= set(around.sizes)


@pytest.mark.parametrize(
    ("claim", "number", "splice", "text"),
    [
        ("x = A x - B y", 1, (Span(8, 9), "+"), "-"),
        ("x = A x + B y", 1, (Span(8, 9), "-"), "+"),
        ("x = - A x + B y", 0, (Span(4, 6), ""), "- "),
        ("x = -A x + B y", 0, (Span(4, 5), ""), "-"),
        ("x = A x + B y", 0, (Span(4, 4), "-"), ""),
        ("x = A x + - B y", 1, None, None),
    ],
)
def test_where_a_sign_stands(claim, number, splice, text):
    shop = Workshop(line(claim))
    assert sign_splice(shop.line.right, number, shop.around) == splice
    if splice is not None:
        assert claim[splice[0].start : splice[0].end] == text
