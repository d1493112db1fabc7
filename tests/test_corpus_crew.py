"""Workers that hang, die, fill the memory or fail at a document: one relation is lost, or one document."""

import os
import signal
import time
from dataclasses import replace

import pytest

from derive import checking as check
from derive.corpus import document
from derive.corpus.crew import judged
from derive.corpus.outcome import Outcome, Settings, Task, not_judged
from derive.options import Options

DECLARED = r"Let $A \in \mathbb{R}^{n \times n}$, $B \in \mathbb{R}^{n \times n}$."
THREE = DECLARED + "\n$$A + B = B + A$$\n$$(A B)^\\top = B^\\top A^\\top$$\n$$A + B = A$$\n"
VERDICTS = ["proved", "proved", "refuted"]
SETTINGS = Settings(Options(repair=False), timeout=0.7, reading=1.5)


def task(name="a.md", text=THREE):
    return Task(name, text.encode(), name)


def verdicts(outcome):
    return [each["verdict"] for each in outcome.report["relations"]]


def hang():
    while True:
        pass


def hang_deaf():
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGALRM, signal.SIGINT})
    hang()


def fill():
    raise MemoryError


def crash():
    os.kill(os.getpid(), signal.SIGSEGV)


def leave():
    os._exit(0)


@pytest.fixture
def at(monkeypatch):
    """Plant trouble at a relation of the documents with a name."""

    def plant(name, index, trouble):
        answers = document.relation_answers

        def troubled(reading, number):
            if number == index and reading.relations[number].excerpt.source.name == name:
                trouble()
            return answers(reading, number)

        monkeypatch.setattr(document, "relation_answers", troubled)

    return plant


@pytest.mark.parametrize(("trouble", "index"), [(hang, 0), (hang_deaf, 1), (fill, 2), (crash, 0), (leave, 2)])
def test_trouble_costs_one_relation(at, trouble, index):
    at("b.md", index, trouble)
    tasks = [task(), task("b.md"), task("c.md")]
    found = {task.name: outcome for task, outcome in judged(tasks, SETTINGS)}
    expected = [*VERDICTS]
    expected[index] = "undecided"
    assert verdicts(found["b.md"]) == expected and not found["b.md"].complete
    late = found["b.md"].report["relations"][index]
    assert late["code"] == "U601" and late["line"] == index + 2
    for name in ("a.md", "c.md"):
        assert verdicts(found[name]) == VERDICTS and found[name].complete


def test_trouble_at_every_relation(at):
    at("a.md", 0, crash)
    at("a.md", 1, hang)
    at("a.md", 2, crash)
    ((_, outcome),) = judged([task()], SETTINGS)
    assert verdicts(outcome) == ["undecided"] * 3 and not outcome.complete


def test_trouble_after_an_answer_keeps_it(monkeypatch):
    def troubled(reading, index):
        yield check.judge_relation(reading, index)
        if index == 2:
            hang()

    monkeypatch.setattr(document, "relation_answers", troubled)
    ((_, outcome),) = judged([task()], SETTINGS)
    assert verdicts(outcome) == VERDICTS and not outcome.complete
    assert outcome.report["relations"][2]["counterexample"] and outcome.report["relations"][2]["repair"] is None


@pytest.mark.parametrize(
    ("trouble", "place"),
    [(hang, "read_relations"), (crash, "read_relations"), (hang_deaf, "settle"), (fill, "settle"), (leave, "settle")],
)
def test_trouble_outside_relations_costs_one_document(monkeypatch, trouble, place):
    inner = getattr(document, place)

    def troubled(first, *others):
        items = first.relations if place == "settle" else []
        name = items[0].excerpt.source.name if items else first.name
        if name == "b.md":
            trouble()
        return inner(first, *others)

    monkeypatch.setattr(document, place, troubled)
    tasks = [task(), task("b.md"), task("c.md")]
    found = {task.name: outcome for task, outcome in judged(tasks, SETTINGS, 2)}
    sentence = "cannot read 'b.md': it was not read within the limit of 1.5 s or of memory"
    assert found["b.md"].error == sentence and not found["b.md"].complete
    assert verdicts(found["a.md"]) == verdicts(found["c.md"]) == VERDICTS


def test_worker_that_dies_while_it_is_idle_costs_nothing():
    def tasks():
        yield task()
        for pid in children():
            os.kill(pid, signal.SIGKILL)
        yield task("b.md")

    found = {task.name: outcome for task, outcome in judged(tasks(), SETTINGS)}
    assert verdicts(found["a.md"]) == verdicts(found["b.md"]) == VERDICTS and found["b.md"].complete


def children():
    path = f"/proc/{os.getpid()}/task/{os.getpid()}/children"
    if not os.path.exists(path):
        pytest.skip("needs /proc")
    with open(path) as file:
        return [int(word) for word in file.read().split()]


def test_internal_error_while_reading_costs_one_document(monkeypatch):
    def broken(*_):
        raise RecursionError("too deep")

    monkeypatch.setattr(document, "read_relations", broken)
    ((_, outcome),) = judged([task()], SETTINGS)
    assert outcome.error == "cannot read 'a.md': internal error: RecursionError: too deep"
    assert outcome.faults == ("internal error: RecursionError: too deep",) and not outcome.complete


def test_known_documents_go_through():
    known = Outcome(not_judged("known.md", "so it is", 0), "kept")
    found = list(judged([Task("known.md", known=known), task()], SETTINGS))
    assert [(each.name, outcome.origin) for each, outcome in found] == [("known.md", "kept"), ("a.md", "judged")]


def test_tasks_are_asked_for_when_they_are_needed():
    asked = []

    def tasks():
        for index in range(20):
            asked.append(index)
            yield task(f"{index}.md", DECLARED + "$$A + B = B + A$$")

    answers = judged(tasks(), SETTINGS, 2)
    next(answers)
    assert len(asked) <= 4
    answers.close()


def test_slow_listener_costs_no_relation_its_time():
    many = DECLARED + "\n$$A + B = B + A$$" * 40
    answers = judged([task("a.md", many), task("b.md", many), task("c.md", many)], replace(SETTINGS, timeout=1), 2)
    found = [next(answers)[1]]
    time.sleep(2.6)  # longer than any limit, and its grace
    found += [outcome for _, outcome in answers]
    assert all(verdicts(outcome) == ["proved"] * 40 and outcome.complete for outcome in found)


def test_fresh_workers_take_turns(monkeypatch):
    from derive.corpus import crew

    monkeypatch.setattr(crew, "TURNS", 2)
    tasks = [task(f"{index}.md", DECLARED + "$$A + B = B + A$$") for index in range(7)]
    assert [verdicts(outcome) for _, outcome in judged(tasks, SETTINGS)] == [["proved"]] * 7


def test_answers_do_not_depend_on_what_was_judged_before():
    fresh = [next(judged([each], SETTINGS))[1].report for each in (task(), task("b.md", THREE.replace("B", "C")))]
    together = [outcome.report for _, outcome in judged([task(), task("b.md", THREE.replace("B", "C"))], SETTINGS)]
    assert fresh == together
