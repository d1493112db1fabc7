"""What a fit returns: parameters, the trace of the log-likelihood, what happened, and questions about other rows."""

from dataclasses import dataclass, field
from functools import cached_property
from math import log
from typing import Any

import numpy as np

from numeric.blocks import as_arrays
from numeric.policies import Event
from numeric.protocol import Array, Arrays, MixtureModule, bind, n_parameters, named


@dataclass(frozen=True)
class Fitted:
    """A mixture with the parameters that EM ended at.

    Attributes
    ----------
    module
        The mixture module that was run.
    parameters
        By name, as in ``module.PARAMETERS``.
    log_likelihood
        Σ_n log p(x_n) at these parameters, in nats.
    trace
        Array of shape (n_iterations + 1,): the log-likelihood at the start and after each iteration.
    n_samples
        N.
    converged
        Whether the last iteration gained less than the tolerance.
    events
        What was done beside the updates: variances raised to the floor, components dropped or begun anew, a decrease.
    rows_by_plan
        How many rows the last pass treated with each plan of the module.
    """

    module: MixtureModule
    parameters: dict[str, Array]
    log_likelihood: float
    trace: Array
    n_samples: int
    converged: bool
    events: tuple[Event, ...] = ()
    rows_by_plan: dict[str, int] = field(default_factory=dict)

    @property
    def n_iterations(self) -> int:
        """The number of M-steps after the start."""
        return len(self.trace) - 1

    @property
    def n_components(self) -> int:
        """K; smaller than asked for where a component was dropped."""
        return len(self.parameters["mixing_weights"])

    @cached_property
    def n_parameters(self) -> int:
        """The number of free parameters."""
        return n_parameters(self.module, tuple(self.parameters.values()))

    @property
    def bic(self) -> float:
        """Bayesian information criterion of the rows it was fitted to; smaller is better."""
        return self.n_parameters * log(self.n_samples) - 2 * self.log_likelihood

    @property
    def aic(self) -> float:
        """Akaike's information criterion of the rows it was fitted to; smaller is better."""
        return 2 * self.n_parameters - 2 * self.log_likelihood

    def arrays(self, data: Any) -> Arrays:
        """Return data and parameters in the order in which the module takes them."""
        block = as_arrays(data)
        parameters = tuple(self.parameters.values())
        bind({**self.module.DATA, **self.module.PARAMETERS}, (*block, *parameters))
        # A module computes in the dtype of the data: parameters of a float32 fit are widened for float64 rows.
        return (*block, *(each.astype(block[0].dtype, copy=False) for each in parameters))

    def responsibilities(self, data: Any) -> Array:
        """Return r_nk, an array of shape (n_samples, n_components) whose rows add up to one."""
        return self.module.responsibilities(*self.arrays(data))

    def predict(self, data: Any) -> Array:
        """Return the component with the largest responsibility for each row, an array of shape (n_samples,)."""
        return self.responsibilities(data).argmax(1)

    def log_densities(self, data: Any) -> Array:
        """Return log p(x_n), an array of shape (n_samples,), in nats."""
        return self.module.log_densities(*self.arrays(data))

    def score(self, data: Any) -> float:
        """Return the mean log-density of the rows, in nats."""
        return float(self.log_densities(data).mean(dtype=np.float64))

    def plot(self, axes: Any = None) -> Any:
        """Draw the trace of the log-likelihood per sample; events are marked.

        Parameters
        ----------
        axes
            Matplotlib axes to draw into; new ones where none are given.

        Returns
        -------
        The axes.

        Raises
        ------
        ModuleNotFoundError
            Where matplotlib is not installed.
        """
        if axes is None:
            try:
                from matplotlib import pyplot
            except ModuleNotFoundError:
                raise ModuleNotFoundError("the plot of the trace needs matplotlib: pip install matplotlib") from None
            _, axes = pyplot.subplots()
        axes.plot(np.arange(len(self.trace)), self.trace / self.n_samples, marker=".")
        for event in self.events:
            axes.axvline(event.iteration, linestyle=":", label=event.kind)
        axes.set_xlabel("iteration")
        axes.set_ylabel("log-likelihood per sample (nats)")
        if self.events:
            axes.legend()
        return axes

    def __str__(self) -> str:
        state = "converged" if self.converged else "stopped"
        lines = [
            f"{self.module.__name__.rpartition('.')[2]}: {self.n_components} components, {self.n_samples} samples",
            f"{state} after {self.n_iterations} iterations, log-likelihood {self.log_likelihood:.6g}",
            "rows by plan: " + ", ".join(f"{name} {count}" for name, count in self.rows_by_plan.items()),
            *map(str, self.events),
        ]
        return "\n".join(lines)


def fitted(module: MixtureModule, parameters: Arrays, statistics: Arrays, **more: Any) -> Fitted:
    """Return the result for parameters and the statistics taken at them."""
    found = named(module.STATISTICS, statistics)
    rows = {plan: round(float(count)) for plan, count in zip(module.PLANS, found["rows"], strict=True)}
    return Fitted(
        module=module,
        parameters=named(module.PARAMETERS, parameters),
        log_likelihood=float(found["log_likelihood"]),
        n_samples=sum(rows.values()),
        rows_by_plan=rows,
        **more,
    )
