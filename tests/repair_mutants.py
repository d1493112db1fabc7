"""Wrong claims made from true ones by one edit or by two: what a search of repairs is measured with.

An edit changes the LaTeX of a right side at one place: the sign of a term, a factor 2 or ½, a transpose, the order of
two factors, an inverse, an exponent, an index, a sum, a symbol, a fraction. Edits are made on the text, so they share
nothing with a search over expressions. A mutant is kept if floating point tells its sides apart at the points of
`numeric_oracle` (``because`` is ``"values"``), or if its shapes or indices do not fit (``"shapes"``); of two edits each
alone makes the claim false as well. ``python tests/repair_mutants.py`` writes ``tests/corpus/repairs.jsonl``.
"""

import itertools
import json
import random
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numeric_oracle as oracle
from test_mutation import CLAIMS, INVERSE_TRANSPOSE, TRANSPOSED, atoms, behind, tokens_of

from derive.checking import check_record
from derive.options import Options
from derive.tokens import Unreadable
from derive.typed import Malformed

REPAIRS = Path(__file__).parent / "corpus" / "repairs.jsonl"
REJECTED = {"refuted", "malformed", "conditional"}
COUNT = 300
"""How many mutants of one edit, and of two."""
MOST_SHAPES = 0.3
"""The share of mutants whose shapes or indices do not fit."""
KEPT = ("declare", "given", "dims", "layout", "symmetric_derivative")

NAMED = {"\\operatorname", "\\mathrm", "\\text", "\\begin", "\\end", "\\mathcal", "\\mathsf", "\\mathbb"}
OPENING = {"(", "[", "\\{"}
CLOSING = {")", "]", "\\}"}
HALF = re.compile(r"\\[td]?frac(\{1\}\{2\}|12)\s*")
FRACTION = re.compile(r"\\[td]?frac(?=\{)")
RANGE = re.compile(r"([a-z]) = (\d), \\dots, ([A-Za-z])")
SUM = re.compile(r"\\sum_(\{[^{}]*\}|[a-z])(\^(\{[^{}]*\}|[A-Za-z]))?\s*")


@dataclass(frozen=True, order=True)
class Edit:
    """The text that takes the place of ``right[start:end]``."""

    start: int
    end: int
    text: str
    kind: str

    def is_apart(self, other):
        """Whether the places do not touch; next to an insertion nothing else is changed."""
        one, two = sorted((self, other))
        return one.end < two.start or (one.end == two.start and one.end > one.start and two.end > two.start)


def edited(right, edits):
    """Return the text with all edits made."""
    for edit in sorted(edits, reverse=True):
        text, behind_it = edit.text, right[edit.end :]
        if re.search(r"\\[A-Za-z]+$", text) and behind_it[:1].isalpha():
            text += " "
        right = right[: edit.start] + text + behind_it
    return right


# -- places ------------------------------------------------------------------------------------------------------


class Text:
    """A right side as tokens with their offsets; scripts and names of operators are no places for edits."""

    def __init__(self, right):
        self.right = right
        self.tokens = tokens_of(right)
        self.offsets = list(itertools.accumulate(map(len, self.tokens), initial=0))
        self.inner = set()
        at = 0
        while at < len(self.tokens):
            stop = at + 1
            if self.tokens[at] in ("_", "^") or self.tokens[at] in NAMED:
                stop = behind(self.tokens, at + 1)
                self.inner.update(range(at + 1, stop))
            at = stop

    def outer(self):
        """Yield (position, token) outside scripts and names, without spaces."""
        for at, token in enumerate(self.tokens):
            if at not in self.inner and not token.isspace():
                yield at, token

    def is_outer(self, offset):
        return self.offsets.index(offset) not in self.inner if offset in self.offsets else False

    def terms(self):
        """Yield (position, offset behind the sign) of the terms, and whether a sign stands before them."""
        before = None
        for at, token in self.outer():
            starts = before is None or before in OPENING or before in "+-"
            if starts and token not in "+-":
                yield at, self.offsets[at], before is not None and before in "+-"
            before = token if token not in ("\\left", "\\bigl", "\\Bigl", "\\,", "\\;") else before

    def closed_groups(self):
        """Yield (start, end of the bracket, end with scripts) of round brackets that are factors."""
        stack, before = [], None
        for at, token in self.outer():
            if token == "(":
                stack.append((at, before))
            elif token == ")" and stack:
                start, previous = stack.pop()
                if not self.is_applied(previous):
                    end = at + 1
                    while end < len(self.tokens) and self.tokens[end] in ("^", "_"):
                        end = behind(self.tokens, end + 1)
                    first = start - 1 if start and self.tokens[start - 1] == "\\left" else start
                    yield first, at + 1, end
            if token != "\\left":
                before = at

    def is_applied(self, at):
        """Whether a bracket behind this position is an argument."""
        if at is None:
            return False
        while (at > 0 and self.tokens[at] in ("}", " ")) or at in self.inner:
            at -= 1
        token = self.tokens[at]
        return token in NAMED or bool(re.fullmatch(r"\\(exp|log|ln|det|tanh|sigma|cal.*)|[fgk]|'", token))


