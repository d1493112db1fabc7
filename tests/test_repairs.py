"""Repairs of wrong lines, graded: machine-made mutants, hand-made mistakes, and the documents with planted mistakes.

A repair counts if the claim with the repair in place of its right side is answered `proved` or `holds`, if floating
point does not contradict it, and if it is not the left side once more. None that is offered may be false.

``python -m tests.test_repairs --list`` prints every miss: the mutated claim, the original right side, the answer.
"""

import argparse
import json
import sys
import time
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path

if __name__ == "__main__":
    # As a script: the modules beside this one, and the package of the checkout that this file stands in.
    sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent)]

import numeric_oracle as oracle
import pytest
from repair_mutants import REPAIRS, edited, edits, mutants, sides

from derive import checking, pool
from derive.containers import read_text
from derive.judging import judge_nodes
from derive.relations import chains
from derive.source import Excerpt
from derive.statement import Reading, parse_side
from derive.tokens import Unreadable
from derive.typed import Malformed

HERE = Path(__file__).parent
MISTAKES = HERE / "corpus" / "mistakes.jsonl"
DOCUMENTS = HERE / "documents"
TRUE = {"proved", "holds"}
REJECTED = {"refuted", "malformed", "conditional"}
LEAST = {1: 0.95, 2: 0.90}
LEAST_DOCUMENTS = 0.8
SAMPLE = 50
"""How many mutants of one edit, and of two, are tried by the fast tests."""
LIMIT = 10.0
JOBS = 2


