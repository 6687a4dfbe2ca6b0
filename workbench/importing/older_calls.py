"""Calls of layers as Keras 2 writes them, in the form of Keras 3: arguments with tensors in their places.

Keras 2 has a list of `[layer, call, output, named arguments]` for each call; calls of a network in the network count
from 1 there, because its own definition is call 0; and a function of TensorFlow is a layer with the function's name.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from workbench.importing.tf_functions import CLASSES, GRAPH_CLASS, NoCounterpart, graph_operation, operation_of

Record = Mapping[str, Any]
OPERATIONS = "keras.src.ops"
REFUSED = "refused"
"""In a layer's record: why a function of TensorFlow is no operation here."""
_CONSTANT = "_CONSTANT_VALUE"


def modern_calls(config: Record) -> Record:
    """A functional model's configuration with calls as Keras 3 writes them; one of Keras 3 as it is."""
    records = config["layers"]
    if not any(isinstance(call, list) for record in records for call in record["inbound_nodes"]):
        return config
    reading = _Reading(config)
    return {
        **config,
        "layers": [reading.layer(record) for record in records],
        "output_layers": reading.ends(config["output_layers"]),
    }


class _Reading:
    def __init__(self, config: Record) -> None:
        calls = {_name(record): len(record["inbound_nodes"]) for record in config["layers"]}
        self._names = frozenset(calls)
        last: dict[str, int] = {}
        places = [config["output_layers"], *(record["inbound_nodes"] for record in config["layers"])]
        for name, call in self._references(places):
            last[name] = max(call, last.get(name, 0))
        models = {_name(record) for record in config["layers"] if "layers" in record["config"]}
        # Every call is used somewhere, so that the highest number tells where counting begins.
        self._from_one = frozenset(name for name in models if last.get(name) == calls[name])

    def layer(self, record: Record) -> Record:
        calls = [self._call(call) if isinstance(call, list) else call for call in record["inbound_nodes"]]
        if record["class_name"] in (*CLASSES, GRAPH_CLASS):
            return _operation(record, calls)
        return {**record, "inbound_nodes": calls}

    def ends(self, value: Any) -> Any:
        """The outputs, with the calls of networks counted from 0."""
        if self._is_reference(value):
            return [value[0], value[1] - (value[0] in self._from_one), *value[2:]]
        if isinstance(value, Mapping):
            return {key: self.ends(item) for key, item in value.items()}
        return [self.ends(item) for item in value] if isinstance(value, list) else value

    def _call(self, call: list[Any]) -> Record:
        entries = [call] if call and isinstance(call[0], str) else call
        tensors = [entry[2] if entry[0] == _CONSTANT else self._argument(entry[:3]) for entry in entries]
        named = entries[0][3] if entries and len(entries[0]) > 3 else {}
        first = tensors if len(tensors) > 1 else tensors[0]
        return {"args": [first], "kwargs": {name: self._argument(value) for name, value in named.items()}}

    def _argument(self, value: Any) -> Any:
        if self._is_reference(value):
            history = [value[0], value[1] - (value[0] in self._from_one), value[2]]
            return {"class_name": "__keras_tensor__", "config": {"keras_history": history}}
        if isinstance(value, Mapping):
            return {key: self._argument(item) for key, item in value.items()}
        return [self._argument(item) for item in value] if isinstance(value, list) else value

    def _references(self, value: Any) -> Iterator[tuple[str, int]]:
        if self._is_reference(value):
            yield value[0], value[1]
        items = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
        for item in items:
            yield from self._references(item)

    def _is_reference(self, value: Any) -> bool:
        return (
            isinstance(value, list)
            and len(value) in (3, 4)
            and value[0].__hash__ is not None
            and value[0] in self._names
            and isinstance(value[1], int)
            and isinstance(value[2], int)
        )


def _name(record: Record) -> str:
    return str(record.get("name") or record["config"]["name"])


def _operation(record: Record, calls: list[Record]) -> Record:
    """A function of TensorFlow as an operation of Keras; with the reason where there is none."""
    name, config = _name(record), record["config"]
    try:
        made = [_translated(record["class_name"], config, call) for call in calls]
    except (NoCounterpart, json.JSONDecodeError) as error:
        return {**record, "name": name, "inbound_nodes": calls, REFUSED: str(error)}
    return {
        "name": name,
        "class_name": made[0][0],
        "module": OPERATIONS,
        "config": {"name": name},
        "inbound_nodes": [{"args": list(args), "kwargs": kwargs} for _, args, kwargs in made],
    }


def _translated(class_name: str, config: Record, call: Record) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
    (first,) = call["args"]
    if class_name == GRAPH_CLASS:
        return graph_operation(json.loads(config["node_def"]), config.get("constants") or {}, first)
    return operation_of(str(config["function"]), first, call["kwargs"])
