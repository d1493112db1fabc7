"""The time of a whole process that judges a small document: ``python -m tests.benchmarks.startup``."""

import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
FOLDER = ROOT / "tests" / "documents"
RUNS = 7


def command(*arguments):
    """Return the command line of a fresh interpreter."""
    return [sys.executable, "-c", "from derive.cli import main; main()", *arguments]


def seconds(arguments):
    """Return the times of some runs, the first one (cold files) left out."""
    times = []
    for _ in range(RUNS + 1):
        start = time.perf_counter()
        done = subprocess.run(arguments, cwd=ROOT, capture_output=True, check=False)
        times.append(time.perf_counter() - start)
        assert done.returncode in (0, 1), done.stderr.decode()
    return times[1:]


def main():
    """Print the smallest and the median time of the check, of no check, and of the bare interpreter."""
    notes, preamble = FOLDER / "seed_notes.txt", FOLDER / "seed_notes.preamble.md"
    for name, arguments in (
        ("interpreter", [sys.executable, "-c", "pass"]),
        ("derive --version", command("--version")),
        ("derive check seed_notes.txt", command("check", str(notes), "--preamble", str(preamble))),
        ("derive check seed_notes.txt --json", command("check", str(notes), "--preamble", str(preamble), "--json")),
    ):
        times = seconds(arguments)
        print(f"{name:40} min {min(times):.3f} s   median {statistics.median(times):.3f} s")


if __name__ == "__main__":
    main()
