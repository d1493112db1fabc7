"""The notebooks: executed from a clean kernel, outputs as they are stored, and each ends with its claims proved."""

import json
import re
from functools import cache
from pathlib import Path

import nbformat
import pytest

import derive

pytest.importorskip("nbclient", reason="nbclient is not installed")
pytest.importorskip("ipykernel", reason="ipykernel is not installed")
pytest.importorskip("matplotlib", reason="matplotlib is not installed")

from tests.build_notebooks import FOLDER, SOURCES, cells_of, executed, unexecuted

STEMS = sorted(path.stem for path in SOURCES.glob("*.md"))
QUICK = ("01_is_my_gradient_right", "07_find_the_mistake")
EXERCISES = "07_find_the_mistake"
SUMMARY = re.compile(r"^\d+ relations?: .*$", re.MULTILINE)
SIZE = 300_000

# The claims at least that each notebook ends with proved, and those that may only hold.
PROVED = {
    "01_is_my_gradient_right": (3, 0),
    "02_why_is_the_gradient_of_a_determinant": (20, 23),
    "03_em_for_gaussian_mixtures": (27, 0),
    "04_the_notes_graded": (9, 0),
    "05_from_derivation_to_numpy": (3, 0),
    "06_beyond_mixtures": (10, 0),
    "08_add_a_rule": (2, 1),
}

# What solves the exercises: what stands in a cell, and what has to stand there.
SOLUTIONS = (
    (r"\|x\|^2 = x$$", r"\|x\|^2 = 2 x$$"),
    (r"\operatorname{tr}(A X B) = A B", r"\operatorname{tr}(A X B) = A^\top B^\top"),
    (r"2 A X A^\top", r"2 A^\top A X"),
    (r"\log |\det X| = \square", r"\log |\det X| = X^{-\top}"),
    (r"a^\top S^{-1} a = \square", r"a^\top S^{-1} a = -S^{-1} a a^\top S^{-1}"),
    (r"a^\top S^{-1} a \right) = \square", r"a^\top S^{-1} a \right) = S^{-1} - S^{-1} a a^\top S^{-1}"),
    (r"-\frac{1}{2} \ln 2\pi", r"-\frac{D}{2} \ln 2\pi"),
    (r"\ln \mathcal{N}(x \mid \mu, \Sigma) = -\Sigma^{-1}", r"\ln \mathcal{N}(x \mid \mu, \Sigma) = \Sigma^{-1}"),
    (r"-(x - \mu)^\top \Sigma^{-2} (x - \mu)", r"-\Sigma^{-1} (x - \mu) (x - \mu)^\top \Sigma^{-1}"),
    (r"\partial p_k} = \square", r"\partial p_k} = \frac{c_k}{p_k} + \lambda"),
    (r"\lambda = \sum_{k=1}^K c_k", r"\lambda = -\sum_{k=1}^K c_k"),
    (r"p_k = \square", r"p_k = \frac{c_k}{\sum_{j=1}^K c_j}"),
    (r"\partial \pi_k} = \sum_{n=1}^N r_{nk}", r"\partial \pi_k} = \frac{1}{\pi_k} \sum_{n=1}^N r_{nk}"),
    (r"\partial \mu_k} = \square", r"\partial \mu_k} = \sum_{n=1}^N r_{nk} \Sigma_k^{-1} (x_n - \mu_k)"),
)


def stored(stem):
    return nbformat.read(FOLDER / f"{stem}.ipynb", as_version=4)


@cache
def run(stem):
    """Return the notebook executed now."""
    return executed(unexecuted(SOURCES / f"{stem}.md"), f"{stem}.ipynb")


def texts(book):
    """Return what each code cell prints and shows as text; pictures and pages are left out."""
    found = []
    for cell in book.cells:
        if cell.cell_type == "code":
            shown = [output.get("text") or output["data"].get("text/plain", "") for output in cell.outputs]
            found.append([text for text in shown if not text.startswith("<Figure")])
    return found


def last_summary(book):
    (text,) = SUMMARY.findall("\n".join(texts(book)[-1]))[-1:]
    return text


def count(summary, word):
    found = re.search(rf"(\d+) {word}", summary)
    return int(found[1]) if found else 0


def speed(stem):
    return pytest.param(stem, marks=() if stem in QUICK else pytest.mark.slow)


def test_there_are_eight_and_each_is_stored():
    assert len(STEMS) == 8
    assert sorted(path.stem for path in FOLDER.glob("*.ipynb")) == STEMS == sorted({*PROVED, EXERCISES})


