"""No operator lacks an entry: each is evaluated, printed and, if it is a function, known or answered N106."""

import ast
import inspect
import json

import pytest
import sympy.matrices.expressions
from points import Sample

import derive.exact.identity  # noqa: F401  (enters all the rules)
from derive import expr, printing
from derive.checking import check_record
from derive.exact import evaluate, functions
from derive.indices import IndexSymbol
from derive.notation import FUNCTIONS
from derive.options import Options

BASES = {expr.ScalarNode, expr.MatrixNode}
NODES = sorted(
    (
        node
        for node in vars(expr).values()
        if inspect.isclass(node) and issubclass(node, tuple(BASES)) and node not in BASES
    ),
    key=lambda node: node.__name__,
)
LEAVES = {"Identity", "ZeroMatrix", "OneMatrix", "MatrixSymbol", "Symbol", "Integer", "Rational", "Pi", "Exp1"}


def used_operators():
    """Return the SymPy classes that the elaborator builds: the first argument of ``build(…)`` in its modules."""
    names = set()
    for module in ("elaborate", "calculus", "reductions", "typed", "names"):
        source = inspect.getsource(__import__(f"derive.{module}", fromlist=["_"]))
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "build":
                names |= {part.id for part in ast.walk(node.args[0]) if isinstance(part, ast.Name)}
    places = (expr, sympy.matrices.expressions, sympy)
    found = {name: next((getattr(place, name) for place in places if hasattr(place, name)), None) for name in names}
    return {name: node for name, node in found.items() if inspect.isclass(node)}


USED = used_operators()


def test_the_lists_are_not_empty():
    assert len(NODES) >= 27
    assert {"MatAdd", "MatMul", "Inverse", "Transpose", "Determinant", "Trace", "KroneckerProduct"} <= set(USED)


@pytest.mark.parametrize("node", NODES, ids=lambda node: node.__name__)
def test_a_node_is_evaluated(node):
    assert node in evaluate.operators()


@pytest.mark.parametrize("node", NODES, ids=lambda node: node.__name__)
def test_a_node_is_printed(node):
    assert node in printing.printed()


@pytest.mark.parametrize("name", sorted(USED))
def test_an_operator_of_the_elaborator_is_evaluated_and_printed(name):
    assert USED[name] in evaluate.operators()
    assert name in LEAVES or USED[name] in printing.printed()


def test_leaves_are_evaluated():
    for leaf in (sympy.Symbol, IndexSymbol, sympy.Integer, sympy.core.numbers.Pi, sympy.core.numbers.Exp1):
        assert leaf in evaluate.operators()


# Functions that the elaborator turns into other operators.
STRUCTURAL = {"det", "trace", "logdet", "vec", "diag", "adjugate", "logsumexp"}
UNSUPPORTED = {"rank", "blkdiag"}


def test_every_function_is_evaluable_structural_or_unsupported():
    names = set(FUNCTIONS.values())
    assert names - functions.known_functions() - STRUCTURAL == UNSUPPORTED
    assert not functions.known_functions() & (STRUCTURAL | UNSUPPORTED)


@pytest.mark.parametrize("name", sorted(set(FUNCTIONS.values()) - UNSUPPORTED))
def test_a_function_has_a_value(name):
    argument = "X" if name in {"det", "trace", "logdet", "vec", "diag", "adjugate"} else "x"
    declared = (r"X \in \mathbb{S}_{++}^n", r"x \in \mathbb{R}_{>0}^n")
    text = rf"\sqrt{{{argument}}}" if name == "sqrt" else rf"\operatorname{{{spelled(name)}}}({argument})"
    value = Sample(text, declared, {"n": 2}).value()
    assert value is not None


@pytest.mark.parametrize("name", sorted(UNSUPPORTED))
def test_an_unsupported_function_is_answered(name):
    text = rf"\operatorname{{{spelled(name)}}}(X) = \operatorname{{{spelled(name)}}}(X)"
    said = check_record(json.dumps({"declare": [r"X \in \mathbb{R}^{n \times n}"], "claim": text}), Options())
    assert (said["verdict"], said["code"]) == ("unread", "N106")


def spelled(function):
    return next(name for name, meaning in FUNCTIONS.items() if meaning == function)
