import pytest

from workbench.ui import quantities


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0"), (999, "999"), (1000, "1.0 k"), (416_520, "416.5 k"), (11_300_000_000, "11.3 G")]
)
def test_short(count, text):
    assert quantities.short(count) == text


@pytest.mark.parametrize(("count", "text"), [(0, "0 B"), (1023, "1023 B"), (1_258_291, "1.2 MiB"), (None, "?")])
def test_size(count, text):
    assert quantities.size(count) == text


def test_counted():
    assert [quantities.counted(n, "problem") for n in (0, 1, 1234)] == ["0 problems", "1 problem", "1,234 problems"]
