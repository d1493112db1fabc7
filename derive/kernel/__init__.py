"""TRUSTED: the kernel, which brings terms into a canonical form.

Arithmetic, linearity, renaming of bound indices, the differential of a leaf and the identification of a gradient are
its own; whatever else happens to a term is an instance of a rule of the catalogue, named by a *step* that somebody
else proposes. A step is believed only if it is an instance of a true rule whose conditions are shown (unknown is not
shown) and whose left side is what it replaces. Two terms with one canonical form are equal wherever both are defined.

Each layer knows only those above it: `steps`, `arithmetic`, `operators`, `identification`, `rewriting`.
"""

from derive.kernel.identification import core_name
from derive.kernel.rewriting import Kernel
from derive.kernel.steps import CHANGE, HOLE, Ask, NotShown, Rejected, Step, TooMuchWork, Use, never

__all__ = [
    "CHANGE",
    "HOLE",
    "Ask",
    "Kernel",
    "NotShown",
    "Rejected",
    "Step",
    "TooMuchWork",
    "Use",
    "core_name",
    "never",
]
