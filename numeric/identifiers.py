r"""Python names from LaTeX: a symbol's name never becomes code as it stands."""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Iterable

_DROPPED = frozenset(
    (
        "mathbf mathrm mathit mathsf mathcal mathbb mathfrak boldsymbol bm text textbf textrm operatorname left right"
    ).split()
)
_ACCENTS = {name: name.removeprefix("wide").replace("overline", "bar") for name in
            "hat widehat tilde widetilde bar overline dot ddot vec check breve acute".split()}  # fmt: skip
_AMBIGUOUS = frozenset({"l", "O", "I"})
_TAKEN = frozenset({"np", "xp", "annotations"})
_TOKEN = re.compile(r"\\([a-zA-Z]+)|([a-zA-Z0-9]+)|(')|(.)", re.DOTALL)
MAX_LENGTH = 30


def identifier(key: str, taken: Iterable[str] = ()) -> str:
    r"""Return a Python name for a symbol.

    Parameters
    ----------
    key : str
        Its LaTeX; only ASCII letters and digits of it are used.
    taken : iterable of str
        Names that are not available.

    Examples
    --------
    >>> identifier(r"\mu_{·}"), identifier(r"\lambda"), identifier(r"\hat{\Sigma}_0"), identifier("x'")
    ('mu', 'lambda_', 'Sigma_0_hat', 'x_prime')
    >>> identifier("x", taken=["x"]), identifier("__import__('os')")
    ('x_2', 'import_prime_os_prime')
    """
    words: list[str] = []
    accents: list[str] = []
    for command, plain, prime, _ in _TOKEN.findall(key):
        if command in _ACCENTS:
            accents.append(_ACCENTS[command])
        elif prime:
            words.append("prime")
        elif plain or (command and command not in _DROPPED):
            words.append(plain or command)
    name = "_".join([*words, *accents])[:MAX_LENGTH].strip("_") or "value"
    if name[0].isdigit():
        name = f"v{name}"
    if keyword.iskeyword(name) or hasattr(builtins, name) or name in _TAKEN or name in _AMBIGUOUS:
        name += "_"
    used = set(taken)
    found, count = name, 1
    while found in used:
        count += 1
        found = f"{name}_{count}"
    return found
