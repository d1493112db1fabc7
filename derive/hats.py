r"""Values of unknowns: ``\hat\mu``, ``w^*``, ``\beta_{\mathrm{ML}}`` for what a condition is solved for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, replace
from typing import Any

from derive.definitions import Target
from derive.facts import Kind
from derive.names import FAMILY, Names
from derive.scope import Scope
from derive.syntax import Derivative, Name, Node, Scripted, with_parts

_OVER = re.compile(r"\\(?:wide)?hat\{(.+)\}$")
_BEHIND = re.compile(r"(.+)\^\{(?:\*|\\star|\\ast|\\text(?:new|opt|ML|MLE|MAP)|\\mathrm\{(?:new|opt|ML|MLE|MAP)\})\}$")
_BELOW = frozenset(rf"\mathrm{{{label}}}" for label in ("ML", "MLE", "MAP", "OLS", "LS", "ols", "ls", "opt", "new"))


def stem(key: str) -> str | None:
    r"""Return the symbol whose value a hatted or starred one is, or None.

    Examples
    --------
    >>> stem(r"\hat{\mu}"), stem("w^{*}"), stem("w")
    ('\\mu', 'w', None)
    """
    found = _OVER.match(key) or _BEHIND.match(key)
    return found.group(1) if found else None


def differentiated(node: Any) -> frozenset[str]:
    """Return the letters that a formula is differentiated by."""
    return frozenset(
        base.key
        for each in _walk(node)
        if isinstance(each, Derivative)
        for wrt in each.wrt
        if isinstance(base := wrt.base if isinstance(wrt, Scripted) else wrt, Name)
    )


def unknown_of(found: Target, scope: Scope, unknowns: frozenset[str]) -> Node | None:
    """Return the unknown whose value the left side of a definition is, if it is one."""
    if found.group is not None or found.above is not None:
        return None
    key, sub = stem(found.base.key), found.sub
    if key is None and len(sub) == 1 and isinstance(sub[0], Name) and sub[0].key in _BELOW:
        key, sub = found.base.key, ()
    if key not in unknowns or not _is_declared(key, scope):
        return None
    base = Name(found.base.span, key)
    return Scripted(base.span, base, sub, found.text) if sub else base


def without_hats(node: Any, scope: Scope, unknowns: frozenset[str]) -> Any:
    """Return a formula with the unknowns themselves in place of their values that are not known otherwise."""

    def change(each: Any) -> Any:
        if isinstance(each, Name):
            plain = stem(each.key)
            if plain is None or plain not in unknowns or _is_known(each.key, scope) or not _is_declared(plain, scope):
                return each
            return replace(each, key=plain)
        return with_parts(each, change)

    return change(node)


def declare_values(node: Any, scope: Scope) -> None:
    """Declare hatted symbols that are not known like the symbols under the hats."""
    for each in _walk(node):
        plain = stem(each.key) if isinstance(each, Name) else None
        if plain is None or _is_known(each.key, scope):
            continue
        for suffix in ("", FAMILY):
            known = scope.declarations.get(plain + suffix)
            if known is not None and known.kind in (Kind.SCALAR, Kind.ARRAY):
                scope.declare(replace(known, key=each.key + suffix))


def _walk(node: Any) -> Iterator[Any]:
    yield node
    if isinstance(node, Node):
        for entry in fields(node):
            yield from _walk(getattr(node, entry.name))
    elif isinstance(node, tuple):
        for item in node:
            yield from _walk(item)


def _is_known(key: str, scope: Scope) -> bool:
    names = Names(scope)
    return names.find_key(key) is not None or names.find_key(key + FAMILY) is not None


def _is_declared(key: str | None, scope: Scope) -> bool:
    if key is None:
        return False
    found = (Names(scope).find_key(key + suffix) for suffix in ("", FAMILY))
    declarations = (scope.declarations.get(each) for each in found if each is not None)
    return any(each is not None and each.kind in (Kind.SCALAR, Kind.ARRAY) for each in declarations)
