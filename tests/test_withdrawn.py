"""Scopes in which symbols have no values."""

from undeclared import verdict

from derive.scope import Scope
from derive.withdrawn import without_values


def test_what_is_not_defined_changes_nothing():
    assert without_values(Scope(), ["a", "b"])[1] == []


def test_what_is_defined_by_a_symbol_without_value_keeps_its_definition():
    text = "$$W = V^\\top V$$ If $V = I_n$, then $$W x = x$$ In general, $$%s$$"
    assert verdict(text % "x^\\top W x = x^\\top V^\\top V x") == "proved"
    assert verdict(text % "x^\\top W x = x^\\top x") == "undecided"
    assert verdict(text % "x^\\top W x = 2 x^\\top V^\\top V x") != "proved"
