"""Times of an EM iteration and of gradients, full covariances, one thread: ``python -m tests.benchmarks.mixture``.

Two tables of ratios from interleaved runs on the same data and the same start. The first: scikit-learn's E-step and
M-step, the formulas as they stand on paper, NumPy tuned by hand, the generated module, and a lower bound: the flops of
the two products of features and parameters at the rate of one large matrix product, and N·K exponentials. All results
are first compared, to 1e-8. The second: gradients by π, μ and Σ for all components at once against autograd. The third:
the seconds of the derivations, and the milliseconds (of the processor, once caches are filled) from what was derived to
the array programs of the M-step and to the whole module. The last: iterations with tied, diagonal and spherical
covariances against scikit-learn's. ``--quick`` takes a tenth of the samples; ``--iterations``, ``--gradients``,
``--generation`` and ``--structures`` print one table only.
"""

import argparse
import os
import statistics
import subprocess
import sys
import time
import warnings
from functools import partial
from pathlib import Path

import numpy as np
import scipy
import sklearn
import threadpoolctl
from sklearn.mixture import GaussianMixture

ROOT = Path(__file__).parent.parent
sys.path.append(str(ROOT / "numeric"))

import literal_mixture as literal  # noqa: E402
import reference_mixture as reference  # noqa: E402
from implementations import generated  # noqa: E402

from numeric.gaussian import module_of as module_named  # noqa: E402
from numeric.mixtures.derived import derived  # noqa: E402
from numeric.mixtures.design import design_of  # noqa: E402
from numeric.mixtures.statement import GAUSSIAN  # noqa: E402
from numeric.mixtures.system import system_of  # noqa: E402
from numeric.mixtures.write import module_of  # noqa: E402

SHAPES = ((100_000, 2, 3), (1_000_000, 8, 8), (100_000, 16, 8), (100_000, 64, 16), (20_000, 128, 32))
GRADIENT_SHAPES = ((100_000, 2, 3), (50_000, 8, 8), (20_000, 16, 8), (5_000, 64, 16))
LITERAL_ENTRIES = (
    5e7  # the literal translation holds arrays of N·K·D entries: it runs on fewer rows where they are many
)
RUNS, SECONDS = 7, 60.0
KERNEL = "OPENBLAS_CORETYPE"


def problem(n_samples, n_features, n_components, seed=0):
    """Return data from a mixture, and a start near it."""
    generator = np.random.default_rng(seed)
    shape = n_components, n_features
    centres = 3 * generator.normal(size=shape)
    factors = np.eye(n_features) + 0.3 * generator.normal(size=(*shape, n_features)) / np.sqrt(n_features)
    labels = generator.integers(n_components, size=n_samples)
    x = np.empty((n_samples, n_features))
    for k in range(n_components):
        rows = np.flatnonzero(labels == k)
        x[rows] = centres[k] + generator.normal(size=(len(rows), n_features)) @ factors[k].T
    covariances = 1.2 * factors @ factors.transpose(0, 2, 1)
    return x, (np.full(n_components, 1 / n_components), centres + 0.3 * generator.normal(size=shape), covariances)


def by_scikit_learn(x, parameters, structure="full"):
    """Return one iteration of scikit-learn, ready to run: the log-likelihood and the new parameters."""
    weights, means, covariances = parameters
    model = GaussianMixture(len(weights), covariance_type=structure, reg_covar=0)
    if structure in ("full", "tied"):
        precisions = np.swapaxes(np.linalg.inv(np.linalg.cholesky(covariances)), -1, -2).copy()
    else:
        precisions = 1 / np.sqrt(covariances)

    def run():
        model.weights_, model.means_, model.covariances_ = weights, means, covariances
        model.precisions_cholesky_ = precisions
        mean_log_likelihood, log_responsibilities = model._e_step(x)
        model._m_step(x, log_responsibilities)
        return mean_log_likelihood * len(x), model.weights_, model.means_, model.covariances_

    return run


def by_module(module, x, parameters):
    """Return one iteration of a mixture module, ready to run; the data lie as the runtime lays them."""
    columns = np.asfortranarray(x)
    work = module.workspace(*parameters, dtype=x.dtype)
    place = list(module.STATISTICS).index("log_likelihood")

    def run():
        found = module.statistics(columns, *parameters, workspace=work)
        return (float(found[place]), *module.update(found, *parameters))

    return run


def by_formula(x, parameters):
    """Return one iteration as the formulas stand on paper, ready to run, and the share of the rows it takes."""
    share = min(1.0, LITERAL_ENTRIES / (x.size * len(parameters[0])))
    rows = x[: max(1, int(share * len(x)))]

    def run():
        literal.log_likelihood(rows, *parameters)
        return literal.centred_step(rows, *parameters)

    return run, len(rows) / len(x)


