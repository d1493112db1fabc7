"""Blocks: arrays, memory-mapped files and iterables give one result, in memory that a block bounds."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import reference_mixture as reference

from numeric import em
from numeric.blocks import Rows, blocks_of, nearest, summarise
from numeric.protocol import add, bind, n_parameters
from numeric.start import k_means_plus_plus

RNG = np.random.default_rng(8)
MEANS = RNG.normal(size=(3, 5)) * 3
X = RNG.normal(size=(5000, 5)) + MEANS[RNG.integers(3, size=5000)]
START = np.full(3, 1 / 3), MEANS + 0.7, np.stack([2 * np.eye(5)] * 3)


def run(data, **more):
    return em.fit(reference, data, start=START, tolerance=0, max_iterations=6, **more)


def memory_mapped(folder):
    np.save(folder / "x.npy", X)
    return np.load(folder / "x.npy", mmap_mode="r")


def generated():
    for low in range(0, len(X), 700):
        yield X[low : low + 700]


@pytest.mark.parametrize(
    ("data", "more"),
    [
        (lambda folder: X, {"block_rows": 333}),
        (lambda folder: np.asfortranarray(X), {}),
        (memory_mapped, {"block_rows": 999}),
        (lambda folder: np.array_split(X, 7), {}),
        (lambda folder: generated, {}),
        (lambda folder: (X,), {}),
        (lambda folder: X[::-1][::-1], {}),
    ],
)
def test_every_form_of_the_data_gives_the_same_run(data, more, tmp_path):
    expected, found = run(X), run(data(tmp_path), **more)
    assert found.trace == pytest.approx(expected.trace, rel=1e-11)
    for name, value in expected.parameters.items():
        np.testing.assert_allclose(found.parameters[name], value, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("plan", reference.PLANS)
def test_statistics_are_additive(plan):
    work = reference.workspace(*START, plan=plan)
    whole = reference.statistics(X, *START, workspace=work)
    parts = [reference.statistics(part, *START, workspace=work) for part in (X[:17], X[17:17], X[17:4000], X[4000:])]
    total = parts[0]
    for part in parts[1:]:
        total = add(total, part)
    for one, other in zip(total, whole, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-11, atol=1e-8)
    assert whole[-1].tolist() == [5000 * (name == plan) for name in reference.PLANS]
    assert all(np.asarray(each).dtype == np.float64 for each in whole)


def test_the_two_plans_agree():
    one, other = (
        reference.statistics(X, *START, workspace=reference.workspace(*START, plan=p)) for p in reference.PLANS
    )
    for a, b in zip(one[:-1], other[:-1], strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-11, atol=1e-8)


def test_moments_of_the_responsibilities_are_the_statistics():
    given = reference.responsibilities(X, *START)
    for a, b in zip(reference.moments(X, given, *START)[:3], reference.statistics(X, *START)[:3], strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-10, atol=1e-8)


def test_data_that_can_be_read_once_are_refused():
    with pytest.raises(TypeError, match="an iterator can be read once"):
        run(generated())


@pytest.mark.parametrize("data", [[], lambda: iter([]), np.zeros((0, 5))])
def test_no_data_are_refused(data):
    with pytest.raises(ValueError, match="there are no data"):
        run(data)


def test_a_number_is_no_data():
    with pytest.raises(TypeError, match="data of type int"):
        run(3)


def test_the_summary_survives_an_offset():
    offset = X + 1e8
    found = summarise(Rows(reference, blocks_of(offset, block_rows=400)))
    assert found.n_samples == len(X)
    np.testing.assert_allclose(found.variance, offset.astype(np.longdouble).var(0).astype(float), rtol=1e-9)


def test_a_sample_is_drawn_without_replacement_from_all_blocks():
    rows = np.arange(1000.0)[:, None]
    found = Rows(reference, blocks_of(rows, block_rows=100)).sample(300, 5)[:, 0]
    assert len(set(found)) == 300
    assert np.histogram(found, bins=10, range=(0, 1000))[0].min() > 10
    assert len(Rows(reference, blocks_of(rows)).sample(5000, 0)) == 1000


def test_nearest_centres_far_from_the_origin():
    rows, centres = RNG.normal(size=(300, 3)) + 1e7, RNG.normal(size=(4, 3)) + 1e7
    expected = np.square(rows[:, None] - centres).sum(2).argmin(1)
    assert (nearest(rows, centres).argmax(1) == expected).all()


def test_k_means_plus_plus_reaches_every_far_cluster():
    clusters = np.repeat(np.eye(6) * 1e3, 50, axis=0) + RNG.normal(size=(300, 6))
    for seed in range(5):
        centres = k_means_plus_plus(clusters, 6, seed)
        assert sorted(nearest(centres, np.eye(6) * 1e3).argmax(1)) == list(range(6))


def test_free_parameters_are_counted_as_scikit_learn_counts_them():
    from sklearn.mixture import GaussianMixture

    assert n_parameters(reference, START) == GaussianMixture(3).fit(X)._n_parameters()


def test_a_size_that_disagrees_is_named():
    with pytest.raises(ValueError, match=r"means has shape \(3, 5\), expected \(K, D\) with K = 3, D = 2"):
        bind(reference.PARAMETERS, START, {"D": 2})


MEASURE = """
import re, sys
import numpy as np
from numpy.lib.format import open_memmap
import reference_mixture as reference
from numeric import em

def anonymous():
    return int(re.search(r"RssAnon:\\s+(\\d+)", open("/proc/self/status").read())[1]) / 1024

rows = int(sys.argv[1])
x = open_memmap(sys.argv[2], mode="w+", dtype=float, shape=(rows, 8))
for low in range(0, rows, 25_000):
    x[low : low + 25_000] = np.random.default_rng(low).normal(size=(min(25_000, rows - low), 8))
x.flush()
x = np.load(sys.argv[2], mmap_mode="r")
start = np.full(2, 0.5), np.array([[0.5] * 8, [-0.5] * 8]), np.stack([np.eye(8)] * 2)
peak, plain = 0, reference.statistics
def watched(*arguments, **more):
    global peak
    result = plain(*arguments, **more)
    peak = max(peak, anonymous())
    return result
reference.statistics = watched
em.fit(reference, x[:25_000], start=start, max_iterations=1, block_rows=25_000)
before, peak = anonymous(), 0
em.fit(reference, x, start=start, max_iterations=2, block_rows=25_000)
print(x.nbytes / 2**20, peak - before)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")
def test_the_memory_of_a_run_over_a_file_is_bounded_by_the_block(tmp_path):
    root = Path(__file__).parent
    paths = [str(root.parent.parent), str(root)]
    code = f"import sys; sys.path[:0] = {paths!r}\n{MEASURE}"
    done = subprocess.run(
        [sys.executable, "-c", code, "800000", str(tmp_path / "x.npy")],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
    )
    data, grown = map(float, done.stdout.split())
    block = 25_000 * 8 * 8 / 2**20
    assert data > 45 and grown < 5 * block < data / 5, done.stdout