def names(record):
    """Return the declared names of a record with what they are declared as."""
    found = {}
    for text in record["declare"]:
        if "\\in" not in text:
            continue
        left, right = text.split("\\in", 1)
        for name in left.split(","):
            name = re.sub(r"_(\{[a-z]+\}|[a-z])$", "", name.strip()) if "\\dots" in right else name.strip()
            found[name] = " ".join(right.split())
    return found


# -- edits -------------------------------------------------------------------------------------------------------


def signs(text, record):
    before = None
    for at, token in text.outer():
        start, end = text.offsets[at], text.offsets[at + 1]
        if token in "+-":
            leads = before is None or before in OPENING or before in ("{", "&", "=")
            yield (start, end, "" if leads and token == "-" else "-" if token == "+" else "+")
        before = token if token not in ("\\left", "\\bigl", "\\Bigl") else before
    for _, start, signed in text.terms():
        if not signed:
            yield start, start, "-"


def factors(text, record):
    for found in HALF.finditer(text.right):
        if text.is_outer(found.start()) and re.match(r"[^+\-)\]=]", text.right[found.end() :]):
            yield found.start(), found.end(), ""
    for at, token in text.outer():
        rest = text.right[text.offsets[at + 1] :].lstrip()
        if token == "2" and rest and (rest[0].isalnum() or rest[0] in "(\\"):
            yield text.offsets[at], text.offsets[at + 1], ""
    for _, start, _ in text.terms():
        yield start, start, "2 "
        yield start, start, "\\frac{1}{2} "


def transposes(text, record):
    for found in TRANSPOSED.finditer(text.right):
        yield *found.span(), ""
    for found in INVERSE_TRANSPOSE.finditer(text.right):
        yield *found.span(), "^{-1}"
    for end in bare(text, record):
        yield end, end, "^\\top"


def inverses(text, record):
    for found in re.finditer(r"\^\{-1\}", text.right):
        yield *found.span(), ""
    for found in INVERSE_TRANSPOSE.finditer(text.right):
        yield *found.span(), "^\\top"
    for end in bare(text, record, square=True):
        yield end, end, "^{-1}"


def bare(text, record, square=False):
    """Yield the offsets behind matrices and brackets without a script."""
    declared = names(record)
    for start, base, end in atoms(text.tokens):
        name = "".join(text.tokens[start:base])
        kind = declared.get(name) or declared.get(name.split("_")[0], "")
        rows = re.match(r"\\mathbb\{R\}\^\{(.*) \\times (.*?)\}", kind)
        is_matrix = rows or re.match(r"\\math(bb|rm)\{(S|D|GL|O)\}", kind)
        is_square = is_matrix and not (rows and rows[1] != rows[2])
        if base == end and (is_square if square else (is_matrix or "^" in kind)):
            yield text.offsets[base]
    for _, close, end in text.closed_groups():
        if close == end:
            yield text.offsets[close]


