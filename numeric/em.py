"""Expectation maximisation: the loop around the E-step and the M-step of a mixture module."""

import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from numeric import policies
from numeric.blocks import Data, Rows, blocks_of, summarise
from numeric.fitted import Fitted, fitted
from numeric.policies import EMPTY_POLICIES, EmptyComponent, EmptyPolicy, Event
from numeric.protocol import Arrays, MixtureModule, checked, named
from numeric.start import from_k_means, given

# Rounding of a log-likelihood, relative to the larger of N and |L|: what the plans of a module may lose.
ROUNDING = {8: 1e-9, 4: 1e-5}
SEED_ROWS = 20_000  # an empty component begins anew at the worst-explained of so many rows


class LikelihoodDecreased(RuntimeWarning):
    """The log-likelihood went down by more than rounding: the updates are not those of this likelihood."""


@dataclass
class Loop:
    """The state of a run.

    Attributes
    ----------
    module, source
        What is run, and over which rows.
    floor
        The smallest variance, in squared units of the data.
    empty
        The policy for a component without samples.
    trace, events
        What happened so far.
    """

    module: MixtureModule
    source: Any
    floor: float
    empty: EmptyPolicy
    seed: int
    trace: list[float] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    disturbed: bool = True  # the next log-likelihood has nothing to be compared with

    def floored(self, parameters: Arrays) -> Arrays:
        """Return the parameters with their variances at or above the floor."""
        parameters, events = policies.floored(self.module, parameters, self.floor, len(self.trace))
        self.events += events
        return parameters

    def maximised(self, statistics: Arrays, parameters: Arrays) -> Arrays:
        """Return the parameters of the M-step; the policy for empty components has been applied."""
        counts = named(self.module.STATISTICS, statistics)["counts"]
        gone = policies.empty_components(counts, parameters[0].dtype)
        if not len(gone):
            return self.floored(self.module.update(statistics, *parameters))
        if self.empty == "raise" or len(gone) == len(counts):
            listed = ", ".join(map(str, gone))
            raise EmptyComponent(f"component {listed} is responsible for no sample at iteration {len(self.trace)}")
        restarts = sum(event.kind == "reseeded" for event in self.events)
        if self.empty == "reseed" and restarts < len(counts):
            rows = self.worst_rows(parameters, len(gone))
            with np.errstate(all="ignore"):
                fresh = self.module.update(statistics, *parameters)
            fresh, event = policies.reseeded(self.module, fresh, gone, counts, rows, len(self.trace))
        else:
            statistics, parameters, event = policies.dropped(self.module, statistics, parameters, gone, len(self.trace))
            fresh = self.module.update(statistics, *parameters)
        self.disturbed = True
        self.events.append(event)
        warnings.warn(event.text, RuntimeWarning, stacklevel=4)
        return self.floored(fresh)

    def worst_rows(self, parameters: Arrays, count: int) -> Any:
        """Return the rows of a sample with the lowest log-densities, an array of shape (count, n_features)."""
        rows = self.source.sample(SEED_ROWS, self.seed + len(self.trace))
        return rows[np.argsort(self.module.log_densities(rows, *parameters))[:count]]

    def record(self, log_likelihood: float, n_samples: int, dtype: Any) -> bool:
        """Append a log-likelihood to the trace; return False, after a loud word, where it went down.

        Raises
        ------
        FloatingPointError
            Where it is not finite.
        """
        iteration = len(self.trace)
        if not np.isfinite(log_likelihood):
            raise FloatingPointError(f"the log-likelihood is {log_likelihood} at iteration {iteration}")
        before = log_likelihood if self.disturbed else self.trace[-1]
        self.disturbed = False
        self.trace.append(log_likelihood)
        if log_likelihood >= before - ROUNDING[np.dtype(dtype).itemsize] * max(n_samples, abs(before)):
            return True
        text = (
            f"the log-likelihood went down from {before:.12g} to {log_likelihood:.12g}, more than rounding explains: "
            "the updates are not those of this likelihood, or the data are beyond this precision"
        )
        self.events.append(Event(iteration, "decreased", text))
        warnings.warn(f"iteration {iteration}: {text}", LikelihoodDecreased, stacklevel=4)
        return False


@contextmanager
def progress_bar(wanted: bool | None, total: int) -> Iterator[Callable[[int, float], None]]:
    """Yield a function that shows the iteration and the gain; a bar is drawn on a terminal, or where asked for."""
    if wanted is False or (wanted is None and not sys.stderr.isatty()):
        yield lambda iteration, gain: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = BarColumn(), TimeElapsedColumn(), TextColumn("EM {task.completed}/{task.total} {task.description}")
    with Progress(*columns, console=Console(stderr=True), transient=wanted is None) as bar:
        task = bar.add_task("", total=total)

        def show(iteration: int, gain: float) -> None:
            bar.update(task, completed=iteration, description=f"gain {gain:.2e} nats a sample")

        yield show


