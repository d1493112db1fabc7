r"""Expressions as LaTeX in the documents' own notation: what is printed can be read again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sympy import Integer, Pow, Rational

from derive.expr import is_matrix
from derive.names import ABOVE, FAMILY

SUM, TERM, FACTOR, ATOM = range(4)
_SPECIAL = {"gamma": "\\Gamma", "digamma": "\\psi"}
_FUNCTIONS = {"exp", "log", "tanh", "sin", "cos", "sinh", "cosh"}


def latex(expr: Any) -> str:
    r"""Return an expression as LaTeX.

    Examples
    --------
    >>> from sympy import MatrixSymbol, Symbol, Transpose, Inverse
    >>> from derive.expr import build
    >>> from sympy.matrices.expressions import MatMul
    >>> A, x = MatrixSymbol("A", Symbol("n"), Symbol("n")), MatrixSymbol("x", Symbol("n"), 1)
    >>> latex(build(MatMul, Integer(2), Transpose(Inverse(A)), x))
    '2 A^{-\\top} x'
    """
    return _tex(expr)[0]


def _wrap(expr: Any, least: int) -> str:
    text, level = _tex(expr)
    return text if level >= least else f"\\left( {text} \\right)"


def _tex(expr: Any) -> tuple[str, int]:
    made = _MADE.get(type(expr).__name__)
    if made is not None:
        return made(expr)
    if expr.is_Rational:
        return _rational(expr)
    raise TypeError(f"{type(expr).__name__} has no LaTeX")


def _rational(value: Any) -> tuple[str, int]:
    if value.q == 1:
        return str(value.p), ATOM if value >= 0 else SUM
    sign = "-" if value < 0 else ""
    return f"{sign}\\frac{{{abs(value.p)}}}{{{value.q}}}", FACTOR if value >= 0 else SUM


def _key(key: str, indices: str = "") -> str:
    """Return the key of a symbol, with the letters of a family's indices."""
    if ABOVE + FAMILY in key:
        return key.replace(ABOVE + FAMILY, f"^{{({indices})}}")
    if FAMILY in key:
        return key.replace(FAMILY, f"_{{{indices}}}")
    if ABOVE in key:
        return key.replace(ABOVE, f"^{{({indices})}}")
    if key.startswith("d") and len(key) > 1 and key[1] not in "_^'{":
        return f"\\mathrm{{d}}{_key(key[1:], indices)}"
    return key


def _name(expr: Any) -> tuple[str, int]:
    return _key(str(expr.name)), ATOM


def _indices(args: Any) -> str:
    texts = [latex(arg) for arg in args]
    if not all(len(text) == 1 or text.startswith("\\") for text in texts):
        return ", ".join(texts)
    parts = [f"{text} " if text.startswith("\\") and text[-1].isalpha() else text for text in texts]
    return "".join(parts).strip()


def _member(skip: int) -> Callable[[Any], tuple[str, int]]:
    return lambda expr: (_key(expr.args[0].name, _indices(expr.args[skip:])), ATOM)


def _negated(text: str) -> bool:
    return text.startswith("-")


def _addition(expr: Any) -> tuple[str, int]:
    parts = [_tex(arg) for arg in expr.args]
    out = ""
    for text, level in parts:
        piece = f"\\left( {text} \\right)" if level == SUM and not _negated(text) and out else text
        if not out:
            out = piece
        else:
            out += f" - {piece[1:].lstrip()}" if _negated(piece) else f" + {piece}"
    return out, SUM


def _split(factors: Any) -> tuple[int, list[Any], list[Any]]:
    """Return sign, numerator and denominator of a commutative product."""
    sign, top, bottom = 1, [], []
    for factor in factors:
        if factor.is_Rational:
            sign *= -1 if factor < 0 else 1
            if abs(factor.p) != 1:
                top.append(Integer(abs(factor.p)))
            if factor.q != 1:
                bottom.append(Integer(factor.q))
        elif isinstance(factor, Pow) and factor.args[1].is_Rational and factor.args[1] < 0:
            power = -factor.args[1]
            bottom.append(factor.args[0] if power == 1 else Pow(factor.args[0], power, evaluate=False))
        else:
            top.append(factor)
    return sign, top, bottom


def _product(expr: Any) -> tuple[str, int]:
    scalars = [arg for arg in expr.args if not is_matrix(arg)]
    arrays = [arg for arg in expr.args if is_matrix(arg)]
    sign, top, bottom = _split(scalars)
    front = _juxtaposed(top, bool(arrays)) if top else "1"
    if bottom:
        over, under = (
            latex(part[0]) if len(part) == 1 else _juxtaposed(part) if part else "1" for part in (top, bottom)
        )
        front = f"\\frac{{{over}}}{{{under}}}"
    words = _juxtaposed(arrays) if arrays else ""
    if arrays and not bottom and not top:
        text = words
    else:
        text = f"{front} {words}".rstrip()
    return ("-" if sign < 0 else "") + text, TERM if sign > 0 else SUM


