"""Documents a run judges: ``python -m tests.benchmarks.corpus [--large] [--no-repair]``.

Relations a second on one core and on two, and the largest memory of the process that hands out documents and of its
workers, at 35 and 350 documents, with ``--large`` at 3,500, too; how long a second run over the same folder takes with
the cache and with the results. The documents are small ones made from the labelled claims and two long ones; beyond the
first 35 they are copies with other letters for their symbols, whose verdicts have to be the same.
"""

import argparse
import json
import random
import re
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

TESTS = Path(__file__).parent.parent
CLAIMS = TESTS / "corpus" / "dev.jsonl"
LONG = ("05_ridge_wls.md", "12_jacobi_gp.md")
BASE = 35
CLAIMS_EACH = 6
SIZES = (35, 350)
LARGE = 3500

RUN = """
import json, resource, sys, time
from derive import cli
start = time.perf_counter()
status = cli.main(sys.argv[1:])
seconds = time.perf_counter() - start
sizes = [resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
print(json.dumps([status, seconds, *sizes]))
"""

LETTERS = ("ABCFGHJKLMQRSUVWXYZ", "abcfghpqrsuvwxyz")
"""Letters that stand for symbols and mean nothing by themselves."""

MATHS = re.compile(r"```math.*?```|\$\$.*?\$\$|\$[^$\n]*\$", re.DOTALL)
TOKEN = re.compile(
    r"\\(?:text|mathrm|operatorname|mathbb|mathcal|begin|end)\s*\{[^}]*\}|\\[A-Za-z]+|[_^]\s*\{\\[a-z]+\}|[A-Za-z]"
)
SETTING = re.compile(r"arrow|implies|iff|^\s*\\?[A-Za-z]+(_\w|_\{\w+\})?\s*=")
"""What sets the stage for later lines, which are other claims under it than those of the labels."""

DECLARED = re.compile(r"(?<![\\A-Za-z_^{])([A-Za-z])\s*\\in\b")


def base_documents():
    """Return 35 documents: two long ones, and claims by topic under the declarations that they share."""
    documents = [(TESTS / "documents" / name).read_text(encoding="utf-8") for name in LONG]
    open_ones: dict[str, tuple[dict[str, str], list[str]]] = {}
    for line in CLAIMS.read_text(encoding="utf-8").splitlines():
        record = json.loads(line) if line.strip() else {"given": ["blank"]}
        if record["given"] or record.get("dims") or record.get("layout") or SETTING.search(record["claim"]):
            continue
        declared = {text.split(r"\in")[0].strip(): text for text in record["declare"]}
        known, claims = open_ones.setdefault(record["topic"], ({}, []))
        if any(known.get(name, text) != text for name, text in declared.items()) or len(claims) == CLAIMS_EACH:
            documents.append(written(known, claims))
            known, claims = open_ones[record["topic"]] = ({}, [])
        known.update(declared)
        claims.append(record["claim"])
    documents += [written(known, claims) for known, claims in open_ones.values()]
    small = sorted(documents[len(LONG) :], key=lambda text: -text.count("$$"))
    return documents[: len(LONG)] + small[: BASE - len(LONG)]


def written(declarations, claims):
    """Return a document."""
    sentence = ", ".join(f"${text}$" for text in declarations.values())
    return f"Let {sentence}.\n\n" + "".join(f"$$\n{claim}\n$$\n\n" for claim in claims)


def renamed(text, number):
    """Return a document with other letters for its declared symbols."""
    if number == 0:
        return text
    used = {token for maths in MATHS.findall(text) for token in TOKEN.findall(maths) if len(token) == 1}
    declared = {name for maths in MATHS.findall(text) for name in DECLARED.findall(maths)}
    source, names = random.Random(number), {}
    for letters in LETTERS:
        symbols = [letter for letter in letters if letter in declared]
        free = [letter for letter in letters if letter in symbols or letter not in used]
        names |= dict(zip(symbols, source.sample(free, len(symbols)), strict=True))

    def other(match):
        return TOKEN.sub(lambda token: names.get(token[0], token[0]), match[0])

    return MATHS.sub(other, text)


def write_folder(folder, count):
    """Write documents in folders of a hundred."""
    base = base_documents()
    for number in range(count):
        path = folder / f"{number // 100:03}" / f"{number:05}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(renamed(base[number % BASE], number // BASE), encoding="utf-8")


def measured(*arguments):
    """Return seconds, and the largest memory in MiB of the process and of one of its workers."""
    command = [sys.executable, "-c", RUN, "corpus", *map(str, arguments)]
    done = subprocess.run(command, cwd=TESTS.parent, stdout=subprocess.PIPE, check=True)
    status, *found = json.loads(done.stdout.decode().splitlines()[-1])
    assert status in (0, 1), status
    return found


def counted(out):
    """Return how many relations there are, and in how many documents the verdicts are not those of the first copy."""
    relations, first, others = 0, {}, 0
    with open(out, "rb") as file:
        for number, line in enumerate(file):
            verdicts = Counter(json.loads(line)["counts"])
            relations += verdicts.total()
            others += first.setdefault(number % BASE, verdicts) != verdicts
    return relations, others


def main():
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--large", action="store_true", help=f"{LARGE:,} documents, too")
    parser.add_argument("--jobs", type=int, nargs="+", default=[1, 2], help="numbers of workers")
    parser.add_argument("--no-repair", action="store_true", help="look for no repairs of wrong claims")
    options = parser.parse_args()
    repair = ("--no-repair",) if options.no_repair else ()
    print("documents relations jobs  seconds relations/s    parent    worker")
    for count in (*SIZES, *((LARGE,) if options.large else ())):
        with tempfile.TemporaryDirectory() as name:
            folder, out = Path(name, "documents"), Path(name, "results.jsonl")
            write_folder(folder, count)
            cache = Path(name, "cache")
            for jobs in options.jobs:
                out.unlink(missing_ok=True)
                last = jobs == options.jobs[-1]
                caching = ("--cache", cache) if last else ("--no-cache",)
                seconds, parent, worker = measured(folder, "--out", out, "--jobs", jobs, *caching, *repair)
                relations, others = counted(out)
                print(
                    f"{count:>9,} {relations:>9,} {jobs:>4} {seconds:>8.1f} {relations / seconds:>11.1f} "
                    f"{parent:>5.0f} MiB {worker:>5.0f} MiB" + f"   {others} copies judged otherwise" * bool(others),
                    flush=True,
                )
            again, parent, _ = measured(folder, "--out", out, "--no-cache", *repair)
            out.unlink()
            cached, other, _ = measured(folder, "--out", out, "--cache", cache, *repair)
            print(
                f"{count:>9,} again: {again:.2f} s from the results, {cached:.2f} s from the cache; "
                f"{max(parent, other):.0f} MiB",
                flush=True,
            )


if __name__ == "__main__":
    main()
