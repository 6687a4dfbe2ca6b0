"""Arithmetic over a block's parameters: values, and refusals that say why."""

import pytest

from workbench.project.expressions import MAX_LENGTH, ExpressionError, evaluate, names_in

VALUES = {"filters": 64, "rate": 0.25, "padding": "same", "on": True}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("filters", 64),
        ("padding", "same"),
        ("on", True),
        ("filters * 4", 256),
        ("filters / 4", 16),
        ("filters / 3", 64 / 3),
        ("filters // 3 % 5", 1),
        ("-(filters - 60) * 2", -8),
        ("min(filters, 32) + max(1, 2, 3)", 35),
        ("1 - rate", 0.75),
        ("  7 ", 7),
    ],
)
def test_has_the_value_of_the_arithmetic(text, value):
    result = evaluate(text, VALUES)
    assert result == value
    assert type(result) is type(value)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "Expected arithmetic"),
        ("filters *", "Expected arithmetic"),
        ("width * 2", "one of the block's parameters"),
        ("padding * 2", "Expected a number for padding"),
        ("on + 1", "Expected a number for on"),
        ("filters / (2 - 2)", "division by zero"),
        ("filters ** 9", "Expected numbers, parameters"),
        ("__import__('os').system('true')", "Expected numbers, parameters"),
        ("[filters][0]", "Expected numbers, parameters"),
        ("filters if on else 1", "Expected numbers, parameters"),
        ("'a' * 3", "Expected numbers, parameters"),
        ("min()", "Expected numbers, parameters"),
        ("1e300 * 1e300", "Expected a number of at most"),
        ("9" * 150, "Expected a number of at most"),
        ("1 +" * MAX_LENGTH, "at most"),
        ("(" * 150, "Expected arithmetic"),
    ],
)
def test_says_why_it_has_no_value(text, why):
    with pytest.raises(ExpressionError, match=why.replace("(", r"\(")):
        evaluate(text, VALUES)


def test_names_what_it_depends_on():
    assert names_in("min(filters, 4) * width") == {"filters", "width"}
