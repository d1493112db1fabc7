"""What has to be believed is small: no module of the kernel has 300 lines, and their number is fixed here."""

from pathlib import Path

import pytest

import derive

PACKAGE = Path(derive.__file__).parent
KERNEL = ("steps", "arithmetic", "powers", "operators", "identification", "rewriting")
TRUSTED = ("polynomial", "conditions_shown", "encode", "axioms")
FILES = (
    *(PACKAGE / "kernel").glob("*.py"),
    *(PACKAGE / "term").glob("*.py"),
    *(PACKAGE / f"{name}.py" for name in TRUSTED),
)
MOST_LINES, MOST_OF_KERNEL = 300, 1010


def lines(path):
    return len(path.read_text(encoding="utf-8").splitlines())


@pytest.mark.parametrize("name", KERNEL)
def test_modules_of_the_kernel_are_small(name):
    assert lines(PACKAGE / "kernel" / f"{name}.py") < MOST_LINES


def test_the_kernel_is_small():
    files = {path.stem: lines(path) for path in (PACKAGE / "kernel").glob("*.py")}
    assert set(files) == {*KERNEL, "__init__"}
    assert sum(files.values()) <= MOST_OF_KERNEL


def test_trusted_modules_say_so():
    for path in FILES:
        head = path.read_text(encoding="utf-8").splitlines()[0]
        assert head.startswith('"""TRUSTED: '), path


def test_search_is_not_trusted():
    """Nothing that is trusted knows the search or the presentation of results."""
    for path in FILES:
        text = path.read_text(encoding="utf-8")
        assert not any(f"derive.{name}" in text for name in ("normal", "prove", "present", "decode", "derivation")), (
            path
        )
