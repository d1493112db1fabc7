"""The prover: classes of algebraic claims, and a normal form that is one however a term is written."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numeric_oracle import statements

from derive.certificate import replay
from derive.normal.search import Finder
from derive.prove import Attempt, prove
from derive.term import Term, make, number, size

SQUARE = (r"A \in \mathrm{GL}(n)", r"D \in \mathrm{GL}(m)")
TALL = (r"U \in \mathbb{R}^{n \times m}", r"V \in \mathbb{R}^{m \times n}")
VECTORS = (r"x, y, b \in \mathbb{R}^n", r"c \in \mathbb{R}")
DEFINITE = (r"P \in \mathbb{S}_{++}^n", r"R \in \mathbb{S}_{++}^m", r"H \in \mathbb{R}^{m \times n}")
LOGITS = (r"z \in \mathbb{R}^K", r"a_k \in \mathbb{R}, k = 1, \dots, K")
CLASSES = {
    "Woodbury": (
        r"(A + U D V)^{-1} = A^{-1} - A^{-1} U (D^{-1} + V A^{-1} U)^{-1} V A^{-1}",
        r"(A + U V)^{-1} = A^{-1} - A^{-1} U (I + V A^{-1} U)^{-1} V A^{-1}",
        r"(P^{-1} + H^\top R^{-1} H)^{-1} = P - P H^\top (R + H P H^\top)^{-1} H P",
    ),
    "Sherman-Morrison": (
        r"(A + x y^\top)^{-1} = A^{-1} - \frac{A^{-1} x y^\top A^{-1}}{1 + y^\top A^{-1} x}",
        r"(A + x y^\top)^{-1} x = \frac{A^{-1} x}{1 + y^\top A^{-1} x}",
    ),
    "push-through": (
        r"(I + U V)^{-1} U = U (I + V U)^{-1}",
        r"U (I + V U)^{-1} V = I - (I + U V)^{-1}",
        r"(P^{-1} + H^\top R^{-1} H)^{-1} H^\top R^{-1} = P H^\top (H P H^\top + R)^{-1}",
    ),
    "Searle": (
        r"(I + A^{-1})^{-1} = A (A + I)^{-1}",
        r"(A + U U^\top)^{-1} U = A^{-1} U (I + U^\top A^{-1} U)^{-1}",
        r"(A^{-1} + B^{-1})^{-1} = A (A + B)^{-1} B",
        r"A - A (A + B)^{-1} A = B - B (A + B)^{-1} B",
        r"A^{-1} + B^{-1} = A^{-1} (A + B) B^{-1}",
        r"(I + A B)^{-1} A = A (I + B A)^{-1}",
    ),
    "determinant lemma": (
        r"\det(A + x y^\top) = (1 + y^\top A^{-1} x) \det A",
        r"\det(A + U D V) = \det(D^{-1} + V A^{-1} U) \det(D) \det(A)",
        r"\det(I_n + U V) = \det(I_m + V U)",
    ),
    "block inverses": (
        r"\begin{pmatrix} A & U \\ V & D \end{pmatrix}"
        r"\begin{pmatrix} (A - U D^{-1} V)^{-1} \\ -D^{-1} V (A - U D^{-1} V)^{-1} \end{pmatrix}"
        r" = \begin{pmatrix} I_n \\ 0_{m \times n} \end{pmatrix}",
        r"\det \begin{pmatrix} A & U \\ V & D \end{pmatrix} = \det(A) \det(D - V A^{-1} U)",
        r"\begin{pmatrix} A & U \\ 0_{m \times n} & D \end{pmatrix}^{-1} ="
        r"\begin{pmatrix} A^{-1} & -A^{-1} U D^{-1} \\ 0_{m \times n} & D^{-1} \end{pmatrix}",
    ),
    "completing the square": (
        r"x^\top P x - 2 b^\top x = (x - P^{-1} b)^\top P (x - P^{-1} b) - b^\top P^{-1} b",
        r"x^\top P x / 2 + b^\top x + c = (x + P^{-1} b)^\top P (x + P^{-1} b) / 2 + c - b^\top P^{-1} b / 2",
    ),
    "log-softmax": (
        r"\log \frac{e^{a_j}}{\sum_{k=1}^K e^{a_k}} = a_j - \log \sum_{k=1}^K e^{a_k}",
        r"\log \sum_{k=1}^K e^{a_k + c} = c + \log \sum_{k=1}^K e^{a_k}",
        r"\frac{\partial}{\partial a_j} \log \sum_{k=1}^K e^{a_k} = \frac{e^{a_j}}{\sum_{k=1}^K e^{a_k}}",
    ),
}
EVERYTHING = (*SQUARE, r"B \in \mathrm{GL}(n)", *TALL, *VECTORS, *DEFINITE, *LOGITS)
CLAIMS = [(kind, claim) for kind, claims in CLASSES.items() for claim in claims]


def proof(claim):
    (found, conditions) = next(statements({"declare": EVERYTHING, "claim": claim}))
    return [prove(statement, conditions) for statement in found]


@pytest.mark.parametrize(("kind", "claim"), CLAIMS)
def test_classes_that_are_proved(kind, claim):
    (certificate,) = proof(claim)
    assert certificate is not None, kind
    replay(certificate)


SLIPS = (
    r"(A + U D V)^{-1} = A^{-1} - A^{-1} U (D + V A^{-1} U)^{-1} V A^{-1}",
    r"(A + x y^\top)^{-1} = A^{-1} - \frac{A^{-1} x y^\top A^{-1}}{1 + x^\top A^{-1} y}",
    r"(I + A B)^{-1} A = A (I + A B)^{-1}",
    r"(A^{-1} + B^{-1})^{-1} = A (A + B)^{-1} A",
    r"\det(A + x y^\top) = (1 + x^\top A^{-1} y) \det A",
    r"\det \begin{pmatrix} A & U \\ V & D \end{pmatrix} = \det(A) \det(D) - \det(V A^{-1} U)",
    r"x^\top P x - 2 b^\top x = (x - P^{-1} b)^\top P (x - P^{-1} b) + b^\top P^{-1} b",
    r"\log \sum_{k=1}^K e^{a_k + c} = \log \sum_{k=1}^K e^{a_k}",
)


@pytest.mark.parametrize("claim", SLIPS)
def test_slips_are_not_proved(claim):
    assert proof(claim) == [None]


# -- the normal form ---------------------------------------------------------------------------------------------

N = size("n")
LETTERS = {name: make("M", name, N, N) for name in "ABS"}
FACTS = {"A": frozenset(("invertible",)), "B": frozenset(), "S": frozenset(("symmetric",)), "x": frozenset()}
SCALARS = {"x": make("s", "x"), "y": make("s", "y")}


def matrices(depth=3):
    leaf = st.sampled_from([*LETTERS.values(), make("I", N)])
    if not depth:
        return leaf
    inner = matrices(depth - 1)
    return st.one_of(
        leaf,
        st.tuples(inner, inner).map(lambda p: Term("+", p)),
        st.tuples(inner, inner).map(lambda p: Term("@", p)),
        inner.map(lambda m: Term("t", (m,))),
        st.tuples(scalars(0), inner).map(lambda p: Term(".", p)),
        st.just(Term("inv", (LETTERS["A"],))),
        st.tuples(inner, inner).map(lambda p: Term("had", p)),
    )


def scalars(depth=2):
    leaf = st.one_of(st.sampled_from(list(SCALARS.values())), st.integers(-2, 3).map(number))
    if not depth:
        return leaf
    inner = scalars(depth - 1)
    return st.one_of(
        leaf,
        st.tuples(inner, inner).map(lambda p: Term("+", p)),
        st.tuples(inner, inner).map(lambda p: Term("*", p)),
        matrices(depth - 1).map(lambda m: Term("tr", (m,))),
    )


def canonical(term):
    return Attempt(FACTS, Finder()).canon(term)


@settings(max_examples=150, deadline=None)
@given(matrices())
def test_the_normal_form_is_idempotent(term):
    found = canonical(term)
    assert canonical(found) == found


def rewritten(term, draw):
    """Return the term written another way: sums turned round, products regrouped, transposes pushed or doubled."""
    args = [rewritten(arg, draw) if isinstance(arg, Term) and arg.op != "ix" else arg for arg in term.args]
    if term.op in ("+", "*", "had") and draw(st.booleans()):
        args.reverse()
    again = Term(term.op, tuple(args))
    if term.op == "@" and len(args) == 2 and args[0].op == "+" and draw(st.booleans()):
        return Term("+", tuple(Term("@", (arg, args[1])) for arg in args[0].args))
    if term.op == "@" and draw(st.booleans()):
        return Term("t", (Term("@", tuple(Term("t", (arg,)) for arg in reversed(args))),))
    if term.op == "tr" and args[0].op == "@" and draw(st.booleans()):
        return Term("tr", (Term("@", (*args[0].args[1:], args[0].args[0])),))
    if again.shape is not None and draw(st.booleans()):
        return Term("t", (Term("t", (again,)),))
    return again


@settings(max_examples=150, deadline=None)
@given(st.one_of(matrices(), scalars()), st.data())
def test_the_normal_form_does_not_depend_on_the_writing(term, data):
    assert canonical(term) == canonical(rewritten(term, data.draw))
