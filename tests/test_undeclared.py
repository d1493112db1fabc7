"""What is answered without declarations never contradicts what is answered with them."""

import json
import re
from functools import cache
from pathlib import Path

import pytest
from grading import assert_sound
from undeclared import answers, contradict, stripped, verdict

from derive import checking
from derive.containers import read_text
from derive.infer import inferred

HERE = Path(__file__).parent
CASES = [json.loads(line) for line in (HERE / "corpus" / "undeclared.jsonl").read_text(encoding="utf-8").splitlines()]
NAMES = [case["name"] for case in CASES]
DOCUMENTS = {
    path.name: path for path in sorted((HERE / "documents").iterdir()) if path.suffix in {".md", ".tex", ".txt"}
}
DOCUMENTS = {name: path for name, path in DOCUMENTS.items() if "README" not in name and "preamble" not in name}
FAST = ("12_jacobi_gp.md", "portfolio_kalman.md")
SLOW = [name for name in DOCUMENTS if name not in FAST]
SAME = {"holds": "proved", "malformed": "refuted"}
"""Verdicts that say the same of a relation: it is right, it is wrong."""

UNDECLARED = "$$\\zeta^\\top \\Upsilon \\zeta = \\zeta^\\top \\Upsilon^\\top \\zeta$$"


def verdicts(found):
    return {place: report.judgement.verdict.value for place, report in found.items()}


@cache
def both(at):
    """Return the verdicts of a case with its declarations and without them."""
    case = CASES[at]
    declared = answers("text.md", case["text"], case["declared"], infer=False)
    return verdicts(declared), verdicts(answers("text.md", case["text"]))


def share(pairs):
    """Return the share of pairs that say the same."""
    return sum(SAME.get(one, one) == SAME.get(other, other) for one, other in pairs) / len(pairs)


def test_the_corpus_has_enough_documents_of_both_kinds():
    labels = [label for case in CASES for label in case["expect"]]
    assert len(CASES) >= 60
    assert len(set(NAMES)) == len(NAMES)
    assert labels.count("right") >= 60 and labels.count("wrong") >= 60


CHOSEN = [
    at if at < 20 or case["attack"] else pytest.param(at, marks=pytest.mark.slow) for at, case in enumerate(CASES)
]


@pytest.mark.parametrize("at", CHOSEN, ids=NAMES)
def test_nothing_wrong_is_accepted_and_nothing_right_refuted(at):
    case = CASES[at]
    for found in both(at):
        assert len(found) == len(case["expect"])
        assert_sound(
            [
                (f"{case['name']}:{line}", label, verdict, "")
                for ((_, line, _), verdict), label in zip(found.items(), case["expect"], strict=True)
            ]
        )


@pytest.mark.parametrize(("attacks", "least"), [pytest.param(False, 0.85, marks=pytest.mark.slow), (True, 0.7)])
def test_declarations_never_turn_right_into_wrong(attacks, least):
    """Attacks are documents made to mislead, where the most that can be hoped for is that nothing is decided."""
    pairs = [
        (case["name"], place, declared, undeclared[place])
        for at, case in enumerate(CASES)
        if case["attack"] == attacks
        for declared_by_place, undeclared in [both(at)]
        for place, declared in declared_by_place.items()
    ]
    assert [pair for pair in pairs if contradict(*pair[2:])] == []
    assert share([pair[2:] for pair in pairs]) >= least


# -- whole documents ---------------------------------------------------------------------------------------------------


def source(name):
    path = DOCUMENTS[name]
    preamble = path.with_name(f"{path.stem}.preamble.md")
    return path.read_text(encoding="utf-8"), preamble.read_text(encoding="utf-8") if preamble.exists() else None


def compare_stripped(name):
    text, _ = source(name)
    declared, undeclared = verdicts(answers(name, text, infer=False)), verdicts(answers(name, stripped(text)))
    assert declared.keys() == undeclared.keys()
    assert [place for place in declared if contradict(declared[place], undeclared[place])] == []
    return [(declared[place], undeclared[place]) for place in declared]


def test_stripping_leaves_no_declaration():
    for name in DOCUMENTS:
        if (text := source(name)[0]) != stripped(text):
            assert not re.search(r"\\in\s*\\mathbb", stripped(text)), name


