"""Times of claims, warm and in one process: ``python -m tests.benchmarks.claims``.

Three tables: milliseconds a claim over the labelled claims; the cost of one exact evaluation of both sides by the
dimension D; and the same claims decided by SymPy with explicit entries, in the same run, as ratios.
"""

import json
import multiprocessing
import statistics
import time
from pathlib import Path

import sympy

from derive.checking import check_record
from derive.declarations import declare
from derive.exact.identity import Test
from derive.given import add_given
from derive.options import Options
from derive.relations import chains
from derive.scope import Scope
from derive.source import Excerpt
from derive.statement import Reading, parse_side, state

CORPUS = Path(__file__).parent.parent / "corpus" / "dev.jsonl"
PUBLIC = ("id", "declare", "given", "claim", "layout", "symmetric_derivative", "dims")
SIZES = (2, 4, 8, 16, 32)
SYMPY_SIZES = (2, 3, 4)
SYMPY_SECONDS = 20
SAMPLES, COMPONENTS = 3, 3

SQUARE = tuple(f"{name} \\in \\mathbb{{R}}^{{D \\times D}}" for name in "AXU")
MIXTURE = (
    r"x_n \in \mathbb{R}^D, n = 1, \dots, N",
    r"\mu_k \in \mathbb{R}^D, k = 1, \dots, K",
    r"\Sigma_k \in \mathbb{S}_{++}^D, k = 1, \dots, K",
    r"\pi_k \in \mathbb{R}_{>0}, k = 1, \dots, K",
)
RESPONSIBILITY = (
    r"r_{nk} = \frac{\pi_k \mathcal{N}(x_n \mid \mu_k, \Sigma_k)}"
    r"{\sum_{j=1}^K \pi_j \mathcal{N}(x_n \mid \mu_j, \Sigma_j)}"
)
CLAIMS = {
    "trace product gradient": (SQUARE, (), r"\frac{\partial}{\partial X} \operatorname{tr}(A X U) = A^\top U^\top"),
    "log-det gradient": (SQUARE, (), r"\frac{\partial}{\partial X} \ln |X| = X^{-\top}"),
    "Woodbury": (
        (*SQUARE, r"C \in \mathbb{S}_{++}^D"),
        (),
        r"(A + U C U^\top)^{-1} = A^{-1} - A^{-1} U (C^{-1} + U^\top A^{-1} U)^{-1} U^\top A^{-1}",
    ),
    "mixture gradient by Σ_k": (
        MIXTURE,
        (RESPONSIBILITY,),
        r"\frac{\partial}{\partial \Sigma_k} \sum_{n=1}^N \ln \sum_{j=1}^K \pi_j \mathcal{N}(x_n \mid \mu_j, \Sigma_j)"
        r" = \frac12 \sum_{n=1}^N r_{nk} \left( \Sigma_k^{-1} (x_n - \mu_k)(x_n - \mu_k)^\top \Sigma_k^{-1}"
        r" - \Sigma_k^{-1} \right)",
    ),
}


def main():
    """Print the three tables."""
    every_claim()
    exact = by_dimension()
    against_sympy(exact)


def every_claim():
    """Print the median and the 90th percentile over the labelled claims."""
    records = [json.loads(line) for line in CORPUS.read_text(encoding="utf-8").splitlines() if line.strip()]
    lines = [json.dumps({key: record[key] for key in PUBLIC if key in record}) for record in records]
    for line in lines[:20]:
        check_record(line, Options())
    times = []
    for record, line in zip(records, lines, strict=True):
        start = time.perf_counter()
        check_record(line, Options())
        times.append((1000 * (time.perf_counter() - start), record["id"]))
    values = sorted(value for value, _ in times)
    slowest = ", ".join(f"{name} {value:.0f}" for value, name in sorted(times, reverse=True)[:5])
    print(f"{len(values)} claims, ms a claim: median {statistics.median(values):.1f}, "
          f"p90 {values[int(0.9 * len(values))]:.1f}, sum {sum(values) / 1000:.1f} s")  # fmt: skip
    print(f"slowest: {slowest}\n")


def statement(name):
    """Return the elaborated claim."""
    declarations, given, text = CLAIMS[name]
    scope, reading = Scope(), Reading()
    for one in declarations:
        declare(one, scope)
    for premise in given:
        add_given(premise, scope, reading)
    (chain,) = chains(Excerpt.of(text))
    left, right = (parse_side(side, scope, chain.signs[0].span) for side in chain.sides)
    return state(left, right, scope, reading)


def evaluation(name, size, repeats=3):
    """Return the seconds of one exact evaluation of both sides at D = size, for k = 1 where an index is free."""
    test = Test(statement(name).equation())
    sizes = {"D": size, "N": SAMPLES, "K": COMPONENTS}
    best = None
    for attempt in range(repeats):
        evaluator = test.evaluator(test.field_domains(attempt), sizes, f"benchmark/{attempt}", 0)
        case = test.cases(evaluator)[0]
        start = time.perf_counter()
        left, right = test.sides(evaluator, case)
        seconds = time.perf_counter() - start
        assert left == right, name
        best = seconds if best is None else min(best, seconds)
        if seconds > 5:
            break
    return best