def orders(text, record):
    found = [(start, end) for start, _, end in atoms(text.tokens)]
    found += [(start, end) for start, _, end in text.closed_groups()]
    functions = {item.split(":")[0].strip() for item in record["declare"] if ":" in item}
    for (a, b), (c, d) in itertools.product(found, found):
        between = "".join(text.tokens[b:c]).strip() if b <= c else "-"
        one, two = "".join(text.tokens[a:b]), "".join(text.tokens[c:d])
        if between in ("", "\\,", "\\;", "\\otimes") and one != two and not {one.rstrip("'"), two} & functions:
            yield text.offsets[a], text.offsets[d], f"{two} {between} {one} ".replace("  ", " ")


def exponents(text, record):
    for found in re.finditer(r"\^(\d)", text.right):
        yield *found.span(), "^3" if found[1] == "2" else "^2"
        yield *found.span(), ""
    for found in re.finditer(r"\^\{(-?)(\w)(/2)?\}", text.right):
        sign, base, half = found.groups()
        if half:
            yield *found.span(), f"^{{{sign}{base}}}"
        elif base.isdigit():
            yield *found.span(), f"^{{{sign}{int(base) + 1}}}"


def indices(text, record):
    letters = {found[1] for item in record["declare"] for found in RANGE.finditer(item)}
    letters |= set(re.findall(r"_\{?([a-z])(?![a-zA-Z])", record["claim"]))
    for found in re.finditer(r"(?<!sum)_(\{?)([a-z])([a-z]?)\b(?![=(])", text.right):
        brace, one, two = found.groups()
        if two and not brace:
            two = ""
        start = found.start(2)
        if two:
            yield start, start + 2, two + one
        for at, letter in enumerate(one + two):
            yield from ((start + at, start + at + 1, other) for other in sorted(letters - {letter}))


def sums(text, record):
    for found in SUM.finditer(text.right):
        yield *found.span(), ""
    ranges = sorted({found.groups() for item in record["declare"] for found in RANGE.finditer(item)})
    for _, start, _ in text.terms():
        for letter, first, last in ranges:
            if f"_{letter}" in text.right or f"_{{{letter}" in text.right or "{n" + letter in text.right:
                yield start, start, f"\\sum_{{{letter}={first}}}^{last} "


def symbols(text, record):
    declared = names(record)
    for start, base, _ in atoms(text.tokens):
        name = "".join(text.tokens[start:base])
        stop = base
        if name not in declared and "_" in text.tokens[start:base]:
            stop = start + text.tokens[start:base].index("_")
            name = "".join(text.tokens[start:stop])
        if name in declared:
            for other, kind in declared.items():
                if other != name and kind == declared[name]:
                    yield text.offsets[start], text.offsets[stop], other


def fractions(text, record):
    for found in FRACTION.finditer(text.right):
        at = text.offsets.index(found.end())
        middle = behind(text.tokens, at)
        if middle >= len(text.tokens) or text.tokens[middle] != "{":
            continue
        end = behind(text.tokens, middle)
        above, below = ("".join(text.tokens[a + 1 : b - 1]) for a, b in ((at, middle), (middle, end)))
        if re.search(r"partial|nabla|\bd", above + below) or (above, below) == ("1", "2"):
            continue
        yield found.start(), text.offsets[end], f"\\frac{{{below}}}{{{above}}}"
        if above != "1":
            yield found.start(), text.offsets[end], f"\\left( {above} \\right)"


KINDS = {
    "sign": signs,
    "factor": factors,
    "transpose": transposes,
    "order": orders,
    "inverse": inverses,
    "exponent": exponents,
    "index": indices,
    "sum": sums,
    "symbol": symbols,
    "fraction": fractions,
}


def edits(right, record):
    """Return all edits of a right side, each once."""
    text = Text(right)
    found = {}
    for kind, make in KINDS.items():
        for start, end, new in make(text, record):
            found.setdefault((start, end, new.strip()), Edit(start, end, new, kind))
    return sorted(found.values())


# -- claims ------------------------------------------------------------------------------------------------------


