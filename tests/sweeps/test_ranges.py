"""Values as they are written."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.sweeps import Choices, Range, SweepError, parse_values


@pytest.mark.parametrize(
    ("written", "values"),
    [
        ("16,32", Choices((16, 32))),
        ("1e-2,0.001", Choices((0.01, 0.001))),
        ("SGD, Adam", Choices(("SGD", "Adam"))),
        ("true,false", Choices((True, False))),
        ("[3,3],[5,5]", Choices(([3, 3], [5, 5]))),
        ("16,16,32", Choices((16, 32))),
        ("log:1e-4:1e-1", Range(1e-4, 1e-1, "log")),
        ("0:0.5", Range(0, 0.5)),
        ("linear:-1:1", Range(-1, 1)),
        ([1, 2], Choices((1, 2))),
        (3, Choices((3,))),
        ({"from": 1, "to": 2}, Range(1, 2)),
        ({"from": 1, "to": 10, "scale": "log"}, Range(1, 10, "log")),
    ],
)
def test_reading(written, values):
    assert parse_values("key", written) == values


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("", "Received: nothing"),
        (" , ", "Received: nothing"),
        ([], "Received: nothing"),
        ("log:0:1", "above 0"),
        ("1:1", "smaller to a larger"),
        ("2:1", "smaller to a larger"),
        ("nan:1", "two numbers"),
        ("a:b", "two numbers"),
        ({"from": 1}, "a table of from, to and scale"),
        ({"from": 1, "to": 2, "step": 1}, "a table of from, to and scale"),
        ({"from": 1, "to": 2, "scale": "cubic"}, "linear or log"),
    ],
)
def test_what_cannot_be_read_is_one_line(written, told):
    with pytest.raises(SweepError, match=rf"^key: .*{told}") as raised:
        parse_values("key", written)
    assert "\n" not in str(raised.value)


@given(
    st.floats(1e-6, 1e6), st.floats(1.5, 1e3), st.sampled_from(["linear", "log"]), st.integers(0, 1000), st.booleans()
)
def test_drawn_numbers_are_within_the_range_and_written_ranges_come_back(low, factor, scale, seed, whole):
    values = Range(low, low * factor + 2, scale)
    drawn = values.draw(random.Random(seed), whole)
    assert values.low <= drawn <= values.high
    assert not whole or isinstance(drawn, int)


def test_a_logarithmic_range_takes_every_order_of_magnitude_as_often():
    values, chance = Range(1e-4, 1, "log"), random.Random(0)
    drawn = [values.draw(chance, whole=False) for _ in range(4000)]
    for exponent in range(-4, 0):
        assert 850 < sum(10.0**exponent <= value < 10.0 ** (exponent + 1) for value in drawn) < 1150