def _juxtaposed(factors: list[Any], goes_on: bool = False) -> str:
    """Return factors beside each other; a sum over an index, which takes the rest of its term, last or in brackets."""
    texts: list[str] = []
    for place, factor in enumerate(factors):
        text, level = _tex(factor)
        open_ended = type(factor).__name__ in ("IndexSum", "MatrixIndexSum", "IndexProduct")
        if level < TERM or (
            level == TERM
            and ((open_ended and (goes_on or place < len(factors) - 1)) or not open_ended)
            and (len(factors) > 1 or goes_on)
        ):
            text = f"\\left( {text} \\right)"
        if texts and text[0].isdigit():
            text = f"\\cdot {text}"
        texts.append(text)
    return " ".join(texts)


def _power(expr: Any) -> tuple[str, int]:
    base, exponent = expr.args
    if exponent.is_Rational and exponent < 0 and not is_matrix(base):
        inner = latex(base if exponent == -1 else Pow(base, -exponent, evaluate=False))
        return f"\\frac{{1}}{{{inner}}}", FACTOR
    if exponent == Rational(1, 2):
        norm = _as_norm(base)
        return norm or (f"\\sqrt{{{latex(base)}}}", ATOM)
    norm = _as_norm(base) if exponent.is_Rational and exponent.q == 2 else None
    if norm is not None:
        return f"{norm[0]}^{{{latex(2 * exponent)}}}", FACTOR
    return f"{_base(base)}^{{{latex(exponent)}}}", FACTOR


def _as_norm(base: Any) -> tuple[str, int] | None:
    """Return √tr(MᵀM) as a norm."""
    if type(base).__name__ not in ("Trace", "ScalarOf") or type(base.args[0]).__name__ != "MatMul":
        return None
    factors = base.args[0].args
    if len(factors) != 2:
        return None
    for first, second in (factors, factors[::-1]):
        if type(first).__name__ == "Transpose" and first.args[0] == second:
            mark = "" if second.shape[1] == 1 else "_F"
            return f"\\left\\| {latex(second)} \\right\\|{mark}", ATOM
    return None


def _base(expr: Any) -> str:
    text, level = _tex(expr)
    scripted = level == FACTOR or ("^" in text and not text.startswith("\\left("))
    return f"\\left( {text} \\right)" if level < ATOM or scripted else text


def _transpose(expr: Any) -> tuple[str, int]:
    inner = expr.args[0]
    if type(inner).__name__ == "Inverse":
        return f"{_base(inner.args[0])}^{{-\\top}}", FACTOR
    return f"{_base(inner)}^\\top", FACTOR


def _fraction_bar(top: Any, bottom: Any, mark: str = "") -> tuple[str, int]:
    return f"\\frac{{\\partial}}{{\\partial {latex(bottom)}{mark}}} {_wrap(top, TERM)}", SUM


def _infix(sign: str) -> Callable[[Any], tuple[str, int]]:
    return lambda expr: (f" {sign} ".join(_wrap(arg, TERM) for arg in expr.args), SUM)


def _call(name: str) -> Callable[[Any], tuple[str, int]]:
    return lambda expr: (f"{name}\\left( {latex(expr.args[0])} \\right)", ATOM)


def _reduction(sign: str) -> Callable[[Any], tuple[str, int]]:
    def text(expr: Any) -> tuple[str, int]:
        body, index, lower, upper, *condition = expr.args
        inner, level = _tex(body)
        inner = f"\\left( {inner} \\right)" if level < TERM else inner
        if condition:
            relation = {"!=": "\\ne", "<": "<", ">": ">", "<=": "\\le", ">=": "\\ge"}.get(
                condition[0].name, condition[0].name
            )
            limits = f"{sign}_{{{latex(condition[1])} {relation} {latex(condition[2])}}}"
        else:
            limits = f"{sign}_{{{latex(index)}={latex(lower)}}}^{{{latex(upper)}}}"
        return f"{limits} {inner}", TERM

    return text


def _entry(expr: Any) -> tuple[str, int]:
    array, *where = expr.args
    if where[-1] == 1 and array.shape[1] == 1:
        where = where[:-1]
    text, level = _tex(array)
    plain = level == ATOM and "_" not in text and "(" not in text
    return f"{text if plain else f'( {text} )'}_{{{_indices(where)}}}", ATOM


