"""3 x 3 matrices as nine plain numbers, row by row: for a few products an image, faster than an array library."""

from __future__ import annotations

from typing import Final, TypeAlias

Matrix: TypeAlias = tuple[float, float, float, float, float, float, float, float, float]
IDENTITY: Final[Matrix] = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0)


def product(left: Matrix, right: Matrix) -> Matrix:
    """What does `right` first and then `left`."""
    a, b, c, d, e, f, g, h, i = left
    j, k, l, m, n, o, p, q, r = right  # noqa: E741 - the letters of the alphabet, in order
    return (
        a * j + b * m + c * p,
        a * k + b * n + c * q,
        a * l + b * o + c * r,
        d * j + e * m + f * p,
        d * k + e * n + f * q,
        d * l + e * o + f * r,
        g * j + h * m + i * p,
        g * k + h * n + i * q,
        g * l + h * o + i * r,
    )


def inverse(matrix: Matrix) -> Matrix:
    """By cofactors. Raises ZeroDivisionError for a matrix that has none."""
    a, b, c, d, e, f, g, h, i = matrix
    p, q, r = e * i - f * h, f * g - d * i, d * h - e * g
    scale = 1 / (a * p + b * q + c * r)
    return (
        p * scale,
        (c * h - b * i) * scale,
        (b * f - c * e) * scale,
        q * scale,
        (a * i - c * g) * scale,
        (c * d - a * f) * scale,
        r * scale,
        (b * g - a * h) * scale,
        (a * e - b * d) * scale,
    )


def scaling(x: float, y: float) -> Matrix:
    """Columns times x, rows times y."""
    return (x, 0.0, 0.0, 0.0, y, 0.0, 0.0, 0.0, 1.0)


def translation(x: float, y: float) -> Matrix:
    """To the right and down."""
    return (1.0, 0.0, x, 0.0, 1.0, y, 0.0, 0.0, 1.0)


def weighted(terms: tuple[tuple[float, Matrix], ...]) -> Matrix:
    """A sum of matrices, each times a number."""
    return tuple(sum(factor * matrix[k] for factor, matrix in terms) for k in range(9))  # type: ignore[return-value]
