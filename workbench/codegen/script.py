"""A network as a Keras script: one line a layer, blocks expanded, layers that are applied again made once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from workbench.analysis import GraphAnalysis, Primitive, TensorRef, primitives
from workbench.codegen.names import identifiers
from workbench.codegen.plugin_source import classes_of, plugin_section
from workbench.codegen.text import argument, in_docstring, literal
from workbench.layers import Category, plugin_of
from workbench.layers.operations import ARRAYS, ELLIPSIS, PREFIX, SLICE, TENSOR
from workbench.project import Project, project_catalogue

_LAYERS = "keras.layers."


def keras_script(project: Project) -> str:
    """A script with one function a graph, each giving a `keras.Model` with the layer names of the project."""
    catalogue = project_catalogue(project.blocks.values())
    names = identifiers(project.graphs, taken=())
    networks = {graph.name: primitives(GraphAnalysis(graph, catalogue)) for graph in project.graphs.values()}
    functions = [_function(graph, found, f"make_{names[graph]}") for graph, found in networks.items()]
    plugins = {plugin_of(layer.kind.key) for found in networks.values() for layer in found} - {""}
    calls = [f"    make_{name}().summary()" for name in names.values()]
    title = in_docstring(project.title or "A network")
    head = f'"""{title}, written by CNN Workbench."""\n\nimport keras\nfrom keras import layers'
    sections = [head, *map(plugin_section, sorted(plugins)), *functions]
    return "\n\n\n".join([*sections, 'if __name__ == "__main__":\n' + "\n".join(calls)]) + "\n"


def _function(graph: str, found: list[Primitive], name: str) -> str:
    script = _Network(found)
    lines = [f"def {name}() -> keras.Model:", *(f"    {line}" for line in script.lines())]
    return "\n".join([*lines, f"    return keras.Model({script.inputs()}, {script.outputs()}, name={graph!r})"])


class _Network:
    """The statements of one network."""

    def __init__(self, found: list[Primitive]) -> None:
        self._found = found
        self._names = _by_path(found)
        self._applied_again = {primitive.owner for primitive in found if primitive.owner != primitive.path}
        self._used = {ref for primitive in found for refs in primitive.inputs.values() for ref in refs}

    def lines(self) -> Iterator[str]:
        made: set[str] = set()
        for primitive in self._found:
            variable = self._names[primitive.path]
            if not primitive.kind.inputs:
                yield f"{variable} = keras.Input({_arguments(primitive, name=primitive.name)})"
            elif primitive.kind.key.startswith(PREFIX):
                yield f"{variable} = {self._operation(primitive)}"
            else:
                yield from self._layer(primitive, variable, made)

    def _layer(self, primitive: Primitive, variable: str, made: set[str]) -> Iterator[str]:
        """The layer on its inputs; by a name of its own where it is applied again or does not learn."""
        maker = _maker(primitive)
        owner = primitive.owner
        if owner in self._applied_again or (not primitive.trainable and primitive.report.weights):
            layer = f"{self._names.get(owner, variable)}_layer"
            if owner not in made:
                made.add(owner)
                yield f"{layer} = {maker}"
                if not primitive.trainable:
                    yield f"{layer}.trainable = False"
            maker = layer
        yield f"{variable} = {maker}({self._call(primitive)})"

    def _call(self, primitive: Primitive) -> str:
        kind = primitive.kind
        given = {port.name: [self._tensor(ref) for ref in primitive.inputs.get(port.name, ())] for port in kind.inputs}
        variadic = {port.name: port.variadic for port in kind.inputs}
        # What an opaque layer takes is not known: one wire is a tensor, several are a list.
        alone = kind.category is Category.OPAQUE and len(given[kind.inputs[0].name]) == 1
        many = {
            name: f"[{', '.join(tensors)}]" if variadic[name] and not alone else tensors[0]
            for name, tensors in given.items()
            if tensors
        }
        if kind.takes_list:
            parts = [f"[{', '.join(many.values())}]"]
        elif len(kind.inputs) == 1:
            parts = list(many.values())
        else:
            parts = [argument(name, value) for name, value in many.items()]
        return ", ".join([*parts, *(argument(name, _text(value)) for name, value in primitive.node.call_args.items())])

    def _operation(self, primitive: Primitive) -> str:
        tensors = [self._tensor(ref) for refs in primitive.inputs.values() for ref in refs]
        params = primitive.kind.full_params(primitive.node.params)
        args = params["args"] if params["args"] is not None else [{TENSOR: index} for index in range(len(tensors))]
        name = primitive.kind.key.removeprefix(PREFIX)
        written = [_text(value, tensors) for value in args]
        if name == "get_item":
            return f"{written[0]}[{_indices(written[1])}]"
        named = [argument(key, _text(value, tensors)) for key, value in (params["kwargs"] or {}).items()]
        return f"keras.ops.{name}({', '.join([*written, *named])})"

    def _tensor(self, ref: TensorRef) -> str:
        return self._names[ref.path]

    def inputs(self) -> str:
        """The inputs of the model, in the order of their names."""
        return self._ends(lambda p: not p.kind.inputs and self._is_used(p))

    def outputs(self) -> str:
        """Layers that nothing follows, in the order of their names."""
        return self._ends(lambda p: bool(p.kind.inputs) and not self._is_used(p))

    def _is_used(self, primitive: Primitive) -> bool:
        return any(TensorRef(primitive.path, port.name) in self._used for port in primitive.kind.outputs)

    def _ends(self, wanted: Any) -> str:
        names = [self._names[p.path] for p in sorted(self._found, key=lambda p: p.name) if wanted(p)]
        return names[0] if len(names) == 1 else f"[{', '.join(names)}]"


def _by_path(found: list[Primitive]) -> dict[str, str]:
    by_name = identifiers(primitive.name for primitive in found)
    return {primitive.path: by_name[primitive.name] for primitive in found}


def _maker(primitive: Primitive) -> str:
    params = primitive.kind.full_params(primitive.node.params)
    if primitive.kind.category is Category.OPAQUE:
        record = {
            "module": params["module"],
            "class_name": params["class_name"],
            "config": {**params["config"], "name": primitive.name},
            "registered_name": params["registered_name"],
        }
        return f"keras.saving.deserialize_keras_object({_text(record)})"
    if plugin := plugin_of(primitive.kind.key):
        given = ", ".join(argument(name, _text(value)) for name, value in {"name": primitive.name, **params}.items())
        return f"{classes_of(plugin)}[{primitive.kind.key!r}]({given})"
    return f"layers.{primitive.kind.key.removeprefix(_LAYERS)}({_arguments(primitive, name=primitive.name)})"


def _arguments(primitive: Primitive, **more: Any) -> str:
    """What differs from Keras's defaults, in Keras's order."""
    given = primitive.node.params
    ordered = [(param.name, given[param.name]) for param in primitive.kind.params if param.name in given]
    return ", ".join(argument(name, _text(value)) for name, value in [*ordered, *more.items()])


def _text(value: Any, tensors: list[str] | None = None) -> str:
    """A JSON value as Python; lists are tuples, as Keras's constructors write sizes."""
    if isinstance(value, Mapping):
        if tensors is not None and set(value) == {TENSOR}:
            return tensors[value[TENSOR]]
        if tensors is not None and set(value) == {SLICE}:
            return _slice(value[SLICE])
        if tensors is not None and value.get("class_name") == ELLIPSIS:
            return "..."
        if tensors is not None and value.get("class_name") in ARRAYS:
            return _array(value["config"])
        return "{" + ", ".join(f"{key!r}: {_text(item, tensors)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        items = [_text(item, tensors) for item in value]
        if tensors is not None:
            return f"[{', '.join(items)}]"
        return f"({', '.join(items)}{',' if len(items) == 1 else ''})"
    return literal(value)


def _indices(written: str) -> str:
    """What stands between the brackets of `x[...]`: several indices without the brackets of their list."""
    return written[1:-1] or "()" if written.startswith("[") else written


def _array(config: Mapping[str, Any]) -> str:
    return f"keras.ops.array({_text(config['value'], [])}, dtype={_text(config['dtype'])})"


def _slice(ends: list[Any]) -> str:
    start, stop, step = ("" if end is None else _text(end) for end in ends)
    return f"{start}:{stop}" + (f":{step}" if step else "")