def _function(expr: Any) -> tuple[str, int]:
    name, order, argument = expr.args
    text = str(name.name).removeprefix("def:").split("#")[0]
    if text == "abs":
        return f"\\left| {latex(argument)} \\right|", ATOM
    shown = _SPECIAL.get(name.name) or (
        f"\\{text}" if text in _FUNCTIONS else f"\\operatorname{{{text}}}" if len(text) > 1 and text.isalpha() else text
    )
    return f"{shown}{chr(39) * int(order)}\\left( {latex(argument)} \\right)", ATOM


def _curve(expr: Any) -> tuple[str, int]:
    name, _, _, order, argument = expr.args
    return f"{name.name}{chr(39) * int(order)}({latex(argument)})", ATOM


def _blocks(expr: Any) -> tuple[str, int]:
    rows, cols, *blocks = expr.args
    if rows == cols == 1:
        return _tex(blocks[0])
    lines = (" & ".join(latex(block) for block in blocks[i * cols : (i + 1) * cols]) for i in range(int(rows)))
    return "\\begin{pmatrix} " + " \\\\ ".join(lines) + " \\end{pmatrix}", ATOM


def _density(expr: Any) -> tuple[str, int]:
    x, mean, covariance = (arg.args[2] if type(arg).__name__ == "Blocks" else arg for arg in expr.args)
    return f"\\mathcal{{N}}\\left( {latex(x)} \\mid {latex(mean)}, {latex(covariance)} \\right)", ATOM


def _norm(expr: Any) -> tuple[str, int]:
    return f"\\left\\| {latex(expr.args[0])} \\right\\|{'_1' if expr.args[1].name == '1' else ''}", ATOM


def _invoked(skip: int) -> Callable[[Any], tuple[str, int]]:
    def text(expr: Any) -> tuple[str, int]:
        name = expr.args[0].name.split("#")[0]
        arguments = expr.args[skip:]
        if not arguments:
            return _key(name), ATOM
        if FAMILY in name or ABOVE in name:
            return _key(name, _indices(arguments)), ATOM
        return f"{_key(name)}({', '.join(latex(argument) for argument in arguments)})", ATOM

    return text


_MADE: dict[str, Callable[[Any], tuple[str, int]]] = {
    "Symbol": _name, "IndexSymbol": _name, "MatrixSymbol": _name, "Member": _member(1), "MatrixMember": _member(3),
    "Entry": _entry, "Add": _addition, "MatAdd": _addition, "Mul": _product, "MatMul": _product, "Pow": _power,
    "MatPow": _power, "Inverse": lambda e: (f"{_base(e.args[0])}^{{-1}}", FACTOR), "Transpose": _transpose,
    "Determinant": _call("\\det"), "Trace": _call("\\operatorname{tr}"), "ScalarOf": lambda e: _tex(e.args[0]),
    "HadamardProduct": _infix("\\odot"), "KroneckerProduct": _infix("\\otimes"), "Vec": _call("\\operatorname{vec}"),
    "DiagonalMatrix": _call("\\operatorname{diag}"), "DiagonalOf": _call("\\operatorname{diag}"),
    "Identity": lambda e: ("I", ATOM), "ZeroMatrix": lambda e: ("0", ATOM),
    "OneMatrix": lambda e: ("\\mathbf{1}", ATOM),
    "Exp1": lambda e: ("e", ATOM), "Pi": lambda e: ("\\pi", ATOM), "ScalarFunction": _function,
    "MatrixFunction": _function, "MatrixValued": _curve, "Density": _density, "Norm": _norm,
    "Restricted": lambda e: _tex(e.args[0]),
    "Commutation": lambda e: (f"K_{{{latex(e.args[0])}, {latex(e.args[1])}}}", ATOM),
    "UnitVector": lambda e: (f"\\mathbf{{e}}_{{{latex(e.args[0])}}}", ATOM),
    "Delta": lambda e: (f"\\delta_{{{_indices(e.args)}}}", ATOM), "IndexSum": _reduction("\\sum"),
    "MatrixIndexSum": _reduction("\\sum"), "IndexProduct": _reduction("\\prod"), "Blocks": _blocks,
    "Gradient": lambda e: _fraction_bar(*e.args), "ScalarPartial": lambda e: _fraction_bar(*e.args),
    "MatrixPartial": lambda e: _fraction_bar(*e.args),
    "Jacobian": lambda e: _fraction_bar(e.args[0], e.args[1], "^\\top" if e.args[2].name == "numerator" else ""),
    "Differentiated": lambda e: (f"\\mathrm{{d}}\\left( {latex(e.args[0])} \\right)", FACTOR),
    "MatrixDifferentiated": lambda e: (f"\\mathrm{{d}}\\left( {latex(e.args[0])} \\right)", FACTOR),
    "Call": _invoked(1), "MatrixCall": _invoked(3),
}  # fmt: skip
