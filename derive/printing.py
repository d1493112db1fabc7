"""Elaborated expressions as plain text: how a formula was read."""

from __future__ import annotations

from typing import Any

from sympy import Add, Integer, Mul, Pow, Rational
from sympy.matrices.expressions import (
    Determinant,
    HadamardProduct,
    Inverse,
    KroneckerProduct,
    MatAdd,
    MatMul,
    MatPow,
    Trace,
    Transpose,
)

from derive.expr import (
    Blocks,
    Call,
    Commutation,
    DefiniteIntegral,
    Delta,
    Density,
    DiagonalMatrix,
    DiagonalOf,
    Differentiated,
    Entry,
    Gradient,
    IndexProduct,
    IndexSum,
    Instantiated,
    Jacobian,
    MatrixCall,
    MatrixDifferentiated,
    MatrixFunction,
    MatrixIndexSum,
    MatrixInstantiated,
    MatrixMember,
    MatrixPartial,
    MatrixValued,
    Member,
    Norm,
    Restricted,
    ScalarFunction,
    ScalarOf,
    ScalarPartial,
    UnitVector,
    Vec,
)
from derive.names import ABOVE, FAMILY
from derive.opaque import MARK

_GREEK = {
    "alpha": "α",
    "beta": "β",
    "gamma": "γ",
    "delta": "δ",
    "epsilon": "ε",
    "zeta": "ζ",
    "eta": "η",
    "theta": "θ",
    "kappa": "κ",
    "lambda": "λ",
    "mu": "μ",
    "nu": "ν",
    "xi": "ξ",
    "pi": "π",
    "rho": "ρ",
    "sigma": "σ",
    "tau": "τ",
    "phi": "φ",
    "varphi": "φ",
    "chi": "χ",
    "psi": "ψ",
    "omega": "ω",
    "Gamma": "Γ",
    "Delta": "Δ",
    "Theta": "Θ",
    "Lambda": "Λ",
    "Xi": "Ξ",
    "Pi": "Π",
    "Sigma": "Σ",
    "Phi": "Φ",
    "Psi": "Ψ",
    "Omega": "Ω",
    "ell": "ℓ",
}
_SUPERSCRIPT = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
_SUM, _TERM, _FACTOR, _ATOM = range(4)


def symbol_text(key: str) -> str:
    """Return a key as plain text.

    Examples
    --------
    >>> symbol_text(r"\\hat{\\mu}_{0}"), symbol_text(r"\\mathbf{x}")
    ('μ̂_0', '𝐱')
    """
    key = key.replace(FAMILY, "").replace(ABOVE, "").partition(MARK)[0]
    out, at = [], 0
    accents = {"\\hat": "\u0302", "\\tilde": "\u0303", "\\bar": "\u0304", "\\dot": "\u0307", "\\vec": "\u20d7"}
    while at < len(key):
        if key[at] == "\\":
            stop = at + 1
            while stop < len(key) and key[stop].isalpha():
                stop += 1
            macro = key[at:stop]
            if stop < len(key) and key[stop] == "{" and macro[1:] not in _GREEK:
                close = _closing(key, stop)
                inner = symbol_text(key[stop + 1 : close])
                out.append(_dressed(macro, inner, accents))
                at = close + 1
                continue
            out.append(_GREEK.get(macro[1:], macro[1:]))
            at = stop
            continue
        if key[at] not in "{}":
            out.append(key[at])
        at += 1
    return "".join(out)


def _closing(key: str, start: int) -> int:
    depth = 0
    for at in range(start, len(key)):
        depth += (key[at] == "{") - (key[at] == "}")
        if depth == 0:
            return at
    return len(key) - 1


def _dressed(macro: str, inner: str, accents: dict[str, str]) -> str:
    if macro in accents:
        return inner[:1] + accents[macro] + inner[1:]
    if macro == "\\mathbf" and len(inner) == 1 and inner.isascii() and inner.isalpha():
        return chr((0x1D400 if inner.isupper() else 0x1D41A) + ord(inner) - ord("A" if inner.isupper() else "a"))
    return inner


def show(expr: Any) -> str:
    """Return an expression as plain text, as in the line "read as" of a report."""
    return _show(expr)[0]


def _wrap(expr: Any, least: int) -> str:
    text, level = _show(expr)
    return text if level >= least else f"({text})"


