"""Documents over a Dask cluster: the answers are those of a run in this process, whatever happens to the workers."""

import os
import signal

import pytest

from derive import cli
from derive.corpus import cluster
from derive.corpus.outcome import Settings, Task

DECLARED = r"Let $A \in \mathbb{R}^{n \times n}$ and $B \in \mathbb{R}^{n \times n}$." + "\n\n"
RIGHT = DECLARED + r"$$(A B)^\top = B^\top A^\top$$" + "\n"
WRONG = DECLARED + r"$$(A B)^\top = A B + B$$" + "\n"


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "notes"
    folder.mkdir()
    for index in range(6):
        (folder / f"{index}.md").write_text((RIGHT, WRONG)[index % 2].replace("B", "CDEFGH"[index]))
    (folder / "6.md").write_bytes(b"\0")
    return folder


def same_results(folder, tmp_path, *dask):
    outs = [tmp_path / "local.jsonl", tmp_path / "dask.jsonl"]
    for out, options in zip(outs, ((), dask), strict=True):
        arguments = ["corpus", folder, "--no-cache", "--jobs", "2", "--timeout", "60", "--out", out, *options]
        assert cli.main(list(map(str, arguments))) == 2
    return outs[0].read_bytes() == outs[1].read_bytes()


def test_cluster_of_this_machine(folder, tmp_path, capsys):
    assert same_results(folder, tmp_path, "--dask")
    captured = capsys.readouterr()
    assert captured.err.count("\n") == 2 and "Traceback" not in captured.err
    assert cluster._SERVERS == {}


@pytest.mark.slow
def test_cluster_at_an_address(folder, tmp_path, capsys):
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as found:
        assert same_results(folder, tmp_path, "--dask", found.scheduler_address)


@pytest.mark.slow
def test_documents_as_they_are_on_a_cluster(tmp_path, capsys):
    documents = os.path.join(os.path.dirname(__file__), "documents")
    outs = [tmp_path / "local.jsonl", tmp_path / "dask.jsonl"]
    for out, dask in zip(outs, ((), ("--dask",)), strict=True):
        arguments = ["corpus", documents, "--no-cache", "--jobs", "2", "--timeout", "120", "--out", out, *dask]
        assert cli.main(list(map(str, arguments))) == 1
    assert outs[0].read_bytes() == outs[1].read_bytes()


def test_process_that_dies_is_replaced(monkeypatch):
    settings = Settings()
    task = Task("a.md", RIGHT.encode(), "key")
    program = cluster.fingerprint()
    try:
        first = cluster.judge_on_worker(task, settings, program)
        (server,) = cluster._SERVERS.values()
        os.kill(server.process.pid, signal.SIGKILL)
        server.process.wait()
        assert cluster.judge_on_worker(task, settings, program) == first
        assert first.report["counts"] == {"proved": 1}
        # Other settings, another process.
        assert cluster.judge_on_worker(task, Settings(timeout=7.0), program) == first
        assert len(cluster._SERVERS) == 1
    finally:
        cluster.end_servers()


def test_process_that_cannot_live_costs_a_document(monkeypatch):
    monkeypatch.setattr(cluster, "COMMAND", ("false",))
    try:
        outcome = cluster.judge_on_worker(Task("a.md", b"", "key"), Settings(), cluster.fingerprint())
    finally:
        cluster.end_servers()
    assert outcome.error == "cannot read 'a.md': the process that judged it was lost" and not outcome.complete


def test_other_version_on_the_workers(folder, monkeypatch, capsys):
    monkeypatch.setattr(cluster, "_own_fingerprint", lambda: "another")
    assert cli.main(["corpus", str(folder), "--no-cache", "--dask", "--jobs", "1"]) == 2
    error = capsys.readouterr().err
    assert error.splitlines()[-1] == (
        "derive: the workers of the cluster have another version of derive, or of its libraries"
    )


def test_dask_that_is_not_installed(folder, monkeypatch, capsys):
    import sys

    monkeypatch.setitem(sys.modules, "distributed", None)
    assert cli.main(["corpus", str(folder), "--no-cache", "--dask"]) == 2
    assert capsys.readouterr().err == "derive: Dask is not installed: pip install 'derive-calculus[dask]'\n"
