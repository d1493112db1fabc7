"""The README's test command is what continuous integration runs: `.ci/run` takes it from there."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_the_test_command_is_marked():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"^<!-- test -->\n```\w*\n([^`]*?)^```", text, re.MULTILINE)
    for word in ("venv --clear", "[test]", "ruff check", "mypy", "pytest"):
        assert word in block