def sides(claim):
    """Split an equation, or a chain of equations, at its relation signs outside braces."""
    tokens, depth, cuts = tokens_of(claim), 0, []
    for at, token in enumerate(tokens):
        depth += (token == "{") - (token == "}")
        if token == "=" and depth == 0:
            cuts.append(at)
    bounds = [-1, *cuts, len(tokens)]
    return ["".join(tokens[a + 1 : b]).strip() for a, b in itertools.pairwise(bounds)]


class Source:
    """A true claim, its edits, and what was found of them."""

    def __init__(self, record):
        self.record = record
        *_, self.left, self.right = sides(record["claim"])
        self.edits = edits(self.right, record)
        self.known = {}

    def mutant(self, chosen):
        return {**self.record, "claim": f"{self.left} = {edited(self.right, chosen)}"}

    def because(self, chosen):
        """Return why a mutant is false, None where it is not or where nothing is sure."""
        claim = edited(self.right, chosen)
        if claim not in self.known:
            self.known[claim] = why_false(self.mutant(chosen))
        return self.known[claim]


def why_false(record):
    """Return ``"values"`` or ``"shapes"`` for a false claim; None where floating point does not tell."""
    verdict = check_record(oracle.public(record), Options(repair=False))["verdict"]
    if verdict == "malformed":
        return "shapes"
    if verdict not in REJECTED:
        return None
    try:
        return "values" if oracle.confirms(record, points=3) is False else None
    except (oracle.Unsupported, Unreadable, Malformed):
        return None


def mutants(count=COUNT, seed=0, claims=CLAIMS):
    """Return mutants by one edit and by two, as records: the rarer kinds first, one a claim and round."""
    rng = random.Random(seed)
    sources = [Source(record) for record in claims]
    found = []
    for number in (1, 2):
        kinds, reasons, seen, made, rounds = Counter(), Counter(), set(), 0, 0
        while made < count and rounds < 12:
            rounds += 1
            for source in rng.sample(sources, len(sources)):
                if made == count:
                    break
                is_room = reasons["shapes"] < MOST_SHAPES * (made + 4)
                chosen = _choose(source, number, rng, kinds, seen, is_room)
                if chosen is None:
                    continue
                reason = source.because(chosen)
                seen.add((source.record["id"], chosen))
                kinds.update(edit.kind for edit in chosen)
                reasons[reason] += 1
                made += 1
                found.append(_record(source, chosen, reason, made))
    return found


def _choose(source, number, rng, kinds, seen, is_room):
    """Return the edits of one more mutant of a claim, None where there are no more."""
    pool = rng.sample(source.edits, min(len(source.edits), 40))
    options = [(edit,) for edit in pool]
    if number == 2:
        options = [tuple(sorted(pair)) for pair in itertools.combinations(pool, 2) if pair[0].is_apart(pair[1])]
        options = rng.sample(options, min(len(options), 60))
    options.sort(key=lambda chosen: sum(kinds[edit.kind] for edit in chosen))
    for chosen in options[:12]:
        if (source.record["id"], chosen) in seen or edited(source.right, chosen) == source.right:
            continue
        reason = source.because(chosen)
        # Nobody writes a fraction with a matrix below.
        few = is_room and not any(edit.kind == "fraction" for edit in chosen)
        is_wanted = reason == "values" or (reason == "shapes" and few)
        if is_wanted and (number == 1 or all(source.because((edit,)) for edit in chosen)):
            return chosen
    return None


def _record(source, chosen, reason, made):
    record = source.record
    return {
        "id": f"{record['id']}/{len(chosen)}-{made}",
        "topic": record.get("topic", ""),
        **{key: record[key] for key in KEPT if record.get(key)},
        "claim": source.mutant(chosen)["claim"],
        "original": source.right,
        "edits": [edit.kind for edit in chosen],
        "because": reason,
    }


def main():
    """Write the mutants."""
    found = mutants()
    REPAIRS.write_text("".join(json.dumps(record) + "\n" for record in found), encoding="utf-8")
    for number in (1, 2):
        those = [record for record in found if len(record["edits"]) == number]
        kinds = Counter(kind for record in those for kind in record["edits"])
        print(number, len(those), dict(kinds), dict(Counter(record["because"] for record in those)))


if __name__ == "__main__":
    main()
