"""Array program to Python expressions: what is computed entry by entry; see `numeric.emit`."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction

from numeric.construct import mul, value_of
from numeric.emitter import ATOM, POWER, PRODUCT, SUM, UNARY, Emitter, Text, literal, rule
from numeric.program import Node, nodes


@rule("add")
def _add(em: Emitter, node: Node) -> Text:
    out = ""
    terms = [(Fraction(c), term) for c, term in zip(node.data, node.args, strict=True)]
    if len(terms) > 1 and terms[0][0] < 0 < max(c for c, _ in terms):  # begin with a positive term
        first = next(i for i, (c, _) in enumerate(terms) if c > 0)
        terms = [terms[first], *terms[:first], *terms[first + 1 :]]
    whole = any(term.op != "one" and term.axes == node.axes and term.rank == node.rank for _, term in terms)
    for c, term in terms:
        pad = 0
        if whole:
            term, pad = without_ones(term)
        if term.op == "one" and (whole or not node.rank):
            text = literal(abs(c))
        else:
            text = _coefficient(abs(c), em.aligned(term, node.axes, node.rank, PRODUCT, pad))
        sign = "-" if c < 0 else "+"
        out = f"{out} {sign} {text}" if out else text if c > 0 else f"-{text}"
    if not terms:
        return "0.0", ATOM
    if len(terms) == 1 and terms[0][1].op == "one" and terms[0][0] > 0:
        return out, PRODUCT if " " in out else ATOM
    level = SUM if len(terms) > 1 else PRODUCT if abs(terms[0][0]) != 1 else UNARY
    return out, level


def without_ones(term: Node) -> tuple[Node, int]:
    """Return what is spread over an array by ones, where another term gives the sum its shape, and where it stands."""
    if term.op == "matmul" and len(term.args) == 2 and term.args[1].op == "one" and term.args[0].is_column:
        return term.args[0], -1
    if term.op == "matmul" and len(term.args) == 2 and term.args[0].op == "one" and term.args[1].is_row:
        return term.args[1], 0
    if term.op != "mul" or not any(factor.op == "one" and factor.shape for factor in term.args):
        return term, 0
    kept = [factor for factor in term.args if factor.op != "one"]
    return (mul(*kept), 0) if kept and all(factor.is_number for factor in kept) else (term, 0)


def _coefficient(c: Fraction, text: str) -> str:
    if c == 1:
        return text
    if c.numerator == 1 and literal(c).startswith("("):
        return f"{text} / {c.denominator}.0"
    return f"{literal(c)} * {text}"


@rule("mul")
def _mul(em: Emitter, node: Node) -> Text:
    top, bottom = [], []
    for factor in node.args:
        exponent = value_of(factor.args[1]) if factor.op == "pow" else None
        if exponent is not None and exponent < 0 and not em.text(factor)[0].isidentifier():
            base = em.aligned(factor.args[0], node.axes, node.rank, UNARY if exponent == -1 else ATOM)
            bottom.append(_raised(em, base, -exponent))
        else:
            top.append(em.aligned(factor, node.axes, node.rank, UNARY))
    text = " * ".join(top) or "1.0"
    if bottom:
        text += " / " + (bottom[0] if len(bottom) == 1 else f"({' * '.join(bottom)})")
    return text, PRODUCT


def _raised(em: Emitter, base: str, exponent: Fraction) -> str:
    if exponent == 1:
        return base
    if exponent == Fraction(1, 2):
        return f"{em.function('sqrt')}({without_brackets(base)})"
    return powered(base, str(exponent.numerator) if exponent.denominator == 1 else literal(exponent))


def powered(base: str, exponent: str) -> str:
    """Return a power, with spaces as formatters set them: none beside names and numbers."""
    simple = re.fullmatch(r"[\w.]+", base) and re.fullmatch(r"-?[\w.]+", exponent)
    return f"{base}**{exponent}" if simple else f"{base} ** {exponent}"


def without_brackets(text: str) -> str:
    """Return an expression without the brackets around all of it."""
    if not (text.startswith("(") and text.endswith(")")):
        return text
    depth = 0
    for place, char in enumerate(text):
        depth += (char in "([") - (char in ")]")
        if not depth and place < len(text) - 1:
            return text
    return text[1:-1]


@rule("pow")
def _pow(em: Emitter, node: Node) -> Text:
    base, exponent = node.args
    value = value_of(exponent)
    if value is None:
        raised = em.aligned(exponent, node.axes, node.rank, POWER)
        return powered(em.aligned(base, node.axes, node.rank), raised), POWER
    if value < 0:
        least = UNARY if value == -1 else ATOM
        return f"1.0 / {_raised(em, em.wrapped(base, least), -value)}", PRODUCT
    if value == Fraction(1, 2):
        return f"{'math.sqrt' if em.xp == 'xp' and is_plain(base) else em.function('sqrt')}({em.text(base)[0]})", ATOM
    return _raised(em, em.wrapped(base, ATOM), value), POWER


_FORMULAS: dict[str, Callable[[Emitter, str, str], Text]] = {
    "sech": lambda em, text, atom: (f"2.0 * {em.function('exp')}(-{_logaddexp(em, text, negated(atom))})", PRODUCT),
    "relu": lambda em, text, _: (f"{em.function('maximum')}({text}, 0.0)", ATOM),
    "softplus": lambda em, text, _: (_logaddexp(em, "0.0", text), ATOM),
    "sigmoid": lambda em, text, atom: (f"{em.function('exp')}(-{_logaddexp(em, '0.0', negated(atom))})", ATOM),
}


def negated(atom: str) -> str:
    """Return the negative of an expression, without a double minus."""
    inner = without_brackets(atom)
    if inner.startswith("-") and re.fullmatch(r"-[\w.]+(\(.*\))?( [*/] [\w.]+)*", inner) and balanced(inner):
        return inner[1:]
    return f"-{inner}" if re.fullmatch(r"\d[\w.]* [*/] [\w.]+", inner) else f"-{atom}"


def balanced(text: str) -> bool:
    """Whether the first bracket that opens is closed by the last character, if there is one."""
    first = text.find("(")
    return first < 0 or (text.endswith(")") and without_brackets(text[first:]) != text[first:])


def _logaddexp(em: Emitter, left: str, right: str) -> str:
    if em.xp == "np" or left != "0.0":
        return f"{em.function('logaddexp')}({left}, {right})"
    return f"{em.function('logaddexp')}({em.function('zeros_like')}({right}), {right})"


def is_plain(node: Node) -> bool:
    """Whether a number is made of constants and sizes only: not an array of any namespace."""
    return node.is_number and all(part.op in _PLAIN and not part.axes for part in nodes(node))


_PLAIN = frozenset({"one", "size", "constant", "add", "mul", "pow", "fn"})


@rule("fn")
def _fn(em: Emitter, node: Node) -> Text:
    name = node.data[0]
    text = em.text(node.args[0])[0]
    formula = _FORMULAS.get(name)
    if formula is not None:
        return formula(em, text, em.wrapped(node.args[0], ATOM))
    if em.xp == "xp" and is_plain(node):
        return f"{'' if name == 'abs' else 'math.'}{name}({text})", ATOM
    return f"{em.function(name)}({text})", ATOM


@rule("call")
def _call(em: Emitter, node: Node) -> Text:
    return f"{em.names[node.data[0], node.data[1]]}({em.text(node.args[0])[0]})", ATOM


@rule("where")
def _where(em: Emitter, node: Node) -> Text:
    test, value = (em.aligned(arg, node.axes, node.rank, SUM) for arg in node.args)
    return f"{em.function('where')}({test}, {value}, 0.0)", ATOM


@rule("compare")
def _compare(em: Emitter, node: Node) -> Text:
    sign, args = node.data[0], node.args
    if value_of(args[0]) is not None or args[0].op == "size":  # what varies stands first
        sign, args = {"<=": ">=", ">=": "<=", "<": ">", ">": "<"}.get(sign, sign), args[::-1]
    left, right = (em.aligned(arg, node.axes, 0, SUM) for arg in args)
    return f"({left} {sign} {right})", ATOM


@rule("equal")
def _equal(em: Emitter, node: Node) -> Text:
    left, right = node.args
    if left.op == right.op == "index" and left != right:
        first, second = left.data[0], right.data[0]
        if first.size == second.size and first.lower == second.lower == 1:
            return em.created("eye", em.size(left.data[0].size)), ATOM
    texts = [em.aligned(arg, node.axes, 0, SUM) for arg in sorted(node.args, key=lambda arg: not arg.axes)]
    test = f"{texts[0]} == {texts[1]}"
    if em.xp == "np":
        return f"({test}) * 1.0", PRODUCT
    if not node.axes:
        return f"float({test})", ATOM
    em.makes_arrays = True
    return f'xp.astype({test}, like["dtype"])', ATOM


@rule("maximum", "logaddexp")
def _pairs(em: Emitter, node: Node) -> Text:
    texts = [em.aligned(arg, node.axes, node.rank, SUM) for arg in node.args]
    out = texts[0]
    for text in texts[1:]:
        out = f"{em.function(node.op)}({out}, {text})"
    return out, ATOM


@rule("less")
def _less(em: Emitter, node: Node) -> Text:
    above, below = (
        em.aligned(arg, node.axes, node.rank, least) for arg, least in zip(node.args, (SUM, UNARY), strict=True)
    )
    return f"{above} - {below}", SUM


@rule("divided")
def _divided(em: Emitter, node: Node) -> Text:
    above = em.aligned(node.args[0], node.axes, node.rank, PRODUCT)
    return f"{above} / {em.aligned(node.args[1], node.axes, node.rank, ATOM)}", PRODUCT
