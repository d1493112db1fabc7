"""TRUSTED: sizes, polynomials in size symbols, and shapes."""

from __future__ import annotations

from collections.abc import Mapping

Size = tuple[tuple[tuple[str, ...], int], ...]
"""A size: a polynomial in size symbols, as sorted (monomial, coefficient) pairs."""
Shape = tuple[Size, Size]

ONE: Size = (((), 1),)


def size(value: str | int) -> Size:
    """Return the size that a name or a number is.

    Examples
    --------
    >>> size_text(size_sum(size("n"), size(2)))
    'n + 2'
    """
    return (((value,), 1),) if isinstance(value, str) else ((((), value),) if value else ())


def size_sum(*sizes: Size) -> Size:
    """Return the sum of sizes."""
    total: dict[tuple[str, ...], int] = {}
    for each in sizes:
        for names, count in each:
            total[names] = total.get(names, 0) + count
    return size_of(total)


def size_product(*sizes: Size) -> Size:
    """Return the product of sizes."""
    total: dict[tuple[str, ...], int] = {(): 1}
    for each in sizes:
        product: dict[tuple[str, ...], int] = {}
        for left, a in total.items():
            for right, b in each:
                names = tuple(sorted(left + right))
                product[names] = product.get(names, 0) + a * b
        total = product
    return size_of(total)


def size_of(total: Mapping[tuple[str, ...], int]) -> Size:
    """Return the size with these coefficients."""
    return tuple(sorted(((names, count) for names, count in total.items() if count), key=lambda p: (p[0] == (), p)))


def size_text(value: Size) -> str:
    """Return a size as text."""
    parts = []
    for names, count in value:
        letters = " ".join(names)
        parts.append(letters if count == 1 and names else f"{count} {letters}".strip())
    return " + ".join(parts) if parts else "0"


def shape_text(shape: Shape | None) -> str:
    """Return a shape as text."""
    return "a scalar" if shape is None else f"{size_text(shape[0])} × {size_text(shape[1])}"
