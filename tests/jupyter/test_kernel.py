"""Where a notebook lies, and which cell is running."""

import json
from types import SimpleNamespace

import pytest

import derive
from derive.jupyter import kernel, markdown_cells


@pytest.fixture
def shell(monkeypatch):
    running = SimpleNamespace(user_ns={"In": [""]})
    monkeypatch.setattr(kernel, "shell", lambda: running)
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    return running


@pytest.fixture
def file(tmp_path, monkeypatch):
    cells = [
        {"cell_type": "markdown", "id": "a", "source": "$$1 = 1$$"},
        {"cell_type": "code", "id": "b", "source": ["derive.check_notebook()"]},
        {"cell_type": "markdown", "id": "c", "source": "$$1 = 2$$"},
        {"cell_type": "code", "id": "d", "source": "derive.check_notebook()"},
    ]
    (tmp_path / "a.ipynb").write_text(json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "a.ipynb"


def test_jupyter_tells_the_path(shell, file, monkeypatch):
    monkeypatch.setenv("JPY_SESSION_NAME", str(file))
    assert kernel.notebook_path() == file
    monkeypatch.setenv("JPY_SESSION_NAME", "served/elsewhere/a.ipynb")
    assert kernel.notebook_path().resolve() == file, "the name, where the kernel runs in its folder"
    monkeypatch.setenv("JPY_SESSION_NAME", "b5c2-4f")
    with pytest.raises(derive.NotebookNotFound, match="give its path"):
        kernel.notebook_path()


def test_code_tells_the_path(shell, file):
    shell.user_ns["__vsc_ipynb_file__"] = str(file)
    assert kernel.notebook_path() == file
    shell.user_ns["__vsc_ipynb_file__"] = str(file.with_name("missing.ipynb"))
    with pytest.raises(derive.NotebookNotFound):
        kernel.notebook_path()


def run(shell, text, identity=None):
    shell.user_ns["In"].append(text)
    request = {"metadata": {"cellId": identity}} if identity else {}
    shell.kernel = SimpleNamespace(get_parent=lambda channel: request)


def test_the_cell_is_found_by_its_id(shell, file, monkeypatch):
    monkeypatch.setenv("JPY_SESSION_NAME", str(file))
    run(shell, "derive.check_notebook() # changed since", "d")
    assert derive.check_notebook().counts == {"proved": 1, "refuted": 1}
    run(shell, "derive.check_notebook()", "b")
    assert derive.check_notebook().counts == {"proved": 1}


def test_the_cell_is_found_by_its_text(shell, file, monkeypatch):
    monkeypatch.setenv("JPY_SESSION_NAME", str(file))
    run(shell, "derive.check_notebook()")
    assert derive.check_notebook().counts == {"proved": 1}
    run(shell, "derive.check_notebook()\n")
    assert derive.check_notebook().counts == {"proved": 1, "refuted": 1}
    assert derive.check_notebook(last=1).counts == {"refuted": 1}
    assert derive.check_notebook(last=0).counts == {}


def test_a_cell_that_was_not_saved(shell, file, monkeypatch):
    monkeypatch.setenv("JPY_SESSION_NAME", str(file))
    run(shell, "derive.check_notebook(strict=True)", "new")
    with pytest.raises(derive.NotebookNotFound, match="save the notebook"):
        derive.check_notebook()


def test_outside_of_a_kernel_the_whole_notebook_is_judged(file, monkeypatch):
    monkeypatch.setattr(kernel, "shell", lambda: None)
    assert markdown_cells.check_notebook(file).counts == {"proved": 1, "refuted": 1}
    with pytest.raises(OSError):
        derive.check_notebook(file.with_name("missing.ipynb"))
