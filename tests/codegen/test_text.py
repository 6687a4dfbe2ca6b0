"""What a file holds is data in a generated script, whatever it looks like."""

import ast
import random
from itertools import filterfalse

import pytest

from workbench.codegen import keras_script
from workbench.codegen.text import argument, in_docstring, literal
from workbench.graph import Graph, Node, Wire, new_node_id
from workbench.project import Project

_PARTS = (
    *('"""', "'''", "\\", "\n", "\r", "\u2028", "\u2029", "\x00", "\x1b[31m", "\u202e", "\ud800", "{", "}", "%s", "#"),
    *(
        "__import__('os').system('x')",
        ");boom(",
        "=boom(),",
        "C:\\users\\net",
        "\\N{DASH}",
        "None, mask",
        "class",
        "é",
        "層",
    ),
)


def hostile(generator):
    return "".join(generator.choice(_PARTS) for _ in range(generator.randrange(1, 6)))


def called(script):
    """What a script calls; the functions that it makes and their summaries left out."""
    calls = (node.func for node in ast.walk(ast.parse(script)) if isinstance(node, ast.Call))
    names = {ast.unparse(call) for call in calls if not isinstance(call, ast.Call)}
    return {name for name in names if not name.startswith("make_")}


def test_text_comes_back_from_a_docstring_and_a_literal():
    for text in ('a"""+b', "C:\\users\\net", "\\", '"', "\u2028\ud800\x00", "plain"):
        assert ast.literal_eval(literal(text)) == text
        assert ast.literal_eval(f'"""{in_docstring(text)}, end."""') == f"{' '.join(text.split())}, end."


def test_only_json_is_literal():
    class Evil:
        def __repr__(self):
            return "boom()"

    with pytest.raises(TypeError, match="Received: Evil"):
        literal(Evil())
    assert eval(literal(float("-inf"))) == float("-inf")


def test_a_name_that_is_no_identifier_is_a_key():
    taken = {}
    for name in ("mask", "class", "training=boom() and None, mask", "'", "é"):
        exec(f"taken.update(dict({argument(name, '1')}))", {"taken": taken})
    assert list(taken) == ["mask", "class", "training=boom() and None, mask", "'", "é"]


@pytest.mark.parametrize("count", [100, pytest.param(5000, marks=pytest.mark.slow)])
def test_hostile_names_run_nothing(count):
    generator = random.Random(9)
    expected = {"keras.Input", "keras.ops.add", "keras.saving.deserialize_keras_object", "keras.Model"}
    for _ in range(count):
        script = keras_script(_project(*(hostile(generator) for _ in range(5))))
        assert called(script) == expected | {"float"}
        assert set(filterfalse(str.isprintable, script)) == {"\n"}
        compile(script, "script.py", "exec")


def _project(title, name, graph_name, key, value):
    graph = Graph(graph_name)
    given = Node(new_node_id(), "input", "in", {"shape": [4]})
    config = {key: value, value: [value, float("nan")]}
    layer = {
        "module": value,
        "class_name": key,
        "registered_name": title,
        "config": config,
        "output_specs": [[[4], "float32"]],
    }
    opaque = Node(new_node_id(), "opaque", name, layer)
    args = {"args": [{"tensor": 0}, value], "kwargs": {key: value}, "output_spec": [[4], "float32"]}
    function = Node(new_node_id(), "keras.ops.add", f"{name} ", args)
    for node in (given, opaque, function):
        graph.add_node(node)
    for source, target in ((given, opaque), (opaque, function)):
        graph.connect(Wire(source.id, target.id, target_port="inputs"))
    return Project([graph], title=title)


def test_ends_of_slices_and_dtypes_are_data():
    array = {"class_name": "__numpy__", "config": {"value": [float("nan"), float("-inf")], "dtype": float("nan")}}
    at = [{"slice": [float("nan"), "boom()", None]}, array]
    graph = Graph("model")
    given = Node(new_node_id(), "input", "in", {"shape": [4]})
    taken = Node(
        new_node_id(), "keras.ops.get_item", "part", {"args": [{"tensor": 0}, at], "output_spec": [[4], "float32"]}
    )
    for node in (given, taken):
        graph.add_node(node)
    graph.connect(Wire(given.id, taken.id, target_port="inputs"))
    script = keras_script(Project([graph]))
    assert called(script) == {"keras.Input", "keras.Model", "keras.ops.array", "float"}
    assert not {node.id for node in ast.walk(ast.parse(script)) if isinstance(node, ast.Name)} & {"nan", "inf", "boom"}
