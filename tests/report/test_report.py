"""The report as an object: right or wrong, partial credit, and what notebooks show."""

import pytest

import derive
from derive.verdict import Verdict

DECLARED = r"Let $a, b \in \mathbb{R}$ and $A \in \mathbb{R}^{n \times n}$." + "\n\n"
RIGHT, WRONG, UNREAD = "$$a + a = 2 a$$\n\n", "$$a a = 2 a$$\n\n", r"$$a = \unheard$$" + "\n\n"
CONDITIONAL = r"$$A^\top = A$$" + "\n\n"


def report(*lines, **options):
    return derive.check(DECLARED + "".join(lines), **options)


@pytest.mark.parametrize(
    ("lines", "options", "ok", "score"),
    [
        ((RIGHT,), {}, True, 1.0),
        ((RIGHT, WRONG), {}, False, 0.5),
        ((WRONG,), {}, False, 0.0),
        ((), {}, False, 0.0),
        ((r"$$c := a$$",), {}, False, 0.0),
        ((RIGHT, UNREAD), {}, True, 0.5),
        ((RIGHT, UNREAD), {"strict": True}, False, 0.5),
        ((RIGHT, CONDITIONAL), {}, True, 0.5),
        ((RIGHT, CONDITIONAL), {"strict": True}, False, 0.5),
        ((RIGHT, "$$b + b = 2 b$$"), {"expected": 4}, False, 0.5),
        ((RIGHT, "$$b + b = 2 b$$"), {"expected": 2}, True, 1.0),
        ((RIGHT, "$$b + b = 2 b$$"), {"expected": 1}, True, 1.0),
    ],
)
def test_right_or_wrong_and_partial_credit(lines, options, ok, score):
    found = report(*lines, **options)
    assert (found.ok, found.score) == (ok, score)
    assert isinstance(found.ok, bool) and isinstance(found.score, float)


def test_what_it_holds():
    found = report(RIGHT, WRONG, "$$c := a$$")
    assert [each.judgement.verdict for each in found] == [Verdict.PROVED, Verdict.REFUTED, Verdict.DEFINITION]
    assert len(found) == 3 and found.counts == {"proved": 1, "definition": 1, "refuted": 1}
    assert [each.line for each in found.wrong] == [5] and [each.line for each in found.shown] == [3]
    assert len(found.claims) == 2
    assert found.to_json()["first_error"] == 1


def test_options_are_those_of_the_command_line():
    assert report("In text $a + a = 3 a$.").counts == {}
    assert report("In text $a + a = 3 a$.", inline=True).counts == {"refuted": 1}
    assert report(WRONG).wrong[0].judgement.repair is not None
    assert report(WRONG, repair=False).wrong[0].judgement.repair is None
    assert report(WRONG, hints="place").wrong[0].judgement.repair is None
    assert report("$$d = 1$$ $$d + 1 = 2$$", preamble=r"Let $d \in \mathbb{R}$.").counts == {"refuted": 2}
    with pytest.raises(ValueError, match="expected one of none, place, kind, full, found 'some'"):
        report(RIGHT, hints="some")
    with pytest.raises(ValueError, match="expected one of numerator"):
        report(RIGHT, layout="sideways")


def test_the_limit_of_time_is_kept():
    slow = r"$$\operatorname{tr}((A + A^\top)^{40}) = \operatorname{tr}((A^\top + A)^{40})$$"
    assert set(report(slow, timeout=0.001).counts) == {"undecided"}


def test_the_same_text_gives_the_same_report():
    one, two = report(RIGHT, WRONG), report(RIGHT, WRONG, jobs=1)
    assert one._repr_mimebundle_() == two._repr_mimebundle_()


def test_plain_text_stands_alone():
    text = report(RIGHT, WRONG)._repr_mimebundle_()["text/plain"]
    assert "proved  text.md:3:9  a + a = 2 a" in text and "counterexample: a = " in text
    assert text.endswith("text.md: 2 relations: 1 proved, 1 refuted") and "\x1b" not in text


def test_what_notebooks_show():
    html = report(RIGHT, WRONG)._repr_html_()
    assert html.count("<details") == html.count("</details>") == 2
    assert "<math" in html and "✗" in html and "refuted" in html
    assert '<details open><summary><span class="derive-badge derive-refuted">' in html
    assert "<script" not in html and "http" not in html


def test_a_file(tmp_path):
    (tmp_path / "a.tex").write_text(DECLARED + RIGHT)
    (tmp_path / "p.md").write_text(r"Let $e \in \mathbb{R}$.")
    assert derive.check_file(tmp_path / "a.tex", preamble=tmp_path / "p.md").ok
    with pytest.raises(OSError):
        derive.check_file(tmp_path / "missing.md")
