r"""LaTeX as MathML, by latex2mathml: what it does not know stays readable source text.

The elements are rebuilt from a list of names and attributes that are harmless, so that nothing a document contains
becomes markup, a link or a script.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from html import escape, unescape
from typing import TYPE_CHECKING

from derive.containers.block import Macro
from derive.containers.macros import match_braces

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MAX_LENGTH = 20_000
"""Longer formulas are shown as source text."""

MAX_ROUNDS = 500
"""Macros that are expanded in one formula."""

_CALL = re.compile(r"\\(?:[A-Za-z]+|[^A-Za-z])")
_TOKEN = re.compile(r"\\(?:[A-Za-z]+|.)|[^\s{}]", re.DOTALL)
_OPTION = re.compile(r"\s*\[([^\[\]]*)\]")
_PARAMETER = re.compile(r"#(\d)")
_TAGS = frozenset(
    "math mrow mi mn mo mtext mspace ms mfrac msqrt mroot mstyle merror mpadded mphantom msub msup msubsup munder "
    "mover munderover mmultiscripts mprescripts none mtable mtr mtd menclose".split()
)
_ATTRIBUTES = frozenset(
    "accent accentunder columnalign columnspacing display displaystyle fence form largeop linethickness lspace maxsize "
    "minsize movablelimits rowspacing rspace scriptlevel separator stretchy symmetric width".split()
)
_VALUE = re.compile(r"[A-Za-z0-9. %+-]{1,60}")
_DROPPED = re.compile(r"\\(?:label|tag\*?|eqref|ref)\s*\{[^{}]*\}|\\(?:nonumber|notag|displaystyle|limits)(?![A-Za-z])")
_CIRCLED = re.compile(r"\\textcircled\s*\{\s*(?:\\\w+\s*)?(\w)\s*\}")
_UPRIGHT = re.compile(r"&#x000[46][0-9A-F];|&#x000[57][0-9A];")
_WIDTHS = {"negativethinmathspace": "-0.167em"}


def mathml(latex: str, *, display: bool = False) -> str | None:
    r"""Return a formula as MathML, or None if a part of it is not understood.

    Parameters
    ----------
    latex : str
        The formula, without delimiters and with its macros expanded.
    display : bool
        Whether it stands by itself.

    Examples
    --------
    >>> mathml(r"x^\top")
    '<math><mrow><msup><mi>x</mi><mo lspace="0" rspace="0">⊤</mo></msup></mrow></math>'
    >>> mathml(r"\unheard x") is None
    True
    """
    return _converted(latex, display)


def formula(latex: str, *, display: bool = False) -> str:
    r"""Return a formula as HTML: MathML, or its source as code.

    Examples
    --------
    >>> formula(r"\unheard{<b>}")
    '<code class="derive-tex">\\unheard{&lt;b&gt;}</code>'
    """
    found = mathml(latex, display=display)
    return found if found is not None else f'<code class="derive-tex">{escape(latex)}</code>'


def expanded(text: str, macros: Mapping[str, Macro]) -> str:
    r"""Return the text of a formula with the macros of its document expanded, as far as that comes to an end.

    Examples
    --------
    >>> expanded(r"\inv{X} = 1", {r"\inv": Macro(r"\inv", 1, "#1^{-1}")})
    'X^{-1} = 1'
    """
    for _ in range(MAX_ROUNDS):
        call = next((found for found in _CALL.finditer(text) if found.group() in macros), None)
        if call is None or len(text) > MAX_LENGTH:
            break
        macro = macros[call.group()]
        arguments, end = _arguments(text, call.end(), macro)
        body = _PARAMETER.sub(lambda found, given=arguments: given.get(int(found[1]), ""), macro.body)  # type: ignore[misc]
        space = " " if re.search(r"\\[A-Za-z]+$", body) and text[end : end + 1].isalpha() else ""
        text = text[: call.start()] + body + space + text[end:]
    return text


def _arguments(text: str, at: int, macro: Macro) -> tuple[dict[int, str], int]:
    """Return the arguments of a call by number, and the offset behind them."""
    found: dict[int, str] = {}
    braces = match_braces(text)
    if macro.default is not None:
        option = _OPTION.match(text, at)
        found[1] = option[1] if option else macro.default
        at = option.end() if option else at
    while len(found) < macro.parameters:
        at += len(text[at:]) - len(text[at:].lstrip())
        if at in braces:
            found[len(found) + 1] = text[at + 1 : braces[at]]
            at = braces[at] + 1
        else:
            token = _TOKEN.match(text, at)
            found[len(found) + 1] = token.group() if token else ""
            at = token.end() if token else at
    return found, at


@lru_cache(maxsize=4096)
def _converted(latex: str, display: bool) -> str | None:
    from latex2mathml.converter import convert_to_element  # needed for pages and notebooks only

    if len(latex) > MAX_LENGTH:
        return None
    text = _CIRCLED.sub(r"\\text{(\1)}", _DROPPED.sub("", latex)).replace(":=", r"\coloneqq ").strip()
    try:
        element = convert_to_element(text, display="block" if display else "inline")
        made = _rebuilt(element)
    except Exception:  # whatever odd input makes of a converter that expects sense
        return None
    return made


def _rebuilt(element: Element, *, in_script: bool = False) -> str | None:
    """Return an element as text: harmless names and attributes only, all text escaped."""
    tag = element.tag.rpartition("}")[2]
    if tag not in _TAGS:
        return None
    text = unescape(element.text or "")
    if "\\" in text and tag != "mtext":  # a command that the converter does not know
        return None
    if _is_name(element):
        tag = "mi"
    shown = _attributes(tag, element, in_script)
    if element.attrib.get("mathvariant") in _BOLD:
        text = "".join(_bold(char, element.attrib["mathvariant"] == "bold-italic") for char in text)
    children = []
    siblings = list(element)
    for place, child in enumerate(siblings):
        before, after = (siblings[i] if 0 <= i < len(siblings) else None for i in (place - 1, place + 1))
        if tag in _ROWS and _is_sign(child) and _expects_operand(before):
            child.set("form", "prefix")
        inner = _rebuilt(child, in_script=in_script or (tag in _SCRIPTED and place > 0))
        if inner is None:
            return None
        if tag in _ROWS and _is_name(child):
            is_before, is_after = _is_operand(before), _is_operand(after) or (after is not None and _is_name(after))
            inner = f"{_THIN if is_before else ''}{inner}{_THIN if is_after else ''}"
        children.append(inner + escape(unescape(child.tail or "")))
    return f"<{tag}{shown}>{escape(text)}{''.join(children)}</{tag}>"


def _attributes(tag: str, element: Element, in_script: bool) -> str:
    raw = element.text or ""
    text = unescape(raw)
    found = {name: _WIDTHS.get(value, value) for name, value in element.attrib.items() if name in _ATTRIBUTES}
    if tag == "math" and found.get("display") != "block":
        found.pop("display", None)
    if tag == "mi" and len(text) == 1 and (_UPRIGHT.fullmatch(raw) or element.attrib.get("mathvariant") == "normal"):
        found["mathvariant"] = "normal"
    if tag == "mo" and (in_script or text in "|/"):  # no space around them, as TeX sets them
        found |= {"lspace": "0", "rspace": "0"}
    return "".join(f' {name}="{value}"' for name, value in found.items() if _VALUE.fullmatch(value))


def _is_name(element: Element) -> bool:
    """Whether an element is the name of a function, such as ln or tr."""
    text = element.text or ""
    return element.tag.rpartition("}")[2] in ("mi", "mo") and len(text) > 1 and text.isalpha()


def _is_sign(element: Element) -> bool:
    return (
        element.tag.rpartition("}")[2] == "mo" and unescape(element.text or "") in "+-\N{MINUS SIGN}\N{PLUS-MINUS SIGN}"
    )


def _expects_operand(before: Element | None) -> bool:
    """Whether a sign belongs to what comes after it: at the beginning, and behind an operator or an opening bracket."""
    if before is None:
        return True
    text = unescape(before.text or "")
    return before.tag.rpartition("}")[2] == "mo" and not _is_name(before) and text not in _CLOSING


def _is_operand(element: Element | None) -> bool:
    tag = "" if element is None else element.tag.rpartition("}")[2]
    if element is None or _is_name(element):
        return False
    return tag in _OPERANDS or unescape(element.text or "") == "\N{PARTIAL DIFFERENTIAL}"


_THIN = '<mspace width="0.167em"></mspace>'
_ROWS = frozenset("math mrow mtd mstyle".split())
_CLOSING = frozenset(
    ")]}|!'\N{PRIME}\N{DOUBLE VERTICAL LINE}\N{RIGHT FLOOR}\N{RIGHT CEILING}\N{MATHEMATICAL RIGHT ANGLE BRACKET}"
)
_SCRIPTED = frozenset("msub msup msubsup munder mover munderover".split())
_OPERANDS = frozenset("mi mn mfrac msqrt msub msup msubsup mtable".split())
_BOLD = frozenset({"bold", "bold-italic"})
_ALPHABETS = (
    ("A", "Z", 0x1D400, 0x1D468),
    ("a", "z", 0x1D41A, 0x1D482),
    ("\N{GREEK CAPITAL LETTER ALPHA}", "\N{GREEK CAPITAL LETTER OMEGA}", 0x1D6A8, 0x1D71C),
    ("\N{GREEK SMALL LETTER ALPHA}", "\N{GREEK SMALL LETTER OMEGA}", 0x1D6C2, 0x1D736),
)


def _bold(char: str, italic: bool) -> str:
    """Return a letter in bold: browsers know no other variant of an identifier than the upright one."""
    if "0" <= char <= "9":
        return chr(0x1D7CE + ord(char) - ord("0"))
    for first, last, upright, slanted in _ALPHABETS:
        if first <= char <= last:
            return chr((slanted if italic else upright) + ord(char) - ord(first))
    return char
