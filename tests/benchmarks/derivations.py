"""Times of derivations, warm and in one process: ``python -m tests.benchmarks.derivations``.

Two tables: milliseconds a derivation (steps, result, certificate and its replay) over the labelled derivatives, by
kind; and the problems that SymPy's own matrix ``diff`` can do as well, in the same run, as ratios.
"""

import json
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sympy
from sympy import Determinant, Inverse, MatrixSymbol, Trace, Transpose, hadamard_product
from sympy.matrices.expressions.applyfunc import ElementwiseApplyFunction

from derive.problem import Problem
from derive.records import KINDS

CORPUS = Path(__file__).parent.parent / "corpus" / "derivations.jsonl"
REPEATS = 5

D = sympy.Symbol("D", positive=True, integer=True)
A, B, X = (MatrixSymbol(name, D, D) for name in "ABX")
a, x = MatrixSymbol("a", D, 1), MatrixSymbol("x", D, 1)
DECLARED = (
    *(rf"{name} \in \mathbb{{R}}^{{D \times D}}" for name in "ABX"),
    *(rf"{name} \in \mathbb{{R}}^D" for name in "ax"),
)


@dataclass(frozen=True)
class Shared:
    """A derivative that both can be asked for."""

    name: str
    of: str
    wrt: str
    kind: str
    theirs: Any
    by: Any


SHARED = (
    Shared("tr(AX)", r"\operatorname{tr}(A X)", "X", "gradient", Trace(A * X), X),
    Shared("tr(AXBXᵀ)", r"\operatorname{tr}(A X B X^\top)", "X", "gradient", Trace(A * X * B * X.T), X),
    Shared("tr(X³)", r"\operatorname{tr}(X X X)", "X", "gradient", Trace(X * X * X), X),
    Shared("tr(AX⁻¹B)", r"\operatorname{tr}(A X^{-1} B)", "X", "gradient", Trace(A * Inverse(X) * B), X),
    Shared("aᵀXx", r"a^\top X x", "X", "gradient", Transpose(a) * X * x, X),
    Shared("xᵀAx", r"x^\top A x", "x", "gradient", Transpose(x) * A * x, x),
    Shared("‖Ax − a‖²", r"(A x - a)^\top (A x - a)", "x", "gradient", Transpose(A * x - a) * (A * x - a), x),
    Shared("aᵀX⁻¹a", r"a^\top X^{-1} a", "X", "gradient", Transpose(a) * Inverse(X) * a, X),
    Shared("Ax", r"A x", "x", "jacobian", A * x, x),
    Shared("XᵀAX x by x", r"X^\top A X x", "x", "jacobian", X.T * A * X * x, x),
    Shared("tr(A(X∘B))", r"\operatorname{tr}(A (X \odot B))", "X", "gradient", Trace(A * hadamard_product(X, B)), X),
    Shared("aᵀ sin(x)", r"a^\top \sin(x)", "x", "gradient", Transpose(a) * ElementwiseApplyFunction(sympy.sin, x), x),
    Shared("det X", r"\det X", "X", "gradient", Determinant(X), X),
    Shared("log det X", r"\log \det X", "X", "gradient", sympy.log(Determinant(X)), X),
)


def median_ms(run: Callable[[], Any]) -> float:
    """Return the median time of a few runs in milliseconds."""
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        run()
        times.append(1000 * (time.perf_counter() - start))
    return statistics.median(times)


def ours(
    declare: tuple[str, ...], given: tuple[str, ...], of: str, wrt: str, kind: str, **more: Any
) -> Callable[[], Any]:
    """Return a derivation ready to run: reading the LaTeX is not part of it."""
    problem = Problem(declare, given)
    by = problem.expr(wrt)
    function = problem.expr(of)
    return lambda: KINDS[kind](function, by, scope=problem.scope, **more)


def table_of_kinds() -> None:
    """Print the times over the labelled derivatives: the first run of each, and the median of repeats."""
    firsts: dict[str, list[float]] = {}
    repeats: dict[str, list[float]] = {}
    for record in map(json.loads, CORPUS.read_text(encoding="utf-8").splitlines()):
        more = {"symmetric": True} if record.get("symmetric_derivative") else {}
        run = ours(record["declare"], record["given"], record["of"], record["wrt"], record["kind"], **more)
        start = time.perf_counter()
        run()
        firsts.setdefault(record["kind"], []).append(1000 * (time.perf_counter() - start))
        repeats.setdefault(record["kind"], []).append(median_ms(run))
    print(f"{'kind':10} {'records':>8} {'first, median':>14} {'repeated, median':>17} {'repeated, 95 %':>15}   (ms)")
    for kind in (*firsts, "all"):
        first = firsts.get(kind) or [ms for times in firsts.values() for ms in times]
        again = repeats.get(kind) or [ms for times in repeats.values() for ms in times]
        tail = sorted(again)[int(0.95 * len(again))]
        print(
            f"{kind:10} {len(first):8} {statistics.median(first):14.2f} {statistics.median(again):17.2f} {tail:15.2f}"
        )


def table_of_ratios() -> None:
    """Print our time and SymPy's on the problems both are asked, side by side."""
    print(f"\n{'problem':14} {'here ms':>8} {'SymPy ms':>9} {'ratio':>6}   SymPy's answer")
    ratios = []
    for shared in SHARED:
        here = median_ms(ours(DECLARED, (), shared.of, shared.wrt, shared.kind))
        try:
            sympy.core.cache.clear_cache()
            there = median_ms(lambda shared=shared: shared.theirs.diff(shared.by))
            found = str(shared.theirs.diff(shared.by))
        except Exception as problem:  # what SymPy raises here is no contract
            print(f"{shared.name:14} {here:8.2f} {'—':>9} {'—':>6}   {type(problem).__name__}")
            continue
        if "Derivative" in found or found == "0":
            print(f"{shared.name:14} {here:8.2f} {there:9.2f} {'—':>6}   {found[:60]}  (not done)")
            continue
        ratios.append(here / there)
        print(f"{shared.name:14} {here:8.2f} {there:9.2f} {here / there:6.2f}   {found[:60]}")
    print(f"median ratio over the {len(ratios)} both do: {statistics.median(ratios):.2f}")


def main() -> None:
    """Print both tables."""
    table_of_kinds()
    table_of_ratios()


if __name__ == "__main__":
    main()
