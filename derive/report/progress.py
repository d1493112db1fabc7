"""Progress of long work: a line of a notebook that is replaced, or the bar of a terminal."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from derive.report.text import LONG, progress

T = TypeVar("T")


def shell() -> Any:
    """Return the running IPython shell, or None."""
    ipython = sys.modules.get("IPython")
    return None if ipython is None else ipython.get_ipython()


def has_frontend() -> bool:
    """Return whether the shell belongs to a kernel, whose frontend can replace what it has displayed."""
    return getattr(shell(), "kernel", None) is not None


def watched(total: int) -> contextlib.AbstractContextManager[Callable[[Iterable[T]], Iterator[T]]]:
    """Give a function that passes items through and shows how many have come, if it is worth it."""
    return _displayed(total) if has_frontend() else progress(total, sys.stderr)


@contextlib.contextmanager
def _displayed(total: int) -> Iterator[Callable[[Iterable[T]], Iterator[T]]]:
    if total < LONG:
        yield iter
        return
    from IPython.display import display

    # No widgets: a display that is replaced needs nothing from the frontend, and stays readable when it is stored.
    handle = display(bundle(0, total), raw=True, display_id=True)

    def judged(items: Iterable[T]) -> Iterator[T]:
        for done, item in enumerate(items, 1):
            if done % max(1, total // 50) == 0:
                handle.update(bundle(done, total), raw=True)
            yield item
        handle.update({"text/plain": f"{total} relations judged"}, raw=True)

    yield judged


def bundle(done: int, total: int) -> dict[str, str]:
    """Return how far the work is, as text and as a bar.

    Examples
    --------
    >>> bundle(3, 40)["text/plain"]
    'judging: 3 of 40'
    """
    text = f"judging: {done} of {total}"
    bar = f'<progress value="{done}" max="{total}" aria-label="relations judged"></progress>'
    return {"text/plain": text, "text/html": f"<div>{bar} {text}</div>"}