def by_dimension():
    """Print and return the seconds of an exact evaluation by dimension."""
    print(f"{'one exact evaluation of both sides, ms':42}" + "".join(f"D = {size:<6}" for size in SIZES))
    found = {}
    for name in CLAIMS:
        row = f"{name:42}"
        for size in sorted({*SIZES, *SYMPY_SIZES}):
            found[name, size] = evaluation(name, size)
            row += f"{1000 * found[name, size]:<10.2f}" if size in SIZES else ""
        print(row, flush=True)
    print()
    return found


# -- SymPy -------------------------------------------------------------------------------------------------------


def symbols(name, rows, cols, symmetric=False):
    """Return a matrix of symbols."""

    def entry(i, j):
        i, j = (min(i, j), max(i, j)) if symmetric else (i, j)
        return sympy.Symbol(f"{name}_{i}_{j}")

    return sympy.Matrix(rows, cols, entry)


def gradient(value, matrix):
    """Return the derivatives by every entry."""
    return sympy.Matrix(*matrix.shape, lambda i, j: sympy.diff(value, matrix[i, j]))


def sides(name, size):
    """Return both sides with explicit entries."""
    a, x, u = (symbols(letter, size, size) for letter in "axu")
    if name == "trace product gradient":
        return gradient((a * x * u).trace(), x), a.T * u.T
    if name == "log-det gradient":
        return gradient(sympy.log(x.det()), x), x.inv().T
    if name == "Woodbury":
        c = symbols("c", size, size, symmetric=True)
        inner = (c.inv() + u.T * a.inv() * u).inv()
        return (a + u * c * u.T).inv(), a.inv() - a.inv() * u * inner * u.T * a.inv()
    return mixture_sides(size)


def mixture_sides(size):
    """Return both sides of the mixture gradient for one sample count and component count."""
    points = [symbols(f"x{n}", size, 1) for n in range(SAMPLES)]
    means = [symbols(f"m{k}", size, 1) for k in range(COMPONENTS)]
    # A general matrix for the one that is differentiated by; the claim is read at a symmetric point.
    spread = [symbols(f"s{k}", size, size, symmetric=k > 0) for k in range(COMPONENTS)]
    weights = [sympy.Symbol(f"w{k}", positive=True) for k in range(COMPONENTS)]
    inverses = [matrix.inv() for matrix in spread]

    def density(n, k):
        difference = points[n] - means[k]
        form = (difference.T * inverses[k] * difference)[0]
        return sympy.exp(-form / 2) / sympy.sqrt((2 * sympy.pi) ** size * spread[k].det())

    totals = [sum(weights[k] * density(n, k) for k in range(COMPONENTS)) for n in range(SAMPLES)]
    left = gradient(sum(sympy.log(total) for total in totals), spread[0])
    right = sympy.zeros(size, size)
    for n in range(SAMPLES):
        difference = points[n] - means[0]
        share = weights[0] * density(n, 0) / totals[n]
        right += share * (inverses[0] * difference * difference.T * inverses[0] - inverses[0]) / 2
    # Read at a symmetric point.
    flat = {spread[0][i, j]: spread[0][j, i] for i in range(size) for j in range(i)}
    return left.subs(flat), right.subs(flat)


def explicit(name, size, answer):
    """Decide a claim by expanding the difference of the entries; put the seconds into a queue."""
    start = time.perf_counter()
    left, right = sides(name, size)
    difference = left - right
    decided = all(sympy.expand(entry) == 0 or sympy.simplify(entry) == 0 for entry in difference)
    answer.put((time.perf_counter() - start, decided))


def timed(name, size):
    """Return seconds and whether SymPy saw the identity; None where the time ran out."""
    answer = multiprocessing.Queue()
    worker = multiprocessing.Process(target=explicit, args=(name, size, answer), daemon=True)
    worker.start()
    worker.join(SYMPY_SECONDS)
    if worker.is_alive():
        worker.kill()
        worker.join()
        return None
    return answer.get() if not answer.empty() else None


def against_sympy(exact):
    """Print the times of SymPy, and how often an exact evaluation fits into them."""
    print(f"SymPy with explicit entries against one exact evaluation (at most {SYMPY_SECONDS} s each)")
    for name in CLAIMS:
        row = f"{name:42}"
        for size in SYMPY_SIZES:
            found = timed(name, size)
            if found is None:
                row += f"D = {size}: > {SYMPY_SECONDS / exact[name, size]:,.0f} × (time ran out)  "
                print(row, flush=True)
                break
            seconds, decided = found
            row += f"D = {size}: {seconds / exact[name, size]:,.0f} ×{'' if decided else ' (not seen)'}  "
        else:
            print(row, flush=True)


if __name__ == "__main__":
    main()