def _power(text: str, exponent: Any) -> str:
    plain = show(exponent)
    return text + plain.translate(_SUPERSCRIPT) if plain.lstrip("-").isdigit() else f"{text}^({plain})"


def _show(expr: Any) -> tuple[str, int]:
    rule = _RULES.get(type(expr))
    if rule is not None:
        return rule(expr)
    if isinstance(expr, Integer | Rational):
        return (str(expr), _ATOM if expr >= 0 and expr.q == 1 else _FACTOR if expr >= 0 else _SUM)
    if hasattr(expr, "name"):
        return symbol_text(str(expr.name)), _ATOM
    name = type(expr).__name__
    return {
        "Pi": ("π", _ATOM),
        "Exp1": ("e", _ATOM),
        "Identity": ("I", _ATOM),
        "ZeroMatrix": ("0", _ATOM),
        "OneMatrix": ("𝟏", _ATOM),
    }.get(name, (name, _ATOM))


def _sum(expr: Any) -> tuple[str, int]:
    text = _wrap(expr.args[0], _TERM) if not _negative(expr.args[0]) else show(expr.args[0])
    for arg in expr.args[1:]:
        piece = show(arg) if _negative(arg) else _wrap(arg, _TERM)
        text += f" − {piece[1:].lstrip()}" if piece.startswith(("−", "-")) else f" + {piece}"
    return text, _SUM


def _negative(expr: Any) -> bool:
    if isinstance(expr, Mul | MatMul):
        return bool(expr.args[0].is_Number and expr.args[0] < 0)
    return bool(getattr(expr, "is_Number", False) and expr < 0)


def _product(expr: Any) -> tuple[str, int]:
    args = list(expr.args)
    if args[0] == -1 and len(args) > 1:
        inner = _wrap(args[1], _TERM) if len(args) == 2 else " ".join(_wrap(arg, _FACTOR) for arg in args[1:])
        return f"−{inner}", _TERM
    return " ".join(_wrap(arg, _FACTOR) for arg in args), _TERM


def _pow(expr: Any) -> tuple[str, int]:
    base, exponent = expr.args
    if exponent == -1:
        return f"1/{_wrap(base, _ATOM)}", _TERM
    if exponent == Rational(1, 2):
        return f"√({show(base)})", _ATOM
    return _power(_wrap(base, _ATOM), exponent), _FACTOR


def _indexed(name: str, indices: Any) -> str:
    text = ",".join(show(index) for index in indices)
    short = text.replace(",", "") if all(len(part) == 1 for part in text.split(",")) else text
    return f"{name}_{short}" if len(short) <= 2 else f"{name}_{{{text}}}"


def _call(skip: int) -> Any:
    def text(expr: Any) -> tuple[str, int]:
        name = symbol_text(expr.args[0].name.split("#")[0])
        arguments = expr.args[skip:]
        if not arguments:
            return name, _ATOM
        if all(type(argument).__name__ == "IndexSymbol" or isinstance(argument, Integer) for argument in arguments):
            return _indexed(name, arguments), _ATOM
        return f"{name}({', '.join(show(argument) for argument in arguments)})", _ATOM

    return text


def _reduction(sign: str) -> Any:
    def text(expr: Any) -> tuple[str, int]:
        body, index, lower, upper, *condition = expr.args
        limits = f"{show(index)}={show(lower)}..{show(upper)}"
        if condition:
            limits += f", {show(condition[1])} {condition[0].name} {show(condition[2])}"
        return f"{sign}_({limits}) {_wrap(body, _TERM)}", _TERM

    return text


_SPECIAL = {"gamma": "Γ", "digamma": "ψ"}


def _function(expr: Any) -> tuple[str, int]:
    name, order, argument = expr.args
    plain = _SPECIAL.get(name.name) or symbol_text(name.name.removeprefix("def:").split("#")[0])
    text = plain + "′" * int(order)
    return (f"|{show(argument)}|" if text == "abs" else f"{text}({show(argument)})"), _ATOM


def _blocks(expr: Any) -> tuple[str, int]:
    rows, cols = int(expr.args[0]), int(expr.args[1])
    blocks = expr.args[2:]
    if rows == cols == 1:
        return _show(blocks[0])
    lines = ["  ".join(show(block) for block in blocks[i * cols : (i + 1) * cols]) for i in range(rows)]
    return "[" + "; ".join(lines) + "]", _ATOM


