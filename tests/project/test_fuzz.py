"""A sound file with any one value replaced by any other either opens, or is refused with a message."""

import copy
import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.project.projects import small_project
from workbench.project import LiveAnalysis, Loaded, ProjectFileError, loads
from workbench.project.file import dumps

SOUND: dict[str, Any] = json.loads(dumps(small_project()))


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of every value in a document."""
    keys = value.keys() if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    return [path] * bool(path) + [inner for key in keys for inner in places(value[key], (*path, key))]


def with_value(path: tuple[Any, ...], value: Any) -> Any:
    whole = copy.deepcopy(SOUND)
    part = whole
    for key in path[:-1]:
        part = part[key]
    part[path[-1]] = value
    return whole


scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(10**25), 10**25)
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["input", "conv", "/", "keras.layers.Add", "inputs", -0.0, 1e308, "\ud800"])
)
values = st.recursive(scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner))


def opened(content: bytes) -> Loaded | ProjectFileError:
    try:
        return loads(content, "net.workbench")
    except ProjectFileError as error:
        return error


@settings(max_examples=300)
@given(st.sampled_from(places(SOUND)), values)
def test_opens_or_is_refused(path, value):
    loaded = opened(json.dumps(with_value(path, value)).encode())
    if isinstance(loaded, ProjectFileError):
        assert str(loaded).startswith("net.workbench: ")
        assert str(loaded).encode()
        return
    assert isinstance(LiveAnalysis(loaded.project).diagnostics, tuple)
    content = dumps(loaded.project)
    again = loads(content, "net.workbench")
    assert again.problems == ()
    assert dumps(again.project) == content


@settings(max_examples=100)
@given(st.data())
def test_cut_or_changed_bytes_open_or_are_refused(data):
    content = bytearray(dumps(small_project()))
    start = data.draw(st.integers(0, len(content)))
    content[start : start + data.draw(st.integers(0, 20))] = data.draw(st.binary(max_size=4))
    loaded = opened(bytes(content))
    assert isinstance(loaded, Loaded) or "\n" not in str(loaded)