def interleaved(contestants):
    """Return the median time of each, from runs that take turns."""
    times = {name: [] for name in contestants}
    began = time.perf_counter()
    for turn in range(RUNS):
        for name, run in contestants.items():
            if turn >= 3 and time.perf_counter() - began > SECONDS:
                continue
            start = time.perf_counter()
            run()
            times[name].append(time.perf_counter() - start)
    return {name: statistics.median(each) for name, each in times.items()}


def rates():
    """Return seconds for a flop of a large matrix product, and for an exponential."""
    a, out = np.random.default_rng(0).normal(size=(1200, 1200)), np.empty((1200, 1200))
    logs, values = -10 * np.random.default_rng(0).random(8192), np.empty(8192)

    def exponentials():
        for _ in range(50):
            np.exp(logs, out=values)

    found = interleaved({"product": lambda: np.matmul(a, a, out=out), "exp": exponentials})
    return found["product"] / (2 * 1200**3), found["exp"] / (50 * 8192)


def lower_bound(n_samples, n_features, n_components, flop, exponential):
    """Return the seconds that no plan with these products goes below."""
    features = (n_features + 1) * (n_features + 2) // 2
    return n_samples * n_components * (4 * features * flop + exponential)


def compare(name, expected, found):
    """Raise where an iteration differs from scikit-learn's by more than 1e-8, relative to the largest entry."""
    for one, other in zip(expected, found, strict=True):
        error = np.abs(np.asarray(one) - other).max() / max(1.0, np.abs(one).max())
        if not error < 1e-8:
            raise AssertionError(f"{name} differs from scikit-learn by {error:.2g}")


def scaled(shape, scale):
    """Return a shape with fewer samples, but eight for each entry of the means."""
    n_samples, n_features, n_components = shape
    return min(n_samples, max(int(n_samples * scale), 8 * n_features * n_components)), n_features, n_components


def label(x, parameters):
    """Return N, D, K as the tables show them."""
    return f"{len(x)}, {x.shape[1]}, {len(parameters[0])}"


def iterations(scale, modules):
    """Print the table of iterations."""
    names = ["literal", *modules]
    print("\nOne EM iteration, full covariances: time over scikit-learn's, in brackets over the lower bound")
    print(f"{'N, D, K':22}{'scikit-learn':>20}" + "".join(f"{name:>18}" for name in names) + "   times as fast")
    for shape in SHAPES:
        x, parameters = problem(*scaled(shape, scale))
        flop, exponential = rates()
        formula, share = by_formula(x, parameters)
        contestants = {"scikit-learn": by_scikit_learn(x, parameters)}
        contestants |= {name: by_module(module, x, parameters) for name, module in modules.items()}
        expected = contestants["scikit-learn"]()
        for name in modules:
            compare(name, expected, contestants[name]())
        found = interleaved(contestants)
        found["literal"] = statistics.median(timed(formula) for _ in range(2)) / share
        bound = lower_bound(*scaled(shape, scale), flop, exponential)
        base = found["scikit-learn"]
        cells = [f"{found[name] / base:.3f} ({found[name] / bound:.1f}×)" for name in names]
        fast = ", ".join(f"{name} {base / found[name]:.1f}" for name in modules)
        row = [f"{f'{base:.3f} s ({base / bound:.0f}×)':>20}", *(f"{cell:>18}" for cell in cells), f"   {fast}"]
        print(f"{label(x, parameters):22}" + "".join(row), flush=True)


def timed(run):
    """Return the seconds of one run."""
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def autograd_gradient(x):
    """Return the gradients by autograd of the log-likelihood, written as its users write it."""
    import autograd.numpy as anp
    from autograd import grad
    from autograd.scipy.special import logsumexp

    def log_likelihood(weights, means, covariances):
        centred = anp.transpose(x[:, None, :] - means, (1, 2, 0))
        quadratic = anp.sum(centred * anp.linalg.solve(covariances, centred), axis=1).T
        constant = anp.log(weights) - 0.5 * anp.linalg.slogdet(covariances)[1] - 0.5 * x.shape[1] * anp.log(2 * anp.pi)
        return anp.sum(logsumexp(constant - 0.5 * quadratic, axis=1))

    return grad(log_likelihood, argnum=(0, 1, 2))


def gradient_of(module, x, parameters):
    """Return the gradients of a module, ready to run: one pass and what follows from its statistics."""
    columns = np.asfortranarray(x)
    work = module.workspace(*parameters, dtype=x.dtype)
    return lambda: module.gradient(module.statistics(columns, *parameters, workspace=work), *parameters)


