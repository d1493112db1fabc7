"""How objects show themselves in a notebook: the views of a class are registered from the layers above it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class View:
    """The views of a class: as text that stands alone, as HTML, and as LaTeX where that says everything."""

    text: Callable[[Any], str]
    html: Callable[[Any], str]
    latex: Callable[[Any], str] | None = None


_VIEWS: dict[type, View] = {}


def register(cls: type, view: View) -> None:
    """Give a class its views."""
    _VIEWS[cls] = view


class Shown:
    r"""A class whose objects are shown richly in notebooks (JupyterLab, Notebook, VS Code, nbconvert).

    Examples
    --------
    >>> class Scalar(Shown):
    ...     pass
    >>> register(Scalar, View(text=lambda it: "a scalar", html=lambda it: "<p>a scalar</p>"))
    >>> Scalar()._repr_mimebundle_()
    {'text/plain': 'a scalar', 'text/html': '<p>a scalar</p>'}
    """

    __slots__ = ()

    def _repr_html_(self) -> str | None:
        view = _VIEWS.get(type(self))
        return None if view is None else view.html(self)

    def _repr_latex_(self) -> str | None:
        view = _VIEWS.get(type(self))
        return None if view is None or view.latex is None else view.latex(self)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        view = _VIEWS.get(type(self))
        if view is None:
            return {}
        bundle = {"text/plain": view.text(self), "text/html": view.html(self)}
        if view.latex is not None:
            bundle["text/latex"] = view.latex(self)
        return bundle
