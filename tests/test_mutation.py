"""Mutants of true claims: what is answered `holds` is confirmed by floating point, which shares no code with the test.

A mutant is made from the LaTeX of the right side, token by token: a sign, a transpose, the order of two factors, a
factor 2, an index letter, an inverse. A mutant that is answered `holds` must be a theorem.
"""

import itertools
import json
import random
import re
import sys
from collections import Counter
from pathlib import Path

import numeric_oracle as oracle
import pytest

from derive.checking import check_record
from derive.options import Options

CORPUS = Path(__file__).parent / "corpus" / "dev.jsonl"
TRUE = {"holds", "proved"}
REJECTED = ("refuted", "malformed", "conditional")
RECORDS = [json.loads(line) for line in CORPUS.read_text(encoding="utf-8").splitlines() if line.strip()]
JOINED = re.compile(r"\\(Long)?(right|leftright)arrow|\\implies|\\iff", re.IGNORECASE)
EQUATIONS = [record for record in RECORDS if not JOINED.search(record["claim"])]
CLAIMS = [record for record in EQUATIONS if record["expect"] == "true"]
FALSE = [record for record in EQUATIONS if record["expect"] == "false"]

TOKEN = re.compile(r"\\[A-Za-z]+|\\.|\s+|[0-9]+|.", re.DOTALL)
GREEK = {"\\" + name for name in "Sigma Lambda Phi Psi Omega Theta Gamma mu alpha beta sigma lambda phi psi".split()}
FONTS = {"\\mathbf", "\\boldsymbol", "\\bm", "\\hat", "\\bar", "\\tilde"}
TRANSPOSED = re.compile(r"\^(\{?\\top\}?|T(?![a-z])|\{T\}|\{?\\(mathsf|mathrm|intercal)\s*\{?T?\}?\}?)")
INVERSE_TRANSPOSE = re.compile(r"\^\{-\s*(\\top|T|\\mathsf\s*\{?T\}?|\\mathrm\s*\{?T\}?)\}")


# -- tokens ------------------------------------------------------------------------------------------------------


def tokens_of(text):
    return TOKEN.findall(text)


def behind(tokens, at):
    """Return the position behind the token or braced group at a position."""
    if at >= len(tokens) or tokens[at] != "{":
        return at + 1
    depth = 0
    for position in range(at, len(tokens)):
        depth += (tokens[position] == "{") - (tokens[position] == "}")
        if depth == 0:
            return position + 1
    return len(tokens)


def atoms(tokens):
    """Yield (start, end of the symbol and its subscript, end with all scripts) of letters outside scripts."""
    at = 0
    while at < len(tokens):
        token = tokens[at]
        if token in ("_", "^"):
            at = behind(tokens, at + 1)
            continue
        if token in FONTS:
            while at + 1 < len(tokens) and tokens[at + 1].isspace():
                at += 1
            end = behind(tokens, at + 1)
        elif (len(token) == 1 and token.isalpha()) or token in GREEK:
            end = at + 1
        else:
            # The names of operators and of environments are no symbols.
            named = {"\\operatorname", "\\mathrm", "\\text", "\\begin", "\\end", "\\mathcal", "\\mathsf"}
            at = behind(tokens, at + 1) if token in named else at + 1
            continue
        start = at
        base = end
        while end < len(tokens) and tokens[end] in ("_", "^"):
            stop = behind(tokens, end + 1)
            if tokens[end] == "_" and end == base:
                base = stop
            end = stop
        yield start, base, end
        at = end


# -- mutants -----------------------------------------------------------------------------------------------------


def flip_sign(right, rng):
    tokens = tokens_of(right)
    places, at = [], 0
    while at < len(tokens):
        if tokens[at] in ("_", "^"):
            at = behind(tokens, at + 1)
            continue
        places += [at] if tokens[at] in "+-" and tokens[at] else []
        at += 1
    if not places or rng.random() < 0.3:
        return f"-\\left({right}\\right)"
    at = rng.choice(places)
    tokens[at] = "-" if tokens[at] == "+" else "+"
    return "".join(tokens)


def double(right, rng):
    return f"2 \\left({right}\\right)"


def change_transpose(right, rng):
    """Drop a transpose, or add one behind a symbol that has none."""
    found = [(m.span(), "") for m in TRANSPOSED.finditer(right)]
    found += [(m.span(), "^{-1}") for m in INVERSE_TRANSPOSE.finditer(right)]
    if found and rng.random() < 0.6:
        (start, end), instead = rng.choice(found)
        return right[:start] + instead + right[end:]
    tokens = tokens_of(right)
    bare = [base for _, base, end in atoms(tokens) if base == end]
    if not bare:
        return None
    at = rng.choice(bare)
    return "".join([*tokens[:at], "^{\\top}", *tokens[at:]])


def swap_factors(right, rng):
    tokens = tokens_of(right)
    found = list(atoms(tokens))
    pairs = [
        (one, two)
        for one, two in itertools.pairwise(found)
        if not "".join(tokens[one[2] : two[0]]).strip() and tokens[one[0] : one[2]] != tokens[two[0] : two[2]]
    ]
    if not pairs:
        return None
    (a, _, b), (c, _, d) = rng.choice(pairs)
    return "".join([*tokens[:a], *tokens[c:d], " ", *tokens[b:c], *tokens[a:b], " ", *tokens[d:]])


def change_index(right, rng):
    letters = sorted(set(re.findall(r"_\{?([a-z])(?![a-zA-Z])", right)) | {"k", "j"})
    places = [m for m in re.finditer(r"_(\{)?([a-z])(?![a-zA-Z])", right)]
    if not places:
        return None
    found = rng.choice(places)
    other = rng.choice([letter for letter in letters if letter != found.group(2)])
    return right[: found.start(2)] + other + right[found.end(2) :]


