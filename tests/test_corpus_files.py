"""The file of results and the cache under two runs at once, keys that change with what they stand for, suffixes."""

import json
import os
import threading
import time

import pytest

from derive.corpus import keys
from derive.corpus.cache import KEPT, Cache
from derive.corpus.files import documents
from derive.corpus.keys import Keys, fingerprint
from derive.corpus.outcome import Outcome, not_judged
from derive.corpus.results import Refused, Results
from derive.options import Options


def report(name, **others):
    return {"schema": "derive.report/1", "file": name, "counts": {}, "relations": [], **others}


def in_child(function):
    """Return the exit status of a forked process that runs a function."""
    pid = os.fork()
    if pid == 0:
        try:
            os._exit(function() or 0)
        finally:
            os._exit(99)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def test_two_runs_do_not_write_into_one_file(tmp_path):
    path = str(tmp_path / "out.jsonl")

    def second():
        try:
            Results(path)
        except Refused as problem:
            return 7 if "another run writes" in str(problem) else 8

    with Results(path):
        assert in_child(second) == 7
    assert in_child(second) == 0


def test_forked_worker_does_not_hold_the_lock(tmp_path):
    path = str(tmp_path / "out.jsonl")
    ready, done = os.pipe(), os.pipe()
    results = Results(path)
    pid = os.fork()
    if pid == 0:
        os.write(ready[1], b"x")
        os.read(done[0], 1)
        os._exit(0)
    os.read(ready[0], 1)
    results.close()  # as at the death of the run; the worker still has the file open
    try:
        assert in_child(lambda: Results(path).close()) == 0
    finally:
        os.write(done[1], b"x")
        os.waitpid(pid, 0)


def test_lines_are_found_again(tmp_path):
    path = str(tmp_path / "out.jsonl")
    with Results(path) as results:
        results.add(Outcome(report("a.md")), "key a", 5)
        results.add(Outcome(report("b.md"), complete=False), "key b", 5)
        results.add(Outcome(not_judged("c.md", "why", 0)), "key c", 5)
        results.add(Outcome(report("a.md", counts={"proved": 1})), "key a2", 5)
    with Results(path) as results:
        assert results.kept("a.md", "key a", 5) is None and results.kept("c.md", "key c", 5) is None
        assert results.kept("a.md", "key a2", 5).report == report("a.md", counts={"proved": 1})
        # A relation met the limit: that is an answer until a longer one is asked for.
        assert not results.kept("b.md", "key b", 5).complete and results.kept("b.md", "key b", 2) is not None
        assert results.kept("b.md", "key b", 6) is None
        results.arrange(["b.md", "a.md"])
    with open(path) as file:
        assert [json.loads(line)["file"] for line in file] == ["b.md", "a.md"]
    assert os.listdir(tmp_path) == ["out.jsonl"]


def test_long_lines(tmp_path):
    path = str(tmp_path / "out.jsonl")
    with Results(path) as results:
        for name in "abc":
            results.add(Outcome(report(name, notes=name * 3_000_000)), name, 5)
    with Results(path) as results:
        assert all(results.kept(name, name, 5).report["notes"] == name * 3_000_000 for name in "abc")


@pytest.mark.parametrize("contents", ["notes\n", '{"a": 1}\n', "\n", "["])
def test_other_files_are_refused_and_stay_as_they_are(tmp_path, contents):
    path = tmp_path / "mine"
    path.write_text(contents)
    with pytest.raises(Refused):
        Results(str(path))
    assert path.read_text() == contents


def test_cache_under_many_writers(tmp_path):
    cache, key = Cache(tmp_path), "ab" * 32
    seen = []

    def writer(number):
        for _ in range(30):
            cache.put(key, report("a.md", notes=str(number) * 5000))
            seen.append(cache.get(key, "b.md"))

    threads = [threading.Thread(target=writer, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 120 and all(each["file"] == "b.md" and len(set(each["notes"])) == 1 for each in seen)
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == [f"{key}.verdicts"]


def test_old_entries_are_removed_and_nothing_else(tmp_path):
    cache, old, new = Cache(tmp_path), "aa" * 32, "bb" * 32
    for key in (old, new):
        cache.put(key, report("a.md"))
    mine = tmp_path / "aa" / "mine.verdicts"
    mine.write_text("my file")
    long_ago = time.time() - KEPT - 1
    for path in (mine, tmp_path / "aa" / f"{old}.verdicts"):
        os.utime(path, (long_ago, long_ago))
    cache.prune()
    assert cache.get(old, "a.md") is None and cache.get(new, "a.md") is not None and mine.exists()


def test_keys_change_with_what_the_verdicts_depend_on():
    base = Keys("program", None, Options()).of("a.md", b"text")
    others = [
        Keys("other program", None, Options()).of("a.md", b"text"),
        Keys("program", ("p.md", b""), Options()).of("a.md", b"text"),
        Keys("program", ("p.md", b"more"), Options()).of("a.md", b"text"),
        Keys("program", ("p.tex", b"more"), Options()).of("a.md", b"text"),
        Keys("program", None, Options(seed=1)).of("a.md", b"text"),
        Keys("program", None, Options(inline=True)).of("a.md", b"text"),
        Keys("program", None, Options(repair=False)).of("a.md", b"text"),
        Keys("program", None, Options(layout="numerator")).of("a.md", b"text"),
        Keys("program", None, Options(symmetric_derivative=True)).of("a.md", b"text"),
        Keys("program", None, Options()).of("a.tex", b"text"),
        Keys("program", None, Options()).of("a.md", b"texts"),
    ]
    assert len({base, *others}) == 1 + len(others)
    assert base == Keys("program", None, Options()).of("sub/b.MD", b"text")


def test_fingerprint_changes_with_the_sources(tmp_path, monkeypatch):
    before = fingerprint()
    assert before == fingerprint()
    package = tmp_path / "derive"
    package.mkdir()
    (package / "rules.py").write_text("1")
    monkeypatch.setattr(keys, "_PACKAGE", package)
    one = fingerprint()
    (package / "rules.py").write_text("2")
    assert len({before, one, fingerprint()}) == 3


def test_folder_that_cannot_be_listed_is_told(tmp_path, monkeypatch):
    (tmp_path / "closed").mkdir()
    (tmp_path / "a.md").write_text("")
    listed = os.scandir

    def closed(path):
        if os.path.basename(path) == "closed":
            raise PermissionError(13, "Permission denied", path)
        return listed(path)

    monkeypatch.setattr(os, "scandir", closed)
    told = []
    assert list(documents(str(tmp_path), unreadable=told.append)) == [str(tmp_path / "a.md")]
    assert [os.path.basename(each.filename) for each in told] == ["closed"]