def fit(
    module: Any,
    data: Data,
    n_components: int | None = None,
    *,
    start: Arrays | None = None,
    tolerance: float = 1e-6,
    max_iterations: int = 200,
    floor: float | None = None,
    empty: EmptyPolicy = "drop",
    plan: str = "auto",
    block_rows: int | None = None,
    progress: bool | None = None,
    seed: int = 0,
) -> Fitted:
    """Fit a mixture by expectation maximisation.

    Parameters
    ----------
    module
        A mixture module (`numeric.protocol`): the covariance structure is the module's.
    data
        Array of shape (n_samples, n_features), float32 or float64, in memory or memory-mapped; a tuple of arrays for a
        module with several (those in memory, up to 1 GB, are copied once into column order, in which passes are
        fastest); a sequence of blocks; a function that returns an iterator of blocks; or a
        `numeric.distributed.Partitions`.
    n_components
        K, for a start by k-means++. Either this or `start`.
    start
        Parameters in the order of ``module.PARAMETERS``.
    tolerance
        The run has converged when an iteration gains less than this, in nats per sample.
    max_iterations
        Number of M-steps after the start, at most.
    floor
        Smallest variance (eigenvalue of a covariance) in squared units of the data. By default 100 ε times the largest
        variance of a feature. What is raised is reported in the events.
    empty
        What happens to a component that is responsible for less than √ε samples: ``"drop"`` it (the default: the
        log-likelihood does not notice), ``"reseed"`` it at the worst-explained row, or ``"raise"``.
    plan
        A plan of the module, or ``"auto"``.
    block_rows
        Rows of a block of an array; by default 32 MB.
    progress
        Whether a bar is shown; by default on a terminal.
    seed
        Of the random numbers of the start.

    Returns
    -------
    Fitted

    Raises
    ------
    TypeError
        Where the module does not follow the protocol, or an iterator is given that can be read only once.
    ValueError
        Where shapes do not fit, or the data are not finite.
    EmptyComponent
        With ``empty="raise"``, and where no component has samples.

    Warns
    -----
    LikelihoodDecreased
        Where the log-likelihood goes down by more than rounding. The run stops there, before the step that lowered it.

    Notes
    -----
    The products of a block are small: one BLAS thread (``OPENBLAS_NUM_THREADS=1``) is as fast as several, and faster
    where other programs run.
    """
    mixture = checked(module)
    if empty not in EMPTY_POLICIES:
        raise ValueError(f"empty={empty!r} is none of {', '.join(EMPTY_POLICIES)}")
    if (n_components is None) == (start is None):
        raise ValueError("give either n_components, for a start by k-means++, or start")
    if n_components is not None and n_components < 1:
        raise ValueError(f"n_components = {n_components}: a mixture has at least one component")
    source = data if hasattr(data, "statistics") else Rows(mixture, blocks_of(data, block_rows), plan)
    head, dtype = source.head()
    summary = summarise(source)
    if floor is None:
        floor = policies.default_floor(float(summary.variance.max(initial=0)), dtype)
    loop = Loop(mixture, source, floor, empty, seed)
    if start is None:
        parameters = begin(loop, int(n_components or 1), dtype)
    else:
        parameters = loop.floored(given(mixture, start, head, dtype))
    return run(loop, parameters, summary.n_samples, tolerance, max_iterations, progress)


def begin(loop: Loop, n_components: int, dtype: Any) -> Arrays:
    """Return the parameters of an M-step from k-means++, without components that got no row."""
    before, statistics = from_k_means(loop.source, loop.module, n_components, loop.seed)
    return loop.maximised(statistics, before)


def run(
    loop: Loop, parameters: Arrays, n_samples: int, tolerance: float, max_iterations: int, progress: bool | None
) -> Fitted:
    """Iterate until an iteration gains less than the tolerance; the result belongs to the last pass over the data."""
    module = loop.module
    converged = False
    statistics: Arrays = ()
    previous = parameters
    with progress_bar(progress, max_iterations) as show:
        for iteration in range(max_iterations + 1):
            compared = not loop.disturbed
            fresh = loop.source.statistics(parameters)
            log_likelihood = float(named(module.STATISTICS, fresh)["log_likelihood"])
            if not loop.record(log_likelihood, n_samples, parameters[0].dtype):
                parameters = previous
                loop.trace.pop()
                break
            statistics = fresh
            gain = (loop.trace[-1] - loop.trace[-2]) / n_samples if compared else np.inf
            show(iteration, gain)
            converged = gain < tolerance
            if converged or iteration == max_iterations:
                break
            previous = parameters
            parameters = loop.maximised(statistics, parameters)
    return fitted(
        module, parameters, statistics, trace=np.array(loop.trace), converged=converged, events=tuple(loop.events)
    )