def drop_inverse(right, rng):
    found = [(m.span(), "") for m in re.finditer(r"\^\{-1\}", right)]
    found += [(m.span(), "^\\top") for m in INVERSE_TRANSPOSE.finditer(right)]
    if not found:
        return None
    (start, end), instead = rng.choice(found)
    return right[:start] + instead + right[end:]


KINDS = {
    "sign": flip_sign,
    "two": double,
    "transpose": change_transpose,
    "swap": swap_factors,
    "index": change_index,
    "inverse": drop_inverse,
}


def last_side(claim):
    """Split a claim behind its last relation sign outside braces."""
    tokens = tokens_of(claim)
    depth, cut = 0, None
    for at, token in enumerate(tokens):
        depth += (token == "{") - (token == "}")
        if token == "=" and depth == 0:
            cut = at
    assert cut is not None, claim
    return "".join(tokens[: cut + 1]), "".join(tokens[cut + 1 :])


def mutants(record, kind, count=1, seed=0):
    """Return different mutants of one kind of a claim record; none where the kind does not apply."""
    rng = random.Random(f"{seed}/{kind}/{record['id']}")
    left, right = last_side(record["claim"])
    found = {}
    for _ in range(6 * count):
        changed = KINDS[kind](right, rng)
        if changed is not None and changed.split() != right.split():
            found[changed] = {**record, "claim": f"{left} {changed}"}
        if len(found) == count:
            break
    return list(found.values())


def answer(record):
    return check_record(oracle.public(record), Options(repair=False))


def assert_confirmed(found):
    """Check that every mutant answered `holds` is true in floating point; return the verdicts counted."""
    verdicts = Counter()
    unsound = []
    for mutant in found:
        said = answer(mutant)
        verdicts[said["verdict"]] += 1
        if said["verdict"] in TRUE and oracle.confirms(mutant) is not True:
            unsound.append(f"{mutant['id']}: {mutant['claim']}")
        if said["verdict"] in {"refuted", "conditional"}:
            sizes = said["counterexample"]["dimensions"]
            if oracle.confirms(mutant, sizes=sizes) is True:
                unsound.append(f"{said['verdict']}, and true for {sizes}: {mutant['id']}: {mutant['claim']}")
    assert not unsound, "\n".join(unsound)
    return verdicts


# -- the tests ---------------------------------------------------------------------------------------------------


def test_true_claims_are_confirmed_and_not_refuted():
    wrong = []
    for record in CLAIMS:
        verdict = answer(record)["verdict"]
        if verdict in {"refuted", "malformed", "conditional"} or oracle.confirms(record, points=3) is not True:
            wrong.append((record["id"], verdict))
    assert wrong == []


def test_false_claims_are_false_in_floating_point():
    """The oracle is tested, too: it tells the sides of every false claim apart."""
    assert len(FALSE) > 50
    assert [record["id"] for record in FALSE if oracle.confirms(record, points=3) is not False] == []


def test_two_mutants_of_every_claim():
    rng = random.Random(3)
    chosen = []
    for record in CLAIMS:
        kinds = rng.sample(list(KINDS), len(KINDS))
        chosen += [mutant for kind in kinds for mutant in mutants(record, kind)][:2]
    assert len(chosen) == 2 * len(CLAIMS)
    verdicts = assert_confirmed(chosen)
    assert sum(verdicts[word] for word in REJECTED) > 0.7 * len(chosen), verdicts
    assert verdicts["refuted"] > 0.3 * len(chosen), verdicts


@pytest.mark.slow
@pytest.mark.parametrize("kind", list(KINDS))
def test_all_mutants(kind):
    chosen = [mutant for record in CLAIMS for mutant in mutants(record, kind, count=4)]
    assert len(chosen) > 40
    verdicts = assert_confirmed(chosen)
    assert sum(verdicts[word] for word in REJECTED) > 0.5 * len(chosen), verdicts


@pytest.mark.parametrize(
    ("kind", "right", "expected"),
    [
        ("two", "A x", {r"2 \left(A x\right)"}),
        ("sign", "a + b", {"a - b", r"-\left(a + b\right)"}),
        ("sign", "x^{-1}", {r"-\left(x^{-1}\right)"}),
        ("transpose", r"A^\top", {"A"}),
        ("transpose", "A^{-T} B", {"A^{-1} B", r"A^{-T} B^{\top}"}),
        ("swap", r"A_k B^{-1}", {"B^{-1}  A_k "}),
        ("swap", r"\operatorname{tr} A", {None}),
        ("index", "x_n", {"x_k", "x_j"}),
        ("inverse", "A^{-1} B", {"A B"}),
        ("inverse", r"A^{-\top}", {r"A^\top"}),
    ],
)
def test_mutators(kind, right, expected):
    made = {KINDS[kind](right, random.Random(seed)) for seed in range(40)} - ({None} - expected)
    assert made == expected


def test_a_false_theorem_is_caught(monkeypatch):
    """The tester is tested: a proof-reader that accepts everything, or refutes everything, does not pass."""
    record = {"id": "x", "declare": ["A \\in \\mathbb{R}^{n \\times n}"], "claim": "A^\\top = A"}
    module = sys.modules[__name__]
    monkeypatch.setattr(module, "answer", lambda record: {"verdict": "holds"})
    with pytest.raises(AssertionError, match="x: A"):
        assert_confirmed([record])
    lie = {"verdict": "refuted", "counterexample": {"dimensions": {"n": 2}}}
    monkeypatch.setattr(module, "answer", lambda record: lie)
    with pytest.raises(AssertionError, match="true for"):
        assert_confirmed([{**record, "claim": "A + A = 2 A"}])
    assert_confirmed([record])