@pytest.mark.parametrize("stem", STEMS)
def test_what_is_stored_is_the_source_executed_in_order(stem):
    book = stored(stem)
    cells = cells_of((SOURCES / f"{stem}.md").read_text(encoding="utf-8"))
    assert [(cell.cell_type, cell.source, cell.id) for cell in book.cells] == [
        (cell.cell_type, cell.source, cell.id) for cell in cells
    ]
    code = [cell for cell in book.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    assert not [output for cell in code for output in cell.outputs if output.output_type == "error"]
    assert all(cell.metadata == {} for cell in book.cells)
    assert (FOLDER / f"{stem}.ipynb").stat().st_size < SIZE


@pytest.mark.parametrize("stem", STEMS)
def test_each_says_what_will_be_and_what_was_learnt(stem):
    prose = [cell.source for cell in stored(stem).cells if cell.cell_type == "markdown"]
    assert prose[0].startswith(f"# {int(stem[:2])}. ") and "you learn" in prose[0].lower()
    assert "## What you have learnt" in prose[-1]


@pytest.mark.parametrize("stem", [speed(stem) for stem in STEMS])
def test_it_runs_from_a_clean_kernel_and_shows_what_is_stored(stem):
    assert texts(run(stem)) == texts(stored(stem))


@pytest.mark.parametrize("stem", PROVED)
def test_it_ends_with_its_claims_proved(stem):
    summary = last_summary(stored(stem))
    proved, holding = PROVED[stem]
    assert count(summary, "proved") >= proved
    assert count(summary, "holds?") <= holding
    assert not re.search("refuted|malformed|conditional|undecided|unread", summary)


@pytest.mark.parametrize("stem", [speed(stem) for stem in PROVED])
def test_the_summary_is_that_of_the_stored_text(stem):
    """The last cell cannot say more than the lines of the notebook are worth when they are judged from outside."""
    report = derive.check_file(FOLDER / f"{stem}.ipynb", strict=True, timeout=30)
    assert report.ok
    assert report.summary == last_summary(stored(stem))


@pytest.mark.slow
def test_a_slip_in_a_text_does_not_pass():
    text = (FOLDER / "03_em_for_gaussian_mixtures.ipynb").read_text(encoding="utf-8")
    right = json.dumps(r"$$\lambda = -N$$")[1:-1]
    assert text.count(right) == 1
    report = derive.check(
        text.replace(right, right.replace("-", "")), name="em.ipynb", strict=True, timeout=30, repair=False
    )
    assert [each.lhs for each in report.wrong] == [r"\lambda"]


def scores(book):
    return {
        name: float(value) for name, value in re.findall(r"^(ex[a-z]+(?: \d)?) +(\d\.\d\d)$", texts(book)[-1][0], re.M)
    }


def test_the_exercises_are_not_solved():
    found = scores(stored(EXERCISES))
    assert found.pop("example") == 1.0
    assert len(found) == 6 and all(score < 1.0 for score in found.values())
    assert "not all solved yet" in texts(stored(EXERCISES))[-1][0]


def test_the_answers_are_not_given_away():
    text = (FOLDER / f"{EXERCISES}.ipynb").read_text(encoding="utf-8").partition("## More of a hint")[0]
    assert "repair:" not in text and "with the right side" not in text
    for _, answer in SOLUTIONS:
        assert json.dumps(answer)[1:-1] not in text


def test_the_exercises_can_be_solved(tmp_path):
    text = (SOURCES / f"{EXERCISES}.md").read_text(encoding="utf-8")
    for question, answer in SOLUTIONS:
        assert text.count(question) == 1, question
        text = text.replace(question, answer)
    solved = Path(tmp_path) / f"{EXERCISES}.md"
    solved.write_text(text, encoding="utf-8")
    book = executed(unexecuted(solved), f"{EXERCISES}.ipynb")
    assert set(scores(book).values()) == {1.0}
    assert "all solved" in texts(book)[-1][0] and "not all" not in texts(book)[-1][0]


@pytest.mark.slow
def test_a_question_copied_is_no_answer():
    text = (SOURCES / f"{EXERCISES}.md").read_text(encoding="utf-8")
    question = r"\frac{\partial}{\partial X} \log |\det X| = "
    assert text.count(question + r"\square") == 1
    cells = cells_of(text.replace(question + r"\square", question + question.removesuffix(" = ")))
    wanted = next(at for at, cell in enumerate(cells) if cell.source == 'grade("exercise 3", 3)')
    kept = [cells[1], cells[wanted - 1], cells[wanted]]
    book = executed(nbformat.v4.new_notebook(cells=kept), f"{EXERCISES}.ipynb")
    assert texts(book)[-1][-1] == "0.0"
