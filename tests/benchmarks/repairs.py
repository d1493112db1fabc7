"""Times of repairs: ``python -m tests.benchmarks.repairs``.

Three tables: milliseconds from the verdict to the repair, for mutants by one edit and by two; the whole answer to such
a claim; and a whole process that judges a generated document of 30 relations, 10 of which are wrong.
"""

import json
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

from derive import checking
from derive.options import Options

ROOT = Path(__file__).parent.parent.parent
REPAIRS = ROOT / "tests" / "corpus" / "repairs.jsonl"
PUBLIC = ("id", "declare", "given", "claim", "layout", "symmetric_derivative", "dims")
MUTANTS = 150
"""How many mutants of one edit, and of two, are timed."""
RUNS = 5
WRONG = 10
TARGETS = {1: 100, "document": 3.0}

DECLARATIONS = r"""# Thirty lines

Let $A \in \mathbb{R}^{n \times n}$, $B \in \mathbb{R}^{n \times n}$, $X \in \mathbb{R}^{m \times n}$,
$Y \in \mathbb{R}^{m \times n}$, $y \in \mathbb{R}^m$, $w \in \mathbb{R}^n$, $v \in \mathbb{R}^n$,
$\Sigma \in \mathbb{S}_{++}^n$, $S \in \mathbb{S}^n$ and $\lambda \in \mathbb{R}_{>0}$.
The data are $x_i \in \mathbb{R}^n$ for $i = 1, \dots, N$, with weights
$r_i \in \mathbb{R}_{>0}$, and $c \in \mathbb{R}^n$.
"""
# The left side, the right side, and a wrong right side where the line is to be wrong.
LINES = [
    (r"(A B)^\top", r"B^\top A^\top", r"A^\top B^\top"),
    (r"\nabla_w \|y - X w\|^2", r"-2 X^\top (y - X w)", r"2 X^\top (y - X w)"),
    (r"\frac{\partial}{\partial \Sigma} \ln |\Sigma|", r"\Sigma^{-1}", r"\Sigma"),
    (r"\nabla_w w^\top A w", r"(A + A^\top) w", r"(A + A) w"),
    (r"\frac{\partial}{\partial A} \operatorname{tr}(A B)", r"B^\top", "B"),
    (r"\nabla_w \left( \|y - X w\|^2 + \lambda w^\top w \right)",
     r"-2 X^\top (y - X w) + 2 \lambda w", r"-2 X^\top (y - X w) + \lambda w"),
    (r"\frac{\partial}{\partial c} \sum_{i=1}^N r_i (x_i - c)^\top \Sigma^{-1} (x_i - c)",
     r"-2 \sum_{i=1}^N r_i \Sigma^{-1} (x_i - c)", r"-2 \sum_{i=1}^N r_i \Sigma (x_i - c)"),
    (r"\frac{\partial}{\partial \Sigma} c^\top \Sigma^{-1} c",
     r"-\Sigma^{-1} c c^\top \Sigma^{-1}", r"\Sigma^{-1} c c^\top \Sigma^{-1}"),
    (r"\frac{\partial}{\partial X} \|Y - X A\|_F^2", r"-2 (Y - X A) A^\top", r"-2 (Y - X A) A"),
    (r"\frac{\partial \det A}{\partial A}", r"\det(A) A^{-\top}", r"\det(A)^2 A^{-\top}"),
    (r"(A + B)^2", "A^2 + A B + B A + B^2", None),
    (r"(A B)^{-1}", "B^{-1} A^{-1}", None),
    (r"\operatorname{tr}(A B)", r"\operatorname{tr}(B A)", None),
    (r"\|w + v\|^2", r"\|w\|^2 + 2 w^\top v + \|v\|^2", None),
    (r"\det(A B)", r"\det(A) \det(B)", None),
    (r"(X^\top X + \lambda I)^{-1} X^\top", r"X^\top (X X^\top + \lambda I)^{-1}", None),
    (r"\ln |\Sigma^{-1}|", r"-\ln |\Sigma|", None),
    (r"\nabla_w v^\top w", "v", None),
    (r"\nabla_w w^\top S w", "2 S w", None),
    (r"\frac{\partial}{\partial X} \operatorname{tr}(X^\top Y)", "Y", None),
    (r"\sum_{i=1}^N (x_i - c)^\top (x_i - c)",
     r"\sum_{i=1}^N x_i^\top x_i - 2 c^\top \sum_{i=1}^N x_i + N c^\top c", None),
    (r"\operatorname{tr}(w v^\top)", r"v^\top w", None),
    (r"A^{-1} - B^{-1}", "A^{-1} (B - A) B^{-1}", None),
    (r"\det(\Sigma + w w^\top)", r"\det(\Sigma) (1 + w^\top \Sigma^{-1} w)", None),
    (r"(X^\top Y)^\top", r"Y^\top X", None),
    (r"w^\top A w", r"w^\top A^\top w", None),
    (r"\|X\|_F^2", r"\operatorname{tr}(X^\top X)", None),
    (r"\frac{\partial}{\partial A} v^\top A w", r"v w^\top", None),
    (r"\nabla_c \ln \sum_{i=1}^N r_i e^{x_i^\top c}",
     r"\frac{\sum_{i=1}^N r_i e^{x_i^\top c} x_i}{\sum_{i=1}^N r_i e^{x_i^\top c}}", None),
    (r"(I + A^{-1})^{-1}", "A (A + I)^{-1}", None),
]  # fmt: skip


