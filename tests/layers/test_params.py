"""Parameter kinds: what each takes and what it refuses, whatever JSON value comes."""

import pytest

from workbench.layers.params import (
    Axes,
    Boolean,
    Choice,
    Either,
    Integer,
    KerasObject,
    ListOf,
    Number,
    Numbers,
    Odd,
    Optional,
    Param,
    Permutation,
    ShapeOf,
    Sizes,
    Span,
    TargetShape,
    Text,
    sizes,
)

CONFIGURATION = {"class_name": "HeNormal", "config": {"seed": 3}}
ODD_VALUES = [
    None,
    True,
    "",
    "x",
    -1,
    0.5,
    10**400,
    float("inf"),
    float("nan"),
    [],
    [[]],
    [None],
    {},
    {"class_name": 3},
]

TABLE = [
    (Integer(1, 5), [1, 5], [0, 6, 1.0, True, "1", None]),
    (Number(0, 1), [0, 1, 0.5], [-0.1, 1.1, float("nan"), float("inf"), False, "0"]),
    (Number(), [-1e300, 10**300], [10**400, -(10**400), float("-inf")]),
    (Boolean(), [True, False], [0, 1, "true", None]),
    (Choice(("a", "b")), ["a"], ["c", "A", 0, None, ["a"]]),
    (Sizes(2), [1, [3, 4], (3, 4)], [0, [3], [3, 4, 5], [3, 0], 2**31, [3, 1.0], [True, 1], "3", None, {}]),
    (Sizes(2, minimum=0), [0, [0, 1]], [-1]),
    (ShapeOf(), [[], [None, 3], [1]], [[0], [-1], [2**31], [1] * 9, 3, "3", [1.0], [True], None, {"a": 1}]),
    (Axes(), [0, -1, [1, 2]], [[], [1, 1], [1.0], "1", True, None]),
    (Axes(several=False), [0, -1], [[1], 1.0, None]),
    (KerasObject("a thing", ("a",)), ["a", CONFIGURATION, {"class_name": "X"}], ["b", "", 3, None, {}, {"config": {}}]),
    (KerasObject("a thing"), ["any"], ["", {"class_name": "X", "config": 3}]),
    (Optional(Integer(1)), [None, 1], [0, "none"]),
    (Text("an equation", "[a-z]+->[a-z]+"), ["a->b"], ["a", "", "a->b\n", None, 3]),
    (Text(), ["x", "a\nb"], ["", None]),
    (ListOf(Integer(1), 2), [[1, 2], (1, 2)], [[1], [1, 2, 3], [0, 1], 1, "12", None, {}]),
    (ListOf(Integer(1)), [[1], [1, 2]], [[], [0], 1]),
    (Either((Integer(1), ListOf(Integer(1), 2))), [1, [1, 2]], [0, [1], "1", None]),
    (Numbers(("rmax", "dmax"), Number(0)), [{}, {"rmax": 3}], [{"rmin": 1}, {"rmax": -1}, {"rmax": None}, [], 3]),
    (Odd(), [1, 7], [0, 2, -1, 3.0, True, None]),
    (Span(), [[0, 255], [1, -1.5]], [[0, 0], [0], [0, 1, 2], [0, None], 3, None]),
    (Permutation(), [[1], [2, 3, 1]], [[], [0, 1], [1, 1], [2, 3], [1.0], [True], 1, None]),
    (TargetShape(), [[], [-1], [4, -1, 2], [None, 3]], [[-1, -1], [-1, None], [0], [-2], [1.0], 3, None, [1] * 9]),
]


@pytest.mark.parametrize(("kind", "good", "bad"), TABLE, ids=[repr(kind) for kind, *_ in TABLE])
def test_takes_the_good_and_refuses_the_bad(kind, good, bad):
    assert [value for value in good if not kind.accepts(value)] == []
    assert [value for value in bad if kind.accepts(value)] == []


@pytest.mark.parametrize("kind", [kind for kind, *_ in TABLE], ids=repr)
def test_never_raises_and_always_answers_in_words(kind):
    param = Param("p", kind)
    for value in ODD_VALUES:
        message = param.problem(value)
        assert (message is None) == kind.accepts(value)
        assert message is None or (message.startswith("Expected ") and "Received: p=" in message)


def test_the_message_says_what_was_expected_and_what_came():
    assert Param("filters", Integer(1)).problem(0) == "Expected a whole number of 1 or more. Received: filters=0"
    assert Param("rate", Number(0, 1)).problem(2) == "Expected a number from 0 to 1. Received: rate=2"


def test_one_size_stands_for_all_axes():
    assert sizes(3, 2) == (3, 3)
    assert sizes([3, 4], 2) == (3, 4)
