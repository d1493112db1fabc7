"""Mixture modules made and loaded in one go."""

from __future__ import annotations

from types import ModuleType

from numeric.identifiers import identifier
from numeric.mixtures.derived import derived
from numeric.mixtures.statement import Statement
from numeric.mixtures.write import module_of
from numeric.source import safe


def loaded(source: str, name: str) -> ModuleType:
    """Return a generated module as an object.

    The source is made of operations from closed tables and of names that were checked; no text of a statement is
    executed.
    """
    module = ModuleType(name)
    exec(compile(source, f"<generated {name}>", "exec"), module.__dict__)
    return module


def mixture(statement: Statement) -> ModuleType:
    r"""Return the module of a mixture that is stated by its log-likelihood.

    Raises
    ------
    NotGenerated
        If the log-likelihood does not separate into functions of samples and parameters, or an M-step has no closed
        form.
    NotDerived, Unreadable, Malformed
        If the statement cannot be differentiated or is not understood.

    Examples
    --------
    >>> import numpy as np
    >>> waiting = mixture(Statement(
    ...     "Mixture of exponential distributions",
    ...     (r"x_n \in \mathbb{R}_{>0}, n = 1, \dots, N", r"\pi_k \in \mathbb{R}_{>0}, k = 1, \dots, K",
    ...      r"\beta_k \in \mathbb{R}_{>0}, k = 1, \dots, K"),
    ...     r"\sum_n \log \sum_k \pi_k \beta_k e^{-\beta_k x_n}",
    ...     data=(("x_n", "x"),),
    ...     parameters=((r"\pi_k", "mixing_weights"), (r"\beta_k", "rates")),
    ... ))
    >>> waiting.log_densities(np.array([0.5]), np.ones(1), np.array([2.0])).round(3)  # log 2 − 1
    array([-0.307])
    """
    return loaded(module_of(derived(statement), safe(statement.name)), identifier(statement.name))