def document(wrong=WRONG):
    """Return a document with one relation a display, the first ``wrong`` of them wrong and spread over it."""
    lines = [(left, right if at >= wrong else slip) for at, (left, right, slip) in enumerate(LINES)]
    order = sorted(range(len(lines)), key=lambda at: (at * 7) % len(lines))
    return DECLARATIONS + "".join(f"\n$$ {lines[at][0]} = {lines[at][1]} $$\n" for at in order)


# -- one claim ---------------------------------------------------------------------------------------------------


@contextmanager
def timed_search():
    """Measure the time spent in the search of repairs; the list that is yielded gets the seconds of every search."""
    seconds = []
    module = sys.modules.get("derive.repair.mend")
    search = getattr(module, "mend", None)
    if search is None:
        yield None
        return

    def timed(*arguments, **named):
        start = time.perf_counter()
        try:
            return search(*arguments, **named)
        finally:
            seconds.append(time.perf_counter() - start)

    holders = [each for name, each in sys.modules.items() if name.startswith("derive") and vars(each).get("mend")]
    holders = [each for each in holders if each.mend is search]
    for each in holders:
        each.mend = timed
    try:
        yield seconds
    finally:
        for each in holders:
            each.mend = search


def claims():
    """Print the times from the verdict to the repair, and of the whole answers."""
    records = [json.loads(line) for line in REPAIRS.read_text(encoding="utf-8").splitlines()]
    print(f"{'milliseconds':34}{'median':>9}{'p90':>9}{'most':>9}   repaired")
    for number in (1, 2):
        those = [record for record in records if len(record["edits"]) == number]
        those = those[:: max(1, len(those) // MUTANTS)]
        lines = [json.dumps({key: record[key] for key in PUBLIC if key in record}) for record in those]
        for line in lines[:10]:
            checking.check_record(line, Options())
        whole, searched, repaired = [], [], 0
        with timed_search() as seconds:
            for line in lines:
                if seconds is not None:
                    seconds.clear()
                start = time.perf_counter()
                answer = checking.check_record(line, Options())
                taken = time.perf_counter() - start
                found = [one for one in answer.get("relations", [answer]) if one["repair"] is not None]
                repaired += bool(found)
                whole.append(taken)
                if found and seconds:
                    searched.append(sum(seconds))
        edits, share = f"{number} edit{'s' * (number > 1)}", f"{repaired} of {len(lines)}"
        if searched:
            row(f"{edits}: verdict to repair", searched, share, TARGETS.get(number))
        row(f"{edits}: the whole answer", whole, share)
    print()


def row(name, seconds, note, target=None):
    """Print median, 90th percentile and largest of some times."""
    values = sorted(1000 * value for value in seconds)
    note += f"   (target: median < {target})" if target else ""
    print(f"{name:34}{statistics.median(values):9.1f}{values[int(0.9 * len(values))]:9.1f}{values[-1]:9.1f}   {note}")


# -- one document ------------------------------------------------------------------------------------------------


def whole_process():
    """Print the time of a process that judges the generated document, with its wrong lines and without."""
    print(f"{'a process, seconds':34}{'min':>9}{'median':>9}{'most':>9}   rejected, repaired")
    with tempfile.TemporaryDirectory() as folder:
        for wrong in (WRONG, 0):
            name = f"{len(LINES)} relations, {wrong} wrong"
            path = Path(folder) / f"notes-{wrong}.md"
            path.write_text(document(wrong), encoding="utf-8")
            command = [sys.executable, "-c", "from derive.cli import main; main()", "check", str(path), "--json"]
            times = []
            for _ in range(RUNS + 1):
                start = time.perf_counter()
                done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
                times.append(time.perf_counter() - start)
                assert done.returncode in (0, 1), done.stderr.decode()
            times = sorted(times[1:])
            relations = json.loads(done.stdout)["relations"]
            assert len(relations) == len(LINES)
            rejected = sum(one["verdict"] in ("refuted", "malformed", "conditional") for one in relations)
            repaired = sum(one["repair"] is not None for one in relations)
            note = f"   (target: < {TARGETS['document']:.0f} s)" if wrong else ""
            print(f"{name:34}{times[0]:9.2f}{statistics.median(times):9.2f}{times[-1]:9.2f}"
                  f"   {rejected}, {repaired}{note}")  # fmt: skip


def main():
    """Print the tables."""
    claims()
    whole_process()


if __name__ == "__main__":
    main()