def _quotient(top: Any, bottom: Any) -> tuple[str, int]:
    return f"∂({show(top)})/∂{_wrap(bottom, _FACTOR)}" if _show(top)[
        1
    ] < _ATOM else f"∂{show(top)}/∂{_wrap(bottom, _FACTOR)}", _FACTOR


_RULES: dict[type, Any] = {
    Add: _sum,
    MatAdd: _sum,
    Mul: _product,
    MatMul: _product,
    Pow: _pow,
    MatPow: lambda e: (_power(_wrap(e.args[0], _ATOM), e.args[1]), _FACTOR),
    Inverse: lambda e: (_wrap(e.args[0], _ATOM) + "⁻¹", _FACTOR),
    Transpose: lambda e: (_wrap(e.args[0], _FACTOR) + "ᵀ", _FACTOR),
    Determinant: lambda e: (f"det({show(e.args[0])})", _ATOM),
    Trace: lambda e: (f"tr({show(e.args[0])})", _ATOM),
    HadamardProduct: lambda e: (" ⊙ ".join(_wrap(arg, _FACTOR) for arg in e.args), _TERM),
    KroneckerProduct: lambda e: (" ⊗ ".join(_wrap(arg, _FACTOR) for arg in e.args), _TERM),
    ScalarOf: lambda e: _show(e.args[0]),
    Entry: lambda e: (
        _indexed(
            f"[{show(e.args[0])}]" if _show(e.args[0])[1] < _ATOM else show(e.args[0]),
            e.args[1:2] if e.args[0].shape[1] == 1 else e.args[1:],
        ),
        _ATOM,
    ),
    Member: lambda e: (_indexed(symbol_text(e.args[0].name), e.args[1:]), _ATOM),
    MatrixMember: lambda e: (_indexed(symbol_text(e.args[0].name), e.args[3:]), _ATOM),
    Delta: lambda e: (_indexed("δ", e.args), _ATOM),
    IndexSum: _reduction("Σ"),
    MatrixIndexSum: _reduction("Σ"),
    IndexProduct: _reduction("Π"),
    ScalarFunction: _function,
    MatrixFunction: _function,
    MatrixValued: lambda e: (f"{symbol_text(e.args[0].name)}{'′' * int(e.args[3])}({show(e.args[4])})", _ATOM),
    Norm: lambda e: (f"‖{show(e.args[0])}‖" + ("₁" if e.args[1].name == "1" else ""), _ATOM),
    Restricted: lambda e: _show(e.args[0]),
    Density: lambda e: (f"N({show(e.args[0])} | {show(e.args[1])}, {show(e.args[2])})", _ATOM),
    Call: _call(1),
    MatrixCall: _call(3),
    Vec: lambda e: (f"vec({show(e.args[0])})", _ATOM),
    DiagonalMatrix: lambda e: (f"diag({show(e.args[0])})", _ATOM),
    DiagonalOf: lambda e: (f"diag({show(e.args[0])})", _ATOM),
    Blocks: _blocks,
    Commutation: lambda e: (_indexed("K", e.args), _ATOM),
    UnitVector: lambda e: (_indexed("e", e.args[:1]), _ATOM),
    Gradient: lambda e: _quotient(*e.args),
    ScalarPartial: lambda e: _quotient(*e.args),
    MatrixPartial: lambda e: _quotient(*e.args),
    Jacobian: lambda e: (_quotient(e.args[0], e.args[1])[0] + ("ᵀ" if e.args[2].name == "numerator" else ""), _FACTOR),
    Differentiated: lambda e: (f"d({show(e.args[0])})", _ATOM),
    MatrixDifferentiated: lambda e: (f"d({show(e.args[0])})", _ATOM),
    DefiniteIntegral: lambda e: (f"∫ {show(e.args[0])} d{show(e.args[1])}", _FACTOR),
    Instantiated: lambda e: (f"({show(e.args[0])} at {show(e.args[1])} = {show(e.args[2])})", _ATOM),
    MatrixInstantiated: lambda e: (f"({show(e.args[0])} at {show(e.args[1])} = {show(e.args[2])})", _ATOM),
}


def printed() -> frozenset[type]:
    """Return the node types that can be printed."""
    return frozenset(_RULES)
