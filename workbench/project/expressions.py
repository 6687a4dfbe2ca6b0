"""Plain arithmetic over a block's parameters, such as `filters * 4`: parsed, never run as code."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from typing import Any

MAX_LENGTH = 200
_LIMIT = 10**12
_BINARY: Mapping[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}
_FUNCTIONS: Mapping[str, Callable[..., Any]] = {"min": min, "max": max}


class ExpressionError(ValueError):
    """An expression that does not parse or has no value; the message says where or why."""


def evaluate(text: str, values: Mapping[str, Any]) -> Any:
    """The value of an expression. A name alone may stand for any value; arithmetic needs numbers.

    A whole result of a division is an int. Raises ExpressionError.
    """
    result = _value(_parse(text), values)
    return int(result) if isinstance(result, float) and result.is_integer() else result


def names_in(text: str) -> frozenset[str]:
    """The parameters that an expression names. Raises ExpressionError when it does not parse."""
    tree = _parse(text)
    return frozenset(node.id for node in ast.walk(tree) if isinstance(node, ast.Name)) - frozenset(_FUNCTIONS)


def _parse(text: str) -> ast.expr:
    if len(text) > MAX_LENGTH:
        raise ExpressionError(f"Expected an expression of at most {MAX_LENGTH} characters. Received: {len(text)}")
    try:
        return ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ExpressionError(f"Expected arithmetic such as filters * 4. Received: {text!r}") from None


def _value(node: ast.expr, values: Mapping[str, Any]) -> Any:
    match node:
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            return _bounded(number)
        case ast.Name(id=name):
            if name not in values:
                known = ", ".join(values) or "none"
                raise ExpressionError(f"Expected one of the block's parameters ({known}). Received: {name}")
            return values[name]
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_number(operand, values)
        case ast.BinOp(left=left, op=sign, right=right) if type(sign) in _BINARY:
            return _apply(_BINARY[type(sign)], _number(left, values), _number(right, values))
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]) if name in _FUNCTIONS and arguments:
            return _FUNCTIONS[name](*(_number(argument, values) for argument in arguments))
    raise ExpressionError(f"Expected numbers, parameters, + - * / // %, min and max. Received: {ast.unparse(node)}")


def _number(node: ast.expr, values: Mapping[str, Any]) -> int | float:
    value = _value(node, values)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ExpressionError(f"Expected a number for {ast.unparse(node)}. Received: {value!r}")
    return value


def _apply(function: Callable[[Any, Any], Any], left: int | float, right: int | float) -> int | float:
    try:
        return _bounded(function(left, right))
    except (ZeroDivisionError, OverflowError):
        raise ExpressionError("Expected a number. Received: a division by zero") from None


def _bounded(number: int | float) -> int | float:
    """Numbers stay small, so that no expression can take long or much memory."""
    if not abs(number) <= _LIMIT:
        raise ExpressionError(f"Expected a number of at most {_LIMIT:g}. Received: {number}")
    return number