def records_of(path):
    """Return the records of a file of labelled lines."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


# -- one answer --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Grade:
    """What came of one wrong claim.

    ``outcome`` is ``"repaired"``, ``"none"`` (nothing offered), ``"false"`` (a repair that is not true), ``"empty"``
    (the left side once more) or ``"accepted"`` (the wrong claim was not rejected).
    """

    outcome: str
    answer: dict
    why: str = ""
    seconds: float = 0.0


def worst(answer):
    """Return the relation of an answer that is wrong: the answer itself unless the claim is a chain."""
    return max(
        answer.get("relations", [answer]),
        key=lambda one: (one["verdict"] in ("refuted", "malformed"), one["verdict"] == "conditional"),
    )


def repaired_claim(record, repair):
    """Return the claim with a repair in place: a right side, or a whole relation whose right side is taken."""
    *_, left, _ = sides(record["claim"])
    whole = sides(repair)
    return (left, whole[-1]) if len(whole) == 1 or bare(whole[-2]) == bare(left) else (whole[-2], whole[-1])


def bare(text):
    """Return LaTeX without spaces and without brackets around all of it."""
    return "".join(text.replace("\\,", "").replace("\\left", "").replace("\\right", "").split())


def truth(record, claim):
    """Return why a claim is not true; nothing where it is proved or holds, and floating point agrees or is silent."""
    record = {**record, "claim": claim}
    verdict = checking.check_record(oracle.public(record), checking.Options(repair=False))["verdict"]
    if verdict not in TRUE:
        return f"judged {verdict}"
    try:
        if oracle.confirms(record, points=3) is False:
            return "false in floating point"
    except (oracle.Unsupported, Unreadable, Malformed):
        pass
    return ""


def grade(record):
    """Answer a wrong claim, and judge the repair that is offered."""
    start = time.perf_counter()
    answers = list(checking.record_answers(oracle.public(record), checking.Options()))
    seconds = time.perf_counter() - start
    said = [answer["verdict"] for answer in answers]
    if len(set(said)) > 1:
        return Grade("false", worst(answers[-1]), f"the repair changed the verdict: {said}", seconds)
    return graded(record, answers[-1], seconds)


def graded(record, answer, seconds=0.0):
    """Judge the repair of an answer."""
    said = worst(answer)
    if said["verdict"] not in REJECTED and said["repair"] is None:
        return Grade("none" if said["verdict"] == "unread" else "accepted", said, seconds=seconds)
    if said["repair"] is None:
        return Grade("none", said, seconds=seconds)
    left, right = repaired_claim(record, said["repair"])
    if said["repair_verdict"] not in TRUE:
        return Grade("false", said, f"offered as {said['repair_verdict']}", seconds)
    why = truth(record, f"{left} = {right}")
    if why:
        return Grade("false", said, why, seconds)
    if bare(left) == bare(right):
        return Grade("empty", said, "the left side once more", seconds)
    # Only right sides are wrong in mutants; a relation with another left side has to mend the right one as well.
    *_, written, _ = sides(record["claim"])
    if bare(left) != bare(written) and "original" in record and truth(record, f"{written} = {right}"):
        return Grade("none", said, "another left side", seconds)
    return Grade("repaired", said, seconds=seconds)


def grades(records, jobs=JOBS):
    """Return the grades of wrong claims, in order, computed in worker processes."""

    def late(index, seconds):
        return Grade("none", checking.late_record(oracle.public(records[index]), seconds), "time ran out", seconds)

    return list(pool.run(len(records), lambda index: grade(records[index]), late, timeout=2 * LIMIT, jobs=jobs))


def described(record, found):
    """Return the lines that show a miss."""
    said = found.answer
    lines = [
        f"{found.outcome}: {record['id']} ({', '.join(record.get('edits', [record.get('kind', '')]))}) {found.why}",
        f"    claim     {record['claim']}",
        f"    original  {record.get('original', record.get('fix'))}",
        f"    answered  {said['verdict']} {said['code']} in {found.seconds:.2f} s: {said['message']}",
    ]
    lines += [f"    condition {said['condition']}"] if said["condition"] else []
    lines += [f"    repair    {said['repair']} ({said['repair_verdict']})"] if said["repair"] else []
    return "\n".join(lines)


def assert_no_false_repair(records, found):
    """Check that no repair was offered that is not true."""
    wrong = [described(r, g) for r, g in zip(records, found, strict=True) if g.outcome in ("false", "empty")]
    assert not wrong, "\n".join(wrong)


def assert_share_repaired(records, found, least):
    """Check that at least a share was repaired."""
    misses = [described(r, g) for r, g in zip(records, found, strict=True) if g.outcome != "repaired"]
    share = 1 - len(misses) / len(records)
    assert share >= least, f"{share:.1%} of {len(records)} repaired\n" + "\n".join(misses)


# -- mutants -----------------------------------------------------------------------------------------------------


def of_edits(number, records=None):
    """Return the mutants made by a number of edits."""
    return [record for record in records or records_of(REPAIRS) if len(record["edits"]) == number]


def spread(records, count):
    """Return some records, evenly spaced: the file goes round the topics."""
    step = len(records) / count
    return [records[int(i * step)] for i in range(min(count, len(records)))]


@pytest.mark.parametrize("number", sorted(LEAST))
def test_a_sample_of_mutants_is_repaired(number):
    chosen = spread(of_edits(number), SAMPLE)
    found = grades(chosen)
    assert_no_false_repair(chosen, found)
    assert_share_repaired(chosen, found, LEAST[number])


@pytest.mark.slow
@pytest.mark.parametrize("number", sorted(LEAST))
def test_all_mutants_are_repaired(number):
    chosen = of_edits(number)
    found = grades(chosen)
    assert_no_false_repair(chosen, found)
    assert_share_repaired(chosen, found, LEAST[number])


def test_the_mutants_are_many_and_different():
    records = records_of(REPAIRS)
    assert len({(record["claim"], *record["declare"]) for record in records}) == len(records)
    assert all(len(of_edits(number, records)) >= 280 for number in LEAST)
    kinds = Counter(kind for record in records for kind in record["edits"])
    assert len(kinds) == 10 and min(kinds.values()) >= 30
    assert len({record["topic"] for record in records}) >= 30


def test_a_sample_of_mutants_is_false_and_its_original_true():
    for record in spread(records_of(REPAIRS), 30):
        left = sides(record["claim"])[-2]
        assert truth(record, record["claim"]), record["id"]
        assert not truth(record, f"{left} = {record['original']}"), record["id"]


@pytest.mark.slow
def test_the_mutants_can_be_made_again():
    assert [json.dumps(record) for record in mutants()] == REPAIRS.read_text(encoding="utf-8").splitlines()


# -- hand-made mistakes ------------------------------------------------------------------------------------------

LABELS = {"false": "refuted", "ill-typed": "malformed", "conditional": "conditional", "unread": "unread"}
LEAST_MISTAKES = 0.9


def mistakes(garbled=False):
    """Return the mistakes that are understood, or the garbled lines that are not."""
    return [record for record in records_of(MISTAKES) if (record["expect"] == "unread") is garbled]


def test_mistakes_are_false_and_their_fixes_true():
    wrong = []
    for record in records_of(MISTAKES):
        verdict = checking.check_record(oracle.public(record), checking.Options(repair=False))["verdict"]
        left, right = repaired_claim(record, record["fix"])
        if verdict in TRUE or truth(record, f"{left} = {right}"):
            wrong.append(record["id"])
        if record["expect"] in ("false", "conditional") and oracle.confirms(record, points=3) is not False:
            wrong.append(record["id"])
        # A line that is not understood may be understood one day.
        if record["expect"] != "unread" and verdict != LABELS[record["expect"]]:
            wrong.append(record["id"])
    assert wrong == []


def test_mistakes_are_repaired():
    records = mistakes()
    found = grades(records)
    assert_no_false_repair(records, found)
    assert_share_repaired(records, found, LEAST_MISTAKES)


def test_garbled_lines_are_answered_with_the_reading_that_is_true():
    records = mistakes(garbled=True)
    found = grades(records)
    assert_no_false_repair(records, found)
    assert_share_repaired(records, found, LEAST_MISTAKES)


# -- documents ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Planted:
    """A planted mistake: where it stands, its key, what was answered and what that is worth."""

    place: str
    entry: dict
    outcome: str
    answer: dict
    seconds: float = 0.0


@dataclass(frozen=True)
class Scene:
    """A relation of a document in which equations can be judged."""

    item: object
    macros: dict
    options: checking.Options

    def judged(self, left, right):
        """Return the verdict on an equation at this place."""
        options = self.options
        reading = Reading("numerator" if options.layout == "infer" else options.layout, options.symmetric_derivative)
        try:
            (chain,) = chains(Excerpt.of(f"{left} = {right}"), self.macros)
            nodes = [parse_side(side, self.item.scope, chain.signs[0].span) for side in chain.sides]
            if left is self.item.lhs and self.item.left is not None:
                nodes[0] = self.item.left
            judgement, _ = judge_nodes(*nodes, self.item.scope, reading, options.layout == "infer", options)
        except (Unreadable, Malformed, AttributeError, ValueError) as problem:
            return f"{type(problem).__name__}: {problem}"
        return judgement.verdict.value

    def outcome(self, answer, fix):
        """Return what a repair is worth beside the fix of a key; each is a right side or a whole relation."""
        if answer["verdict"] not in REJECTED:
            return "accepted"
        if answer["repair"] is None:
            return "none"
        written = self.item.lhs
        (left, right), (left_fixed, right_fixed) = (
            (written, found[0]) if len(found := sides(text)) == 1 else found[-2:]
            for text in (answer["repair"], fix or answer["repair"])
        )
        if answer["repair_verdict"] not in TRUE or self.judged(left, right) not in TRUE:
            return "false"
        if bare(left) == bare(right):
            return "empty"
        same = self.judged(right, right_fixed) in TRUE
        # A left side that is not understood has to change, whatever the key writes on the right.
        is_read = self.judged(written, written) in TRUE or len(sides(fix or "")) == 2
        same_left = not is_read or bare(left) == bare(left_fixed) or self.judged(left, left_fixed) in TRUE
        return "repaired" if same and same_left else "different"


STEMS = sorted(path.name.removesuffix(".key.json") for path in DOCUMENTS.glob("*.key.json"))
WRONG = ("wrong", "ill-typed", "conditional")


def keys():
    """Return the stems of documents with the entries of their planted mistakes."""
    return [
        (stem, entry)
        for stem in STEMS
        for entry in json.loads((DOCUMENTS / f"{stem}.key.json").read_text(encoding="utf-8"))
        if entry["expect"] in WRONG
    ]


def place(entry):
    """Return the place of an entry of a key."""
    return (entry.get("cell"), entry["line"], entry["relation"])


@cache
def read(stem):
    """Return a document that was read, its macros, and the positions of its relations by place."""
    (path,) = [each for end in (".md", ".tex", ".ipynb", ".txt") if (each := DOCUMENTS / (stem + end)).exists()]
    beside = DOCUMENTS / f"{stem}.preamble.md"
    document = read_text(path.name, path.read_text(encoding="utf-8"))
    preamble = read_text("preamble.md", beside.read_text(encoding="utf-8")) if beside.exists() else None
    reader = checking.read_relations(document, preamble, checking.Options())
    macros = {**(preamble.macros if preamble else {}), **document.macros}
    return reader, macros, {(cell, line, relation): at for at, (cell, line, _, relation) in enumerate(reader.places)}


def planted(stem, entry):
    """Return a planted mistake with what came of it.

    A repair is equal to the fix of the key if the claim ``repair = fix`` holds at the place of the mistake.
    """
    reader, macros, places = read(stem)
    at = places[place(entry)]
    start = time.perf_counter()
    answers = [report.to_json() for report in checking.relation_answers(reader, at)]
    seconds = time.perf_counter() - start
    scene = Scene(reader.relations[at], macros, reader.options)
    same = answers[0]["verdict"] == answers[-1]["verdict"]
    outcome = scene.outcome(answers[-1], entry.get("fix")) if same else "false"
    return Planted(named(stem, entry), entry, outcome, answers[-1], seconds)


def named(stem, entry):
    """Return the name of a place."""
    return ":".join(str(part) for part in (stem, *place(entry)) if part is not None)


@cache
def all_planted():
    """Return the planted mistakes of all documents."""
    entries = keys()
    for stem in STEMS:
        read(stem)

    def late(index, seconds):
        stem, entry = entries[index]
        return Planted(named(stem, entry), entry, "late", {})

    return list(pool.run(len(entries), lambda index: planted(*entries[index]), late, timeout=3 * LIMIT, jobs=JOBS))


def test_planted_mistakes_are_repaired_as_in_the_keys_and_no_repair_is_false():
    planted = all_planted()
    false = [described_planted(one) for one in planted if one.outcome in ("false", "empty")]
    assert not false, "\n".join(false)
    found = [one for one in planted if one.entry["expect"] == "wrong"]
    assert len(found) >= 30
    misses = [described_planted(one) for one in found if one.outcome != "repaired"]
    share = 1 - len(misses) / len(found)
    assert share >= LEAST_DOCUMENTS, f"{share:.1%} of {len(found)} repaired\n" + "\n".join(misses)


def described_planted(one):
    """Return the lines that show what came of a planted mistake."""
    said = one.answer
    lines = [f"{one.outcome}: {one.place} ({one.entry.get('why')}), {one.seconds:.2f} s"]
    if said:
        lines += [
            f"    written   {said['lhs']} = {said['rhs']}",
            f"    fix       {one.entry.get('fix')}",
            f"    answered  {said['verdict']} {said['code']}: {said['message']}",
        ]
        lines += [f"    condition {said['condition']}"] if said["condition"] else []
        lines += [f"    repair    {said['repair']} ({said['repair_verdict']})"] if said["repair"] else []
    return "\n".join(lines)


# -- the tests of this test --------------------------------------------------------------------------------------

LINE = {
    "id": "x",
    "declare": ["A \\in \\mathbb{R}^{n \\times n}", "B \\in \\mathbb{R}^{n \\times n}"],
    "claim": "(A B)^\\top = A^\\top B^\\top",
    "original": "B^\\top A^\\top",
}


def said(repair, verdict="proved", said="refuted"):
    """Return an answer with a repair."""
    return {"verdict": said, "code": None, "message": None, "condition": None} | {
        "repair": repair,
        "repair_verdict": verdict if repair else None,
    }


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (said("B^\\top A^\\top"), "repaired"),
        (said("(A B)^\\top = B^\\top A^\\top"), "repaired"),
        (said(None), "none"),
        (said("B^\\top A"), "false"),
        (said("A^\\top B^\\top"), "false"),
        (said("B^\\top A^\\top", verdict="refuted"), "false"),
        (said("B^\\top +"), "false"),
        (said("(AB)^\\top"), "empty"),
        (said("\\left( AB \\right)^\\top"), "empty"),
        (said("(B A)^\\top = A^\\top B^\\top"), "none"),
        (said("(B A)^\\top = (BA)^\\top"), "empty"),
        (said(None, said="proved"), "accepted"),
    ],
)
def test_grades(answer, outcome):
    found = graded(LINE, answer)
    assert found.outcome == outcome
    if outcome in ("false", "empty"):
        with pytest.raises(AssertionError, match=outcome):
            assert_no_false_repair([LINE], [found])
    if outcome != "repaired":
        with pytest.raises(AssertionError, match=r"^0\.0% of 1 "):
            assert_share_repaired([LINE], [found], 0.5)


def test_a_true_repair_is_confirmed_by_floating_point(monkeypatch):
    monkeypatch.setattr(checking, "check_record", lambda line, options: {"verdict": "proved"})
    assert graded(LINE, said("A^\\top B^\\top")).why == "false in floating point"


def test_a_fix_is_graded_as_a_repair():
    for record in [*spread(records_of(REPAIRS), 20), *spread(records_of(MISTAKES), 20)]:
        found = graded(record, said(record.get("original") or record["fix"]))
        assert found.outcome == "repaired", (record["id"], found.why)


@pytest.mark.parametrize(
    ("right", "kind", "texts"),
    [
        ("-A + B", "sign", {"A + B", "-A - B"}),
        ("A^\\top", "transpose", {"A"}),
        ("A B^{-1}", "order", {"B^{-1} A "}),
        ("A^{-1}", "inverse", {"A"}),
        ("2 A", "factor", {" A", "2 2 A", "\\frac{1}{2} 2 A"}),
        ("A", "symbol", {"B"}),
        ("A^2", "exponent", {"A", "A^3"}),
    ],
)
def test_edits(right, kind, texts):
    assert {edited(right, [edit]) for edit in edits(right, LINE) if edit.kind == kind} == texts


# -- the tool ----------------------------------------------------------------------------------------------------


def main(arguments=None):
    """Print shares, and every miss where it is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--list", action="store_true", help="print every miss")
    parser.add_argument("--all", action="store_true", help="with --list: print what was repaired, too")
    parser.add_argument("--edits", type=int, choices=[1, 2], help="only mutants made by so many edits")
    parser.add_argument("--kind", help="only mutants with an edit of this kind")
    parser.add_argument("--id", help="only records whose id starts like this")
    parser.add_argument("--sample", type=int, help="so many mutants of each number of edits, evenly spaced")
    parser.add_argument("--mistakes", action="store_true", help="the hand-made mistakes instead of the mutants")
    parser.add_argument("--documents", action="store_true", help="the planted mistakes of the documents instead")
    parser.add_argument("--jobs", type=int, default=JOBS)
    options = parser.parse_args(arguments)
    if options.documents:
        return list_planted(options)
    for name, records in chosen(options):
        start = time.perf_counter()
        found = grades(records, options.jobs)
        seconds = time.perf_counter() - start
        for record, one in zip(records, found, strict=True):
            if options.list and (options.all or one.outcome != "repaired"):
                print(described(record, one))
        summary(name, records, found, seconds)


