"""The summary adds up: its counts are those of the answers, its reasons those of what is undecided or unread."""

import html
import re
from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from derive.corpus import pages
from derive.corpus.outcome import Outcome, not_judged
from derive.corpus.summary import APART, SHARED, Summary, pattern
from derive.verdict import Verdict

REASONED = (Verdict.UNDECIDED.value, Verdict.UNREAD.value)


def relation(verdict, message=None, code=None, line=1, cell=None):
    return {"verdict": verdict, "code": code, "message": message, "line": line, "column": 2, "cell": cell}


def report(name, relations):
    counts = Counter(each["verdict"] for each in relations)
    return Outcome({"file": name, "counts": dict(sorted(counts.items())), "relations": relations})


RELATIONS = st.lists(
    st.builds(
        relation,
        st.sampled_from([verdict.value for verdict in Verdict]),
        st.sampled_from([None, r"\mu is not declared", "X_{n} is not declared", "only equations are judged"]),
        st.sampled_from([None, "N105", "U604"]),
    )
)


@settings(max_examples=40)
@given(st.lists(RELATIONS, max_size=6), st.randoms())
def test_counts_are_the_sums_of_the_answers(documents, random):
    outcomes = [report(f"{index}.md", relations) for index, relations in enumerate(documents)]
    summary, other = Summary(), Summary()
    for outcome in outcomes:
        summary.add(outcome)
    random.shuffle(outcomes)
    for outcome in outcomes:
        other.add(outcome)
    everything = [each["verdict"] for relations in documents for each in relations]
    assert {verdict.value: summary.total[verdict] for verdict in Verdict} == {
        verdict.value: everything.count(verdict.value) for verdict in Verdict
    }
    assert summary.total.claims == len(everything) - sum(everything.count(verdict.value) for verdict in APART)
    assert summary.total.claims - summary.total.judged == sum(map(everything.count, REASONED))
    assert sum(each.count for each in summary.reasons()) == sum(map(everything.count, REASONED))
    if summary.total.claims:
        assert abs(sum(summary.total.share(verdict) for verdict in SHARED) - 1) < 1e-12
    for row, relations in zip(summary.sorted_rows, documents, strict=True):
        assert sum(row.counts.by_verdict.values()) == len(relations)
    # Whoever was faster does not show.
    assert [pages.page(summary, f"x{suffix}") for suffix in (".html", ".md", ".txt")] == [
        pages.page(other, f"x{suffix}") for suffix in (".html", ".md", ".txt")
    ]


def test_reasons_by_frequency_each_with_an_example():
    summary = Summary()
    summary.add(report("b.ipynb", [relation("unread", r"\mu is not declared", "N105", 7, cell=3)] * 2))
    summary.add(report("a.md", [relation("undecided", "only equations are judged", "U604", 4)]))
    summary.add(report("c.md", [relation("unread", r"\Sigma_{k} is not declared", "N105", 9)]))
    first, second = summary.reasons()
    assert (first.count, first.code, first.name, first.text) == (3, "N105", "undeclared-symbol", "… is not declared")
    assert (first.place, first.message) == ("b.ipynb:cell 3:7:2", r"\mu is not declared")
    assert (second.count, second.place) == (1, "a.md:4:2")
    assert pages.reasons(summary)[1][0][1] == "75.0 %"


def test_nothing_is_divided_by_zero():
    summary = Summary()
    summary.add(report("a.md", []))
    summary.add(report("b.md", [relation("definition")]))
    for suffix in (".html", ".md", ".txt"):
        assert "2 documents: 0 claims" in pages.page(summary, "x" + suffix)


def test_documents_that_were_not_read_are_listed():
    summary = Summary()
    summary.add(Outcome(not_judged("a.md", "cannot read 'a.md': it is not text", 0)))
    for suffix in (".html", ".md", ".txt"):
        page = pages.page(summary, "x" + suffix)
        assert "1 document not read" in page and "it is not text" in html.unescape(page)


def test_what_comes_from_documents_is_inert():
    summary = Summary()
    evil = "<script>alert(1)</script> | **bold** \x1b[31m\n[a](b)"
    summary.add(report(evil, [relation("unread", evil, "N105")]))
    page = pages.page(summary, "x.html")
    assert "<script" not in page and "\x1b" not in page
    markdown = pages.page(summary, "x.md")
    rows = [line for line in markdown.splitlines() if line.startswith("|")]
    assert "<script" not in markdown.replace("\\<", "") and "**bold**" not in markdown
    unescaped = [len(re.findall(r"(?<!\\)\|", row)) for row in rows if "script" in row]
    assert unescaped == [7, 12]
    text = pages.text(summary)
    assert "\x1b" not in text and all("[a](b)" not in line or "script" in line for line in text.splitlines())


def test_every_page_may_be_replaced(tmp_path):
    from derive.corpus.results import may_replace

    for suffix in (".html", ".htm", ".md", ".txt", ""):
        path = tmp_path / f"page{suffix}"
        path.write_text(pages.page(Summary(), str(path)))
        assert may_replace(str(path), pages.MARK)
        path.write_text("my notes")
        assert not may_replace(str(path), pages.MARK)


@settings(max_examples=40)
@given(st.text())
def test_patterns_are_patterns_of_themselves(message):
    once = pattern(message)
    assert pattern(once) == once
