"""The README's test command is what continuous integration runs: `.ci/run` takes it from there."""

import doctest
import re
import shlex
from pathlib import Path

import pytest
from test_layers import ORDER

from derive import cli

ROOT = Path(__file__).parent.parent


def test_the_test_command_is_marked():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"^<!-- test -->\n```\w*\n([^`]*?)^```", text, re.MULTILINE)
    for word in ("venv --clear", "[test]", "ruff check", "mypy", "pytest"):
        assert word in block


def test_the_python_examples_run():
    assert doctest.testfile(str(ROOT / "README.md"), module_relative=False).failed == 0


def test_the_tour_has_a_line_for_every_module_in_the_order_of_imports():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    tour = re.findall(r"^- `([\w.*]+)` \S", text[text.index("## A tour of the code") :], re.MULTILINE)
    assert [entry for entry in tour if not entry.startswith("numeric")] == ORDER


def shell_examples():
    """Yield (command line, what it prints) for the examples that begin with a prompt."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for block in re.findall(r"^```\n\$ (.*?)^```", text, re.MULTILINE | re.DOTALL):
        lines = block.replace("\\\n", "").split("\n")
        yield lines[0], "\n".join(lines[1:])


@pytest.mark.parametrize(("command", "printed"), list(shell_examples())[1:])
def test_the_shell_examples_print_what_they_say(command, printed, capsys):
    assert cli.main(shlex.split(command)[1:]) == 0
    assert capsys.readouterr().out.strip() == printed.strip()
