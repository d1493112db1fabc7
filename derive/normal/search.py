"""The finder as one: from the operator of a term to the step proposed for it."""

from __future__ import annotations

from derive.kernel import Kernel
from derive.normal.differentials import Differentials
from derive.normal.entries import Entries
from derive.normal.finder import Found, step
from derive.normal.functions import Functions
from derive.normal.inverses import Inverses
from derive.normal.sums import Sums
from derive.normal.traces import Traces
from derive.term import Term


class Finder(Inverses, Traces, Entries, Differentials, Sums, Functions):
    """Proposes steps to a kernel.

    Parameters
    ----------
    by_entries
        Write traces as sums of entries, for claims in indices.
    literal
        Leave inverses of sums, determinants of sums and densities as they are written, for results that are read.
    jacobian
        Write the diagonal of what changes by vec, for Jacobians.
    """

    def __init__(self, by_entries: bool = False, literal: bool = False, jacobian: bool = False) -> None:
        super().__init__()
        self.by_entries = by_entries
        self.literal = literal
        self.jacobian = jacobian

    def bind(self, kernel: Kernel) -> None:
        """Set the kernel the steps are proposed to."""
        self.kernel = kernel

    def __call__(self, q: Term) -> Found:
        """Propose a step for a term, or nothing."""
        name = _METHODS.get(q.op)
        if name is None:
            return None
        found: Found = getattr(self, name)(q)
        return found

    def differential_of(self, q: Term) -> Found:
        """Propose the rule of a differential, knowing what varies."""
        variables = q.args[0]
        before = self.variables, self.changes
        cores = (v.args[0] if v.op in ("e", "inv", "^", "vec") else v for v in variables.args[::2])
        self.variables = frozenset(core.args[0] for core in cores)
        self.changes = self.changes | {change.args[0] for change in variables.args[1::2]}
        try:
            return self.differential(q)
        finally:
            self.variables = before[0]

    def density(self, q: Term) -> Found:
        """Propose the definition of the Gaussian density."""
        if self.literal:
            return None
        return step("gaussian-density", **dict(zip("xmA", q.args, strict=True)))


_METHODS = {
    "@": "word", "t": "transpose", "tr": "trace", "inv": "inverse", "det": "determinant", "had": "hadamard",
    "kron": "kronecker", "diag": "diagonal_matrix", "dg": "diagonal", "vec": "vec", "sum": "sum", "*": "product",
    "e": "entry", "fun": "function", "^": "power", "d": "differential_of", "dens": "density",
}  # fmt: skip