def chosen(options):
    """Yield the names and records of the sets to grade."""
    if options.mistakes:
        sets = [("mistakes", mistakes()), ("garbled lines", mistakes(garbled=True))]
    else:
        sets = [(f"{number} edit{'s' * (number > 1)}", of_edits(number)) for number in (1, 2)]
        sets = [pair for pair in sets if options.edits in (None, int(pair[0][0]))]
    for name, records in sets:
        records = [record for record in records if record["id"].startswith(options.id or "")]
        records = [r for r in records if options.kind in (None, *r.get("edits", [r.get("kind")]))]
        if records:
            yield name, spread(records, options.sample) if options.sample else records


def summary(name, records, found, seconds):
    """Print how many were repaired, by outcome, by kind of edit and by verdict, with the times of the answers."""
    outcomes = Counter(one.outcome for one in found)
    times = sorted(one.seconds for one in found)
    print(f"{name}: {outcomes['repaired']} of {len(found)} repaired ({outcomes['repaired'] / len(found):.1%}), "
          f"{', '.join(f'{count} {what}' for what, count in outcomes.most_common())}; {seconds:.1f} s; "
          f"an answer: median {1000 * times[len(times) // 2]:.0f} ms, "
          f"p90 {1000 * times[int(0.9 * len(times))]:.0f} ms, most {times[-1]:.1f} s")  # fmt: skip
    for what, of in (
        ("kind", lambda record, one: record.get("edits", [record.get("kind")])),
        ("verdict", lambda record, one: [one.answer["verdict"]]),
        ("code", lambda record, one: [str(one.answer["code"])]),
    ):
        all_of_it, good = Counter(), Counter()
        for record, one in zip(records, found, strict=True):
            for key in set(of(record, one)):
                all_of_it[key] += 1
                good[key] += one.outcome == "repaired"
        print(f"  by {what}: " + ", ".join(f"{key} {good[key]}/{all_of_it[key]}" for key in sorted(all_of_it)))


def list_planted(options):
    """Print what came of the planted mistakes of the documents."""
    for label in WRONG:
        found = [one for one in all_planted() if one.entry["expect"] == label]
        for one in found:
            if options.list and (options.all or one.outcome != "repaired"):
                print(described_planted(one))
        outcomes = Counter(one.outcome for one in found)
        print(f"{label}: {outcomes['repaired']} of {len(found)} repaired; {dict(outcomes)}")


if __name__ == "__main__":
    main()