def gradients(scale, modules):
    """Print the table of gradients."""
    print("\nGradients by π, μ, Σ for all components: time over an EM iteration of the tuned module")
    print(f"{'N, D, K':22}" + "".join(f"{name:>14}" for name in (*modules, "autograd")))
    for shape in GRADIENT_SHAPES:
        x, parameters = problem(*scaled(shape, scale))
        theirs = autograd_gradient(x)
        contestants = {"autograd": partial(theirs, *parameters), "iteration": by_module(reference, x, parameters)}
        contestants |= {name: gradient_of(module, x, parameters) for name, module in modules.items()}
        expected = contestants["autograd"]()
        for name in modules:
            compare(name, expected, contestants[name]())
        found = interleaved(contestants)
        cells = "".join(f"{found[name] / found['iteration']:14.2f}" for name in (*modules, "autograd"))
        print(f"{label(x, parameters):22}{cells}", flush=True)


def generation():
    """Print the table of generation times."""
    print("\nGeneration: seconds to derive, milliseconds from there to the M-step and to the module")
    print(f"{'covariances':22}{'derived':>14}{'M-step':>14}{'module':>14}")
    for structure, statement in GAUSSIAN.items():
        start = time.process_time()
        found = derived(statement)
        seconds = time.process_time() - start
        design = statistics.median(busy(lambda made: design_of(system_of(made)), found) for _ in range(RUNS))
        module = statistics.median(busy(lambda made: module_of(made, ""), found) for _ in range(RUNS))
        print(f"{structure:22}{seconds:12.2f} s{1e3 * design:11.1f} ms{1e3 * module:11.1f} ms", flush=True)


def busy(function, argument):
    """Return the seconds of the processor for one run."""
    start = time.process_time()
    function(argument)
    return time.process_time() - start


def structures(scale):
    """Print the table of iterations with other structures of the covariances."""
    print("\nOne EM iteration, generated modules: times as fast as scikit-learn")
    print(f"{'N, D, K':22}" + "".join(f"{structure:>14}" for structure in STRUCTURES))
    for shape in SHAPES[:-1]:
        x, (weights, means, covariances) = problem(*scaled(shape, scale))
        columns = np.asfortranarray(x)
        cells = ""
        for structure, (theirs, reduce) in STRUCTURES.items():
            parameters = weights, means, reduce(covariances)
            contestants = {
                "scikit-learn": by_scikit_learn(x, parameters, theirs),
                "generated": by_module(module_named(structure), columns, parameters),
            }
            compare(structure, contestants["scikit-learn"](), contestants["generated"]())
            found = interleaved(contestants)
            cells += f"{found['scikit-learn'] / found['generated']:14.1f}"
        print(f"{label(x, (weights,)):22}{cells}", flush=True)


STRUCTURES = {
    "tied": ("tied", lambda covariances: covariances.mean(0)),
    "diagonal": ("diag", lambda covariances: np.einsum("kdd->kd", covariances).copy()),
    "spherical": ("spherical", lambda covariances: np.einsum("kdd->k", covariances) / covariances.shape[1]),
}


def without_forced_kernel():
    """Run this command again where the environment forces a BLAS kernel; return whether that was done."""
    if KERNEL not in os.environ:
        return False
    print(f"{KERNEL}={os.environ[KERNEL]} was set and is left out: BLAS chooses its kernel by the processor")
    free = {name: value for name, value in os.environ.items() if name != KERNEL}
    command = [sys.executable, "-m", "tests.benchmarks.mixture", *sys.argv[1:]]
    subprocess.run(command, env=free, cwd=ROOT.parent, check=True)
    return True


def main():
    """Print what ran, and the tables."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    for flag in ("--quick", "--iterations", "--gradients", "--generation", "--structures"):
        parser.add_argument(flag, action="store_true")
    chosen = parser.parse_args()
    if without_forced_kernel():
        return
    modules = {"tuned": reference} | ({"generated": made} if (made := generated()) else {})
    scale = 0.1 if chosen.quick else 1
    with threadpoolctl.threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for library in threadpoolctl.threadpool_info():
            if library["user_api"] == "blas":
                kernel = library.get("architecture")
                print(f"{library['prefix']} {library['version']}: {library['num_threads']} thread, kernel {kernel}")
        print(f"NumPy {np.__version__}, SciPy {scipy.__version__}, scikit-learn {sklearn.__version__}")
        wanted = [table for table in ("iterations", "gradients", "generation", "structures") if getattr(chosen, table)]
        tables = {
            "iterations": lambda: iterations(scale, modules),
            "gradients": lambda: gradients(scale, modules),
            "generation": generation,
            "structures": lambda: structures(scale),
        }
        for table in wanted or tables:
            tables[table]()


if __name__ == "__main__":
    main()
