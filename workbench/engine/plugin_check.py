"""A plugin tried as a whole: each layer and block is built in Keras and compared with its rules, each template too."""

from collections.abc import Iterator
from typing import NamedTuple

from workbench.analysis import GraphAnalysis, Severity
from workbench.engine.compile import build_model
from workbench.engine.errors import JobError
from workbench.graph import Graph, Node, NodeId, Wire
from workbench.layers import NodeType, TensorSpec
from workbench.plugins import Plugin
from workbench.project import LiveAnalysis, project_catalogue
from workbench.templates import Template, TemplateError

SHAPES = ((8, 8, 3), (16, 3), (4, 4, 4, 3), (6,))
"""Inputs that are tried, an image first, until the rules of a type accept one."""
_TRIED = NodeId("tried")


class Tried(NamedTuple):
    """A layer, block or template with the input that it was tried on and what is wrong; "" where nothing is."""

    name: str
    on: str
    problem: str = ""


def check_plugin(plugin: Plugin) -> Iterator[Tried]:
    """Tries all that a plugin offers. The plugin is on and its module loads."""
    contents = plugin.contents()
    if contents is None:
        yield Tried(plugin.name, "", plugin.problem or "the plugin is off")
        return
    for kind in contents.types.values():
        yield _tried(kind)
    for template in contents.templates.values():
        yield _tried_template(template)


def _tried(kind: NodeType) -> Tried:
    catalogue, refused = project_catalogue(()), ""
    for shape in SHAPES:
        graph, words = _graph(kind, shape), str(TensorSpec(shape))
        found = [problem for problem in GraphAnalysis(graph, catalogue).diagnostics if problem.node == _TRIED]
        errors = [problem.message for problem in found if problem.severity is Severity.ERROR]
        if errors:
            refused = refused or errors[0]
            continue
        return Tried(kind.key, words, _in_keras(graph))
    return Tried(kind.key, "", refused)


def _graph(kind: NodeType, shape: tuple[int, ...]) -> Graph:
    """An Input for each tensor that the type needs, and one node of it."""
    graph = Graph("model")
    graph.add_node(Node(_TRIED, kind.key, "tried", kind.initial_params()))
    for port in kind.inputs:
        for order in range(max(port.minimum, 2 if port.variadic else 1)):
            source = NodeId(f"{port.name}_{order}")
            graph.add_node(Node(source, "input", source, {"shape": list(shape)}))
            graph.connect(Wire(source, _TRIED, target_port=port.name, order=order if port.variadic else 0))
    return graph


def _in_keras(graph: Graph) -> str:
    try:
        build_model(graph, 1, project_catalogue(()))
    except JobError as error:
        return error.message
    return ""


def _tried_template(template: Template) -> Tried:
    try:
        project = template.build()
    except TemplateError as error:
        return Tried(template.name, "", str(error))
    except Exception as error:  # whatever a plugin does
        return Tried(template.name, "", f"{type(error).__name__}: {error}")
    # Which data a network is for is chosen later: only what is wrong with the network itself counts.
    wrong = [problem for problem in LiveAnalysis(project).errors if not problem.code.startswith("output.")]
    problems = (problem.message for problem in wrong)
    built = (_in_keras(graph) for graph in project.graphs.values())
    return Tried(template.name, "its defaults", next(filter(None, (*problems, *built)), ""))