@pytest.mark.parametrize("name", FAST)
def test_a_document_without_its_declarations_is_not_contradicted(name):
    assert len(compare_stripped(name)) >= 10


@pytest.mark.slow
def test_most_verdicts_need_no_declarations():
    pairs = [pair for name in DOCUMENTS if name != "seed_notes.txt" for pair in compare_stripped(name)]
    assert share(pairs) >= 0.85


def with_line(name, text):
    """Return a document with one more line, of symbols that nothing declares."""
    if name.endswith(".tex"):
        return text.replace("\\end{document}", f"\n\n{UNDECLARED}\n\n\\end{{document}}")
    return f"{text}\n\n{UNDECLARED}\n"


@pytest.mark.parametrize("name", DOCUMENTS)
def test_what_is_declared_is_read_as_if_nothing_was_inferred(name):
    """The items are the same, and with them the verdicts; `test_declared_lines_keep_their_verdicts` compares those."""
    text, preamble = source(name)
    document = read_text(name, with_line(name, text))
    first = read_text("preamble.md", preamble) if preamble is not None else None
    plain, found = (
        checking.read_relations(document, first, checking.Options(infer=infer)).relations for infer in (False, True)
    )
    assert len(plain) == len(found)
    *declared, last = zip(plain, found, strict=True)
    for one, other in declared:
        assert (one.role, one.lhs, one.rhs, one.scope, one.guessed) == (
            other.role,
            other.lhs,
            other.rhs,
            other.scope,
            other.guessed,
        )
    assert last[0].guessed == frozenset() and {"\\zeta", "\\Upsilon"} <= last[1].guessed


@pytest.mark.slow
@pytest.mark.parametrize("name", DOCUMENTS)
def test_declared_lines_keep_their_verdicts(name):
    text, preamble = source(name)
    before = verdicts(answers(name, text, preamble, infer=False))
    after = verdicts(answers(name, with_line(name, text), preamble))
    assert {place: after[place] for place in before} == before


def round_trip(name, text):
    """Return the verdicts of a text, and those it has with what was inferred given back as a preamble."""
    found = inferred(read_text(name, text), None, checking.Options())
    return verdicts(answers(name, text)), verdicts(answers(name, text, found.text(), infer=False))


def assert_round_trip(name, text):
    """What is declared is no guess any more: what is undecided because of guesses may be decided then."""
    guessed, declared = round_trip(name, text)
    assert guessed.keys() == declared.keys()
    changed = {place: (guessed[place], declared[place]) for place in guessed if guessed[place] != declared[place]}
    assert [pair for pair in changed.values() if pair[0] != "undecided" and contradict(*pair)] == []
    return changed


@pytest.mark.parametrize("name", FAST)
def test_what_declare_prints_gives_the_same_verdicts(name):
    changed = assert_round_trip(name, stripped(source(name)[0]))
    assert all(before in {"undecided", "conditional"} for before, _ in changed.values()), changed


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in SLOW if name != "seed_notes.txt"])
def test_what_declare_prints_gives_the_same_verdicts_in_all_documents(name):
    changed = assert_round_trip(name, stripped(source(name)[0]))
    assert all(before in {"undecided", "conditional"} for before, _ in changed.values()), changed


@pytest.mark.parametrize("body", ["\\log p(y, \\beta)", "L", "\\log L", "\\log p(\\beta)"])
def test_a_function_of_which_nothing_is_known_may_depend_on_anything(body):
    start = "Let $p(y|\\beta)$ be a density and $L$ a likelihood, and $X$ an $n \\times m$ matrix."
    text = f"{start} $$\\frac{{\\partial {body}}}{{\\partial \\beta}} = X^T (y - X \\beta)$$"
    assert verdict(text) in ("undecided", "unread")
    assert verdict("$$\\frac{\\partial (x^T A x)}{\\partial \\beta} = \\beta$$") == "malformed"


def test_a_number_to_the_t_is_no_transpose_where_t_is_a_number():
    start = "$$R = \\sum_{t=1}^T \\gamma^t r_t$$"
    assert verdict(f"{start} $$\\gamma^T \\gamma = \\gamma^2$$") == "unread"
    assert verdict("$$S = \\sum_{t=1}^T x_t x_t^T$$ $$\\mathrm{tr}(S) = \\sum_{t=1}^T x_t^T x_t$$") == "proved"
