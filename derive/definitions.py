"""Left sides that are not known yet: what a relation defines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from sympy import Symbol
from sympy.matrices.expressions import MatrixSymbol

from derive.elaborate import Elaborator
from derive.expr import rebuild
from derive.facts import Declaration, Kind
from derive.indices import IndexSymbol
from derive.known import SPECIAL
from derive.names import ABOVE, FAMILY, Names, above_key
from derive.opaque import as_members, is_operator, operator_of, unknown_applications, whole_key, written
from derive.reductions import index_letters, outside_letters
from derive.scope import Definition, Dependencies, Parameter, Scope, square_key
from derive.shape import Dim, Unknown
from derive.statement import Reading, has_unknown
from derive.syntax import Group, Name, Node, Num, Product, Scripted, below, is_symbol
from derive.tokens import Unreadable
from derive.typed import Malformed


@dataclass(frozen=True, slots=True)
class Target:
    """What stands on the left of a definition: a symbol with indices, applied to arguments or not.

    ``whole`` is the key of an application that is known by its arguments as a whole, as ``p(y \\mid x)`` is;
    ``square`` says that the left side is the square of the symbol, whose key then ends in ``^{2}``.
    """

    base: Name
    sub: tuple[Node, ...]
    text: str
    group: Group | None
    above: Node | None
    whole: str | None = None
    square: bool = False


@dataclass(frozen=True, slots=True)
class Family:
    """A family of applications: its key, and the letters of the indices in their arguments."""

    key: str
    indices: tuple[str, ...]


def target(node: Node) -> Target | None:
    """Return the left side as a symbol, perhaps applied to symbols; None if it is neither."""
    group: Group | None = None
    if (
        isinstance(node, Product)
        and len(node.items) == 2
        and isinstance(node.items[1], Group)
        and node.operators[1] == ""
    ):
        group = node.items[1]
        whole = whole_key(node.items[0], group)
        node = node.items[0]
        if whole is not None and group.kind in ("(", "["):
            base = node.base if isinstance(node, Scripted) else node
            return Target(base, (), "", group, None, whole) if isinstance(base, Name) else None
        if group.kind not in ("(", "[") or not all(is_symbol(item) for item in group.items):
            return None
    if group is None and isinstance(node, Scripted) and _is_square(node):
        base = node.base
        assert isinstance(base, Name)
        return Target(Name(base.span, square_key(base.key)), node.sub, node.sub_text, None, None, square=True)
    if isinstance(node, Name):
        return Target(node, (), "", group, None)
    if (
        isinstance(node, Scripted)
        and isinstance(node.base, Name)
        and node.power is None
        and not node.transposed
        and not node.primes
    ):
        return Target(node.base, node.sub, node.sub_text, group, node.above)
    return None


def body_of(found: Target, sides: Sequence[Node | Unreadable], scope: Scope) -> Node | None:
    """Return the side of a chain that gives the value of its left side: that of a function has its arguments in it.

    ``S(\\beta) = \\varepsilon^\\top \\varepsilon = (y - X \\beta)^\\top (y - X \\beta)`` says last what S depends on,
    and ``p(y \\mid \\lambda) = \\prod_i p(y_i \\mid \\lambda) = \\dots`` behind the densities that nothing gives.
    """
    first = sides[0] if isinstance(sides[0], Node) else None
    if found.group is None or first is None:
        return first
    if found.whole is not None:
        nodes = [side for side in sides if isinstance(side, Node)]
        return next((side for side in nodes if not _has_unknown(side, scope)), first) if scope.undeclared else first
    wanted = [written(item) for item in found.group.items]
    for side in sides:
        inside = {written(node) for node in below(side)} if isinstance(side, Node) else set()
        if isinstance(side, Node) and all(each in inside for each in wanted):
            return side
        if any(each in inside for each in wanted):
            break
    return first


def _has_unknown(side: Node, scope: Scope) -> bool:
    """Whether an expression cannot be read, or rests on an application of an unknown function."""
    names = _leaves(side, scope.copy())
    return names is None or bool(unknown_applications(names))


def _is_square(node: Scripted) -> bool:
    """Whether a node is the square of a symbol, as in ``\\hat\\sigma^2``."""
    return (
        isinstance(node.base, Name)
        and isinstance(node.power, Num)
        and node.power.value == 2
        and not node.transposed
        and not node.primes
        and node.above is None
    )


def is_known(found: Target, scope: Scope, right: Node | None = None) -> bool:
    """Whether the left side of an equation is known already, so that the equation is a claim.

    A letter that was only met as a size may also name a matrix: ``M = W^\\top W`` stands beside the sizes D × M of W.
    """
    found = _as_function(found, scope)
    names = Names(scope)
    key = found.base.key
    if right is not None and _is_value_of_known(found, right, scope):
        return True
    if found.whole is not None:
        stated = found.whole in scope.names or found.whole in scope.declarations or _is_moment(found, scope, right)
        return stated or _is_function(key, scope) or _is_overload(found, scope)
    if found.square and names.find_key(key) is None and names.find_key(key.removesuffix("^{2}")) is not None:
        return True
    if right is not None and found.group is None and not found.sub and scope.is_size(key) and key not in scope.names:
        return not _is_array(right, scope)
    if found.above is not None:
        if names.find_key(_key(found, [])) is not None:
            return True
        key += ABOVE
    whole = names.find_key(f"{key}_{{{found.text}}}") if found.text and found.above is None else names.find_key(key)
    family = names.find_key(key + FAMILY) if found.sub or found.above is not None else None
    if found.group is None:
        if whole is not None:
            return not _only_called(whole, scope)
        if family is not None:
            return not _only_called(family, scope)
        if len(found.sub) == 1 and isinstance(found.sub[0], Name) and found.sub[0].key.startswith("\\mathrm{"):
            return False  # a label in words is part of a name, and no index
        if found.sub and names.find_key(key) is not None:
            return _has_entries(names.find_key(key) or "", scope, len(found.sub))
        return _is_constant(found)
    for candidate in (whole, family, names.find_key(key)):
        if candidate is None:
            continue
        declaration = scope.declarations.get(candidate)
        if declaration is not None and candidate not in scope.names:
            return True
        if any(definition.called and _fits(definition, found, scope) for definition in scope.overloads(candidate)):
            return True
    return False


def _is_value_of_known(found: Target, right: Node, scope: Scope) -> bool:
    """Whether ``\\Gamma(a) = …`` speaks of the gamma function: a value at a declared number, or a recurrence.

    The right side of a definition has the argument in it, and not the function itself.
    """
    if found.group is None or len(found.group.items) != 1 or found.whole is not None:
        return False
    if found.base.key not in SPECIAL - scope.withheld:
        return False
    names, argument = Names(scope), found.group.items[0]
    if not isinstance(argument, Name) or names.find_key(found.base.key) is not None:
        return False
    inside = {node.key for node in below(right) if isinstance(node, Name)}
    declared = scope.declarations.get(names.find_key(argument.key) or "")
    is_number = declared is not None and declared.kind is Kind.SCALAR and not declared.ranges
    return found.base.key in inside or (is_number and argument.key not in inside)


def _is_moment(found: Target, scope: Scope, right: Node | None) -> bool:
    """Whether a moment is known: it is one of an expression, its value is known, or the right side rests on it."""
    if found.group is None or not is_operator(found.base):
        return False
    if not all(map(is_symbol, found.group.items)):
        return True
    inner = scope.copy()
    left = Product(found.base.span.cover(found.group.span), (found.base, found.group), ("", ""))
    names = _leaves(left, inner)
    if names is None:
        return False
    family = _moment_of_family(found, scope)
    key = found.whole if family is None else family[0]
    if key not in inner.open_moments(names):
        return True
    others = None if right is None else _leaves(right, inner)
    return others is not None and key in others


def _moment_of_family(found: Target, scope: Scope) -> tuple[str, list[str], tuple[Dim, ...]] | None:
    """Return the key of a moment of all members of a family, as ``\\mathrm{E}(X_i)``, its indices and ranges."""
    operator = operator_of(found.base.key) if found.whole is not None else None
    item = found.group.items[0] if operator is not None and found.group is not None else None
    if found.group is None or len(found.group.items) != 1 or not isinstance(item, Scripted):
        return None
    family = Names(scope).find_key(item.base.key + FAMILY) if isinstance(item.base, Name) else None
    declared = scope.declarations.get(family or "")
    letters = [part.key for part in item.sub if isinstance(part, Name)]
    if family is None or declared is None or not len(letters) == len(item.sub) == len(declared.ranges):
        return None
    return f"\\mathrm{{{operator}}}({family.removesuffix(FAMILY)}){FAMILY}", letters, declared.ranges


def _leaves(node: Node, scope: Scope) -> frozenset[str] | None:
    """Return what an expression depends on, or None if it cannot be read; the scope gets the moments in it."""
    try:
        return Dependencies(scope.definitions).of(Elaborator(scope).elaborate(node).expr)
    except (Unreadable, Malformed):
        return None


def _as_function(found: Target, scope: Scope) -> Target:
    """Return an application as one of a function, unless it is known as a whole.

    It is that where its head is told apart by its arguments (a density of a document that declares nothing), or where
    they are no symbols and no function of that name is defined.
    """
    if found.whole is None or found.group is None or found.base.key in scope.densities:
        return found
    if found.whole in scope.names or found.whole in scope.declarations:
        return found
    if is_operator(found.base):
        return found
    key = Names(scope).find_key(found.base.key)
    is_called = key is not None and any(definition.called for definition in scope.overloads(key))
    is_plain = all(map(is_symbol, found.group.items))
    return replace(found, whole=None) if is_called or is_plain else found


def _is_overload(found: Target, scope: Scope) -> bool:
    """Whether an application that is known as a whole is one of a function of indices, as ``p(k)`` is of ``p(j)``."""
    return (
        found.group is not None
        and all(map(is_symbol, found.group.items))
        and any(definition.called and _fits(definition, found, scope) for definition in scope.overloads(found.base.key))
    )


def _of_indices(found: Target, right: Node, scope: Scope) -> Target:
    """Return the left side as a function where the right side uses one of its arguments as an index.

    ``p(k) := \\pi_k`` is a function of k, and no name of one number.
    """
    if found.whole is None or found.group is None:
        return found
    names, used = Names(scope), _index_uses(right, scope)
    is_index = any(
        isinstance(item, Name) and item.key in used and names.find_key(item.key) is None for item in found.group.items
    )
    return replace(found, whole=None) if is_index and found.whole.startswith(f"{found.base.key}(") else found


def _is_function(key: str, scope: Scope) -> bool:
    """Whether a name is declared as a function."""
    declaration = scope.declarations.get(key)
    return declaration is not None and declaration.kind in (Kind.FUNCTION, Kind.CURVE)


def _is_array(right: Node, scope: Scope) -> bool:
    elaborator = Elaborator(scope.copy())
    try:
        return elaborator.scalar(elaborator.elaborate(right)) is None
    except (Unreadable, Malformed):
        return False


def _only_called(key: str, scope: Scope) -> bool:
    """Whether a name is known only as a function."""
    return key not in scope.declarations and all(definition.called for definition in scope.overloads(key))


def _has_entries(key: str, scope: Scope, count: int) -> bool:
    declaration = scope.declarations.get(key)
    if declaration is not None:
        is_matrix = declaration.shape is not None and 1 not in declaration.shape
        return declaration.kind is Kind.CURVE or (
            declaration.kind is Kind.ARRAY and not (is_matrix and count == 1 and not declaration.ranges)
        )
    shapes = [d.shape for d in scope.overloads(key) if d.shape is not None and not d.called]
    return any(count == 2 or 1 in shape for shape in shapes) and count <= 2


def _is_constant(found: Target) -> bool:
    return found.base.key in ("\\pi", "e", "I", "\\mathbf{I}", "\\mathbf{1}", "\\mathbf{0}") and not found.text


def _fits(definition: Definition, found: Target, scope: Scope) -> bool:
    assert found.group is not None
    if "label" in definition.separators:
        return not found.sub
    arguments = [p for p in definition.parameters]
    labelled = bool(found.text) and definition.key.endswith(f"_{{{found.text}}}")
    items = [*(() if labelled else found.sub), *found.group.items]
    if len(arguments) != len(items) or definition.separators != found.group.separators:
        return False
    for parameter, item in zip(arguments, items, strict=True):
        base = item.base if isinstance(item, Scripted) else item
        key = Names(scope).find_key(base.key) if isinstance(base, Name) else None
        declared = key is not None and key in scope.declarations and not scope.is_size(key)
        if parameter.is_index and declared and not isinstance(item, Scripted):
            return False
        if not parameter.is_index and not declared and isinstance(item, Name) and parameter.shape is not None:
            return False
    return True


def define(found: Target, right: Node, scope: Scope, reading: Reading) -> Definition:
    """Add the definition of a symbol to a scope and return it.

    Indices of the symbol that are free on the right make it a family; others are part of its name. Parameters that are
    not declared are numbers, or indices where the right side uses them as such.
    """
    if found.group is not None and all(map(is_symbol, found.group.items)):
        found = _of_indices(_as_function(found, scope), right, scope)
    inner = scope.copy()
    moment = _moment_of_family(found, scope)
    members = _members(found, right, inner) if moment is None else None
    letters = list(members.indices) if members is not None else [] if moment is None else moment[1]
    if found.whole is None:
        letters = _letters(found, right, inner)
    parameters: list[Parameter] = []
    label = False
    for item in found.group.items if found.group and found.whole is None else ():
        made, opaque = _parameter(item, right, inner, letters)
        label = label or opaque
        parameters += made
    elaborator = Elaborator(inner, reading.layout, reading.symmetric)
    elaborator.outside = outside_letters(right) | frozenset(letters)
    index_parameters = [p.symbol.name for p in parameters if p.is_index]
    for letter in [*letters, *index_parameters]:
        known = inner.ranges.get(letter)
        elaborator.indices.free[letter] = elaborator.sizes.fresh() if known is None else known
    if moment is not None:
        elaborator.indices.free.update(zip(letters, moment[2], strict=True))
    body = elaborator.elaborate(right)
    if any(not parameter.is_index for parameter in parameters):
        elaborator.need_given(body, "part of a function", right.span)
    scalar = elaborator.scalar(body)
    body = scalar if scalar is not None else body
    loose = set(elaborator.indices.free) - set(letters) - set(index_parameters)
    if loose:
        raise Malformed("S211", f"the index {sorted(loose)[0]} is free on the right side only", right.span)
    replaced = {unknown: elaborator.sizes.resolve(unknown) for unknown in elaborator.sizes.bound}
    uppers = tuple(
        elaborator.sizes.resolve(elaborator.indices.free[letter]) for letter in [*letters, *index_parameters]
    )
    if any(isinstance(upper, Unknown) for upper in uppers):
        raise Unreadable("N105", "the range of an index is not known", right.span)
    shape = elaborator.resolve(body.shape)
    expr = rebuild(body.expr, replaced)
    is_open = has_unknown(expr)
    if is_open and (letters or parameters):
        raise Unreadable("N105", "a size is not determined by what is written", right.span)
    for key, declaration in inner.declarations.items():  # sizes met for the first time
        if key not in scope.declarations and declaration.kind is Kind.SIZE:
            scope.declarations[key] = declaration
    scope.adopt(inner)
    key = _key(found, letters) if moment is None else moment[0]
    key = key if members is None else members.key
    is_called = found.group is not None and found.whole is None
    separators = ("label",) if label else (found.group.separators if found.group and is_called else ())
    all_parameters = tuple(Parameter(IndexSymbol(letter), None, True) for letter in letters) + tuple(parameters)
    definition = Definition(
        scope.fresh_ident(key),
        key,
        all_parameters,
        separators,
        uppers,
        expr,
        shape,
        is_called,
        right if is_open else None,
        found.group if found.whole is not None else None,
    )
    scope.define(definition)
    return definition


def _letters(found: Target, right: Node, scope: Scope) -> list[str]:
    """Return the letters of the subscript if all of them are indices."""
    items = (*((found.above,) if found.above is not None else ()), *found.sub)
    names = [item.key for item in items if isinstance(item, Name)]
    used = _index_uses(right, scope)
    if len(names) != len(items) or not names:
        return []
    return names if all(name in used or (name in scope.ranges and len(name) == 1) for name in names) else []


def _members(found: Target, right: Node, scope: Scope) -> Family | None:
    """Return an application with indices in its arguments as one of a family; None if it is a name by itself.

    ``p(y_i \\mid \\lambda) = \\dots`` says what it is for every i that is used as an index on the right.
    """
    if found.whole is None or found.group is None or found.above is not None or found.sub:
        return None
    names, used = Names(scope), _index_uses(right, scope)

    def is_index(base: str, item: Node) -> bool:
        if not isinstance(item, Name) or names.find_key(f"{base}_{{{item.key}}}") is not None:
            return False
        return item.key in used or (item.key in scope.ranges and len(item.key) == 1)

    made = as_members(found.base, found.group, is_index)
    if made is None or not found.whole.startswith(f"{found.base.key}("):
        return None
    letters = tuple(item.key for item in made.indices if isinstance(item, Name))
    return Family(made.key, letters) if len(letters) == len(made.indices) else None


def _index_uses(right: Node, scope: Scope) -> frozenset[str]:
    """Return the letters used as indices on the right; the c of a declared m_c is none."""
    names = Names(scope)
    found: set[str] = set()
    stack: list[Any] = [right]
    while stack:
        node = stack.pop()
        if isinstance(node, Scripted) and node.sub and isinstance(node.base, Name):
            if names.find_key(f"{node.base.key}_{{{node.sub_text}}}") is None:
                found |= index_letters(node)
            stack += [part for part in (node.power, node.above) if part is not None]
        elif isinstance(node, Node):
            stack += [getattr(node, entry.name) for entry in fields(node)]
        elif isinstance(node, tuple):
            stack += node
    return frozenset(found)


def _key(found: Target, letters: list[str]) -> str:
    if found.whole is not None:
        return found.whole
    if found.above is not None and not letters:
        return above_key(found.base.key, found.above) + (f"_{{{found.text}}}" if found.text else "")
    key = found.base.key + (ABOVE if found.above is not None else "")
    if letters:
        return key + FAMILY
    return f"{key}_{{{found.text}}}" if found.text else key


def _parameter(item: Node, right: Node, scope: Scope, letters: list[str]) -> tuple[list[Parameter], bool]:
    """Return the parameters that an item in the brackets stands for, and whether it is a mere label."""
    names = Names(scope)
    base = item.base if isinstance(item, Scripted) else item
    assert isinstance(base, Name)
    if isinstance(item, Scripted):
        full = names.find_key(f"{base.key}_{{{item.sub_text}}}")
        if full is not None:
            return [_declared_parameter(scope.declarations[full])], False
        indices = [part.key for part in item.sub if isinstance(part, Name)]
        return [Parameter(IndexSymbol(name), None, True) for name in indices if name not in letters], True
    key = names.find_key(base.key)
    declaration = scope.declarations.get(key) if key is not None else None
    if declaration is not None and declaration.kind in (Kind.SCALAR, Kind.ARRAY) and not declaration.ranges:
        return [_declared_parameter(declaration)], False
    if names.find_key(base.key + FAMILY) is not None or base.key == "\\pi":
        return [], True
    if base.key in index_letters(right) or (base.key in scope.ranges and declaration is None):
        return [Parameter(IndexSymbol(base.key), None, True)], False
    scope.declare(Declaration(base.key, Kind.SCALAR))
    return [Parameter(Symbol(base.key), None, guessed=True)], False


def _declared_parameter(declaration: Declaration) -> Parameter:
    if declaration.shape is None:
        return Parameter(Symbol(declaration.key), None)
    symbol: Any = MatrixSymbol(declaration.key, *declaration.shape)
    return Parameter(symbol, declaration.shape)
