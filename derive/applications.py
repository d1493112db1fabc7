"""Functions applied to brackets: declared, defined, and the Gaussian density."""

from __future__ import annotations

from typing import Any

from sympy import Integer
from sympy.matrices.expressions import ZeroMatrix

from derive.applied import Applied
from derive.expr import (
    Blocks,
    Call,
    Density,
    Instantiated,
    MatrixCall,
    MatrixFunction,
    MatrixInstantiated,
    MatrixPartial,
    ScalarFunction,
    ScalarPartial,
    build,
    word,
)
from derive.facts import Declaration, Kind
from derive.opaque import whole_key
from derive.scope import Definition, Dependencies, Parameter
from derive.shape import ONE
from derive.source import Span
from derive.syntax import (
    Group,
    Name,
    Node,
    Num,
    Scripted,
)
from derive.tokens import Unreadable
from derive.typed import Malformed, Typed

_GAUSSIAN = frozenset(
    {"N", "\\mathcal{N}", "\\mathrm{N}", "\\mathrm{Normal}", "\\mathsf{N}", "\\mathrm{Gaussian}", "\\mathcal{G}"}
)


class Applications(Applied):
    """Elaboration of applications; a base of the elaborator."""

    def function(self, name: str, argument: Typed, span: Span) -> Typed:
        """Apply a known function; the elaborator answers."""
        raise NotImplementedError(name)

    def _scripts(self, value: Typed, node: Scripted, *, skip_sub: bool = False) -> Typed:
        raise NotImplementedError

    def apply(self, head: Node, group: Group) -> Typed | None:
        """Apply a declared or defined function to a bracket; None if the head is no function."""
        base = head.base if isinstance(head, Scripted) else head
        if not isinstance(base, Name):
            return None
        span = Span(head.span.start, group.span.end)
        whole = whole_key(head, group)
        if whole is not None and (whole in self.scope.names or whole in self.scope.declarations):
            return self._value_of(whole, span)
        member = self.member(head, group, span)
        if member is not None:
            return member
        moment = self.moment(head, group, span)
        if moment is not None:
            return moment
        found = self._callable(head)
        value: Typed | None = None
        if isinstance(found, Declaration):
            value = self._apply_declared(found, head, group, span)
        elif found:
            value = self._call(found, head, group, span)
            primes = head.primes if isinstance(head, Scripted) else 0
            if value is not None and primes:
                value = self._slope(value, found, primes, span)
        elif self._is_gaussian(base, group) and not (isinstance(head, Scripted) and head.primes):
            value = self._density(group, span)
        elif (
            base.key == "\\sigma"
            and self.find_key(base.key) is None
            and not isinstance(head, Scripted)
            and len(group.items) == 1
        ):
            self.notes.append("σ(·) is read as the logistic function")
            value = self.function("sigmoid", self.elaborate(group.items[0]), span)
        else:
            known = self.known(head, base, group, span) or self.instance(head, group, span)
            return known or self.unknown(head, group, span)
        if value is None:
            return None
        is_number = value.shape is None or self.sizes.resolve(value.shape[1]) == 1
        if isinstance(head, Scripted) and head.power is not None and is_number and found:
            exponent = head.power
            if not (isinstance(exponent, Num) and exponent.value > 0):
                raise Unreadable(
                    "N106", "this power of a function may mean its inverse; write it behind the argument", span
                )
        if isinstance(head, Scripted) and (head.power is not None or head.transposed):
            value = self._scripts(
                value, Scripted(head.span, head.base, (), "", head.power, head.transposed), skip_sub=True
            )
        return value

    def instance(self, head: Node, group: Group, span: Span) -> Typed | None:
        """Return the value of a function that was defined with other arguments; the elaborator answers."""
        raise NotImplementedError

    def _value_of(self, key: str, span: Span) -> Typed:
        """Return what an application is, that is known as a whole."""
        found = self._whole(key, Name(span, key), False)
        assert isinstance(found, Typed)
        return found

    def _callable(self, head: Node) -> Any:
        base = head.base if isinstance(head, Scripted) else head
        if not isinstance(base, Name):
            return None
        try:
            found, _ = self.symbol(head, called=True)  # type: ignore[arg-type]
        except (Unreadable, Malformed):
            return None
        return found if isinstance(found, Declaration | list) else None

    def _slope(self, value: Typed, definitions: list[Definition], order: int, span: Span) -> Typed:
        """Return the derivative of a defined function of one number, at its argument."""
        call = value.expr
        definition = next(
            (d for d in definitions if isinstance(call, Call | MatrixCall) and d.ident == call.args[0].name), None
        )
        if (
            definition is None
            or len(definition.parameters) != 1
            or definition.parameters[0].shape is not None
            or definition.parameters[0].is_index
        ):
            raise Unreadable("N106", "a prime behind this defined function is not supported", span)
        symbol, argument = definition.parameters[0].symbol, call.args[-1]
        slope: Any = build(type(call), *call.args[:-1], symbol)
        for _ in range(order):
            slope = build(ScalarPartial if value.shape is None else MatrixPartial, slope, symbol)
        if argument != symbol:
            slope = build(Instantiated if value.shape is None else MatrixInstantiated, slope, symbol, argument)
        return Typed(slope, value.shape, span)

    def _apply_declared(self, declaration: Declaration, head: Node, group: Group, span: Span) -> Typed:
        order = head.primes if isinstance(head, Scripted) else 0
        if len(group.items) != 1:
            raise Malformed("S214", f"{declaration.key} takes one argument and is given {len(group.items)}", group.span)
        argument = self.elaborate(group.items[0])
        if declaration.kind is Kind.CURVE:
            return self.curve(
                declaration, order, self.need_scalar(argument, f"the argument of {declaration.key}").expr, span
            )
        scalar = self.scalar(argument)
        if scalar is not None:
            return Typed(build(ScalarFunction, word(declaration.key), Integer(order), scalar.expr), None, span)
        return Typed(build(MatrixFunction, word(declaration.key), Integer(order), argument.expr), argument.shape, span)

    def _is_gaussian(self, base: Name, group: Group) -> bool:
        if base.key not in _GAUSSIAN or len(group.items) < 2:
            return False
        declared = self.scope.declarations.get(base.key)
        return declared is None or (declared.kind is Kind.SIZE and len(group.items) == 3)

    def _density(self, group: Group, span: Span) -> Typed:
        if len(group.items) == 2:
            raise Unreadable("N106", "a distribution that stands for itself is not supported", group.span)
        if len(group.items) != 3:
            raise Malformed(
                "S214", f"the Gaussian density takes three arguments and is given {len(group.items)}", group.span
            )
        x, mean, covariance = (self.elaborate(item) for item in group.items)
        if x.shape is None and covariance.shape is None:
            if mean.shape is not None:
                mean = self.need_scalar(mean, "the mean of a scalar")
            blocks = [build(Blocks, ONE, ONE, term.expr) for term in (x, mean, covariance)]
            return Typed(build(Density, *blocks), None, span)
        x = self.need_array(x, "the argument of a density")
        if mean.shape is None and mean.expr == 0:
            mean = Typed(build(ZeroMatrix, *x.shape), x.shape, mean.span)  # type: ignore[misc]
        if not self.same(x.shape, mean.shape) or not self.sizes.unify(x.shape[1], ONE):  # type: ignore[index]
            raise Malformed(
                "S214", f"the density of {self.show(x.shape)} has a mean that is {self.show(mean.shape)}", mean.span
            )
        if covariance.shape is None or not self.same(covariance.shape, (x.shape[0], x.shape[0])):  # type: ignore[index]
            raise Malformed(
                "S214",
                f"the density of {self.show(x.shape)} has a covariance that is {self.show(covariance.shape)}",
                covariance.span,
            )
        return Typed(build(Density, x.expr, mean.expr, covariance.expr), None, span)

    def _call(self, definitions: list[Definition], head: Node, group: Group, span: Span) -> Typed | None:
        sub = head.sub if isinstance(head, Scripted) else ()
        problem: Malformed | Unreadable | None = None
        for definition in definitions:
            if "label" not in definition.separators and definition.separators != group.separators:
                continue
            labelled = bool(sub) and definition.key.endswith(f"_{{{head.sub_text}}}")  # type: ignore[attr-defined]
            try:
                return self._fill(definition, () if labelled else sub, group, span)
            except (Malformed, Unreadable) as caught:
                problem = problem or caught
        if problem is not None:
            raise problem
        if self._is_gaussian(head.base if isinstance(head, Scripted) else head, group):  # type: ignore[arg-type]
            return None
        wanted = len(definitions[0].parameters)
        raise Malformed(
            "S214", f"{definitions[0].key} takes {wanted} arguments and is given {len(group.items)}", group.span
        )

    def _fill(self, definition: Definition, sub: tuple[Node, ...], group: Group, span: Span) -> Typed:
        """Return the call of a definition; its parameters are indices first, then the arguments in brackets."""
        items = [*sub, *self._opaque(definition, group)]
        if len(items) != len(definition.parameters):
            raise Malformed(
                "S214",
                f"{definition.key} takes {len(definition.parameters)} arguments and is given {len(items)}",
                group.span,
            )
        arguments: list[Any] = []
        ranges = iter(definition.ranges)
        mapped: Typed | None = None
        for item, parameter in zip(items, definition.parameters, strict=True):
            if parameter.is_index:
                arguments.append(self.index(item, next(ranges)))
                continue
            value = self.elaborate(item)
            if (
                value.shape is not None
                and parameter.shape is None
                and self.scalar(value) is None
                and len(items) == 1
                and definition.shape is None
            ):
                mapped = value
                continue
            if parameter.guessed and self.scalar(value) is None:
                message = f"nothing declares the parameter of {definition.key}, which is given {self.show(value.shape)}"
                raise Unreadable("N105", message, value.span)
            value = self.need_scalar(value, f"the argument of {definition.key}") if parameter.shape is None else value
            if not self.same(value.shape, parameter.shape):
                raise Malformed(
                    "S214",
                    f"{definition.key} is defined for {self.show(parameter.shape)} and is given "
                    f"{self.show(value.shape)}",
                    value.span,
                )
            self._need_parameter(definition, parameter, value)
            arguments.append(value.expr)
        if mapped is not None:  # a scalar function acts entry by entry
            return Typed(
                build(MatrixFunction, word("def:" + definition.ident), Integer(0), mapped.expr), mapped.shape, span
            )
        if definition.shape is None:
            return Typed(build(Call, word(definition.ident), *arguments), None, span)
        return Typed(build(MatrixCall, word(definition.ident), *definition.shape, *arguments), definition.shape, span)

    def _need_parameter(self, definition: Definition, parameter: Parameter, value: Typed) -> None:
        """Check that a function of undeclared notes depends on its parameter, where it is taken at something else.

        Otherwise words may say how: ``S(\\beta) = r`` with the sum of squares r says nothing of S at another place.
        """
        if not self.scope.undeclared or value.expr == parameter.symbol:
            return
        used = Dependencies(self.scope.definitions).of(definition.body)
        if used and parameter.symbol.name not in used:
            message = f"nothing says how {definition.key} depends on its argument"
            raise Unreadable("N106", message, value.span)

    def _opaque(self, definition: Definition, group: Group) -> list[Node]:
        """Return the items in the bracket; the indices of an opaque label ``r(z_{nk})`` stand in its subscript."""
        if "label" not in definition.separators:
            return list(group.items)
        return [index for item in group.items if isinstance(item, Scripted) for index in item.sub]
