"""The pictures of the README are there and small; `python -m tests.screenshots` takes them anew."""

import ast
from pathlib import Path

ROOT = Path(__file__).parent.parent
SCRIPT = ast.parse((ROOT / "tests" / "screenshots.py").read_text(encoding="utf-8"))


def test_they_are_small():
    (limit,) = (
        ast.literal_eval(each.value)
        for each in SCRIPT.body
        if isinstance(each, ast.Assign) and each.targets[0].id == "LIMIT"
    )
    pictures = sorted((ROOT / "images").iterdir())
    assert [path.name for path in pictures] == ["notebook.png", "report_dark.png", "report_light.png"]
    assert all(path.read_bytes().startswith(b"\x89PNG\r\n") for path in pictures)
    assert 0 < sum(path.stat().st_size for path in pictures) < limit == 300_000
