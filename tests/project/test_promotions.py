"""Parameters of inner layers that follow the block's own."""

import pytest

from tests.project.test_library import chain
from workbench.graph import Graph, Node, NodeId, Wire
from workbench.project import Block, History, LiveAnalysis, Project, loads
from workbench.project.file import dumps
from workbench.project.promotions import PromotionError, bind, binding, promote, release, rename, set_default

K = "keras.layers."
KEY = "user:two"
ONE, TWO = NodeId("one"), NodeId("two")


@pytest.fixture
def project() -> Project:
    """A block of two convolutions, used once."""
    model = Graph("model")
    model.add_node(Node(NodeId("i"), "input", "i", {"shape": [8, 8, 3]}))
    model.add_node(Node(NodeId("b"), KEY, "b"))
    model.connect(Wire(NodeId("i"), NodeId("b")))
    convolutions = (Node(node, K + "Conv2D", node, {"filters": 4, "kernel_size": 3}) for node in (ONE, TWO))
    return Project([model], blocks=[Block(chain(KEY, *convolutions))])


def promotions(project: Project) -> list[tuple[str, str, object]]:
    return [(p.name, p.kind, p.default) for p in project.blocks[KEY].settings.promotions]


def output(project: Project, **params: object) -> str:
    graph = project.graphs["model"]
    graph.replace_node(Node(NodeId("b"), KEY, "b", params))
    return str(LiveAnalysis(project).of("model").report(NodeId("b")).outputs.get("output"))


def test_a_promoted_parameter_belongs_to_the_instances(project):
    project.apply(promote(project.blocks[KEY], TWO, "filters", 4))
    assert promotions(project) == [("filters", "integer", 4)]
    assert output(project) == "4x4x4"
    assert output(project, filters=7) == "4x4x7"


def test_two_of_the_same_name_get_a_number(project):
    project.apply(promote(project.blocks[KEY], ONE, "filters", 4))
    project.apply(promote(project.blocks[KEY], TWO, "filters", 4))
    assert [name for name, _, _ in promotions(project)] == ["filters", "filters_2"]


def test_arithmetic_follows_and_the_definition_shows_the_default(project):
    project.apply(promote(project.blocks[KEY], ONE, "filters", 4))
    project.apply(bind(project.blocks[KEY], TWO, "filters", "filters * 4"))
    assert project.blocks[KEY].graph.node(TWO).params["filters"] == 16
    assert output(project, filters=3) == "4x4x12"
    project.apply(set_default(project.blocks[KEY], "filters", 5))
    assert project.blocks[KEY].graph.node(TWO).params["filters"] == 20
    assert output(project) == "4x4x20"


def test_every_step_can_be_undone_to_the_byte(project):
    history, states = History(project), [dumps(project)]
    for step in (
        lambda block: promote(block, ONE, "filters", 4),
        lambda block: bind(block, TWO, "filters", "filters + 1"),
        lambda block: rename(block, "filters", "width"),
        lambda block: set_default(block, "width", 9),
        lambda block: release(block, TWO, "filters"),
    ):
        history.do(step(project.blocks[KEY]))
        states.append(dumps(project))
        assert loads(states[-1], "x").problems == ()
    for state in reversed(states[:-1]):
        history.undo()
        assert dumps(project) == state


def test_a_rename_reaches_expressions_but_not_longer_names(project):
    project.apply(promote(project.blocks[KEY], ONE, "filters", 4))
    project.apply(promote(project.blocks[KEY], TWO, "filters", 4))
    project.apply(bind(project.blocks[KEY], TWO, "filters", "filters_2 + filters"))
    project.apply(rename(project.blocks[KEY], "filters", "width"))
    assert binding(project.blocks[KEY], TWO, "filters") == "filters_2 + width"
    assert output(project, width=2, filters_2=3) == "4x4x5"


def test_releasing_the_last_use_takes_the_parameter_away(project):
    project.apply(promote(project.blocks[KEY], ONE, "filters", 4))
    project.apply(bind(project.blocks[KEY], TWO, "filters", "filters"))
    project.apply(release(project.blocks[KEY], ONE, "filters"))
    assert promotions(project) == [("filters", "integer", 4)]
    project.apply(release(project.blocks[KEY], TWO, "filters"))
    assert promotions(project) == []
    assert project.blocks[KEY].settings.bindings == {}


@pytest.mark.parametrize("text", ["", "filters *", "depth * 2", "__import__('os')", "1 / 0", "filters.real"])
def test_an_expression_without_a_value_is_refused(project, text):
    project.apply(promote(project.blocks[KEY], ONE, "filters", 4))
    with pytest.raises(PromotionError, match="Expected"):
        bind(project.blocks[KEY], TWO, "filters", text)


@pytest.mark.parametrize("name", ["", "2x", "a b", "repeat", "max", "a/b"])
def test_a_name_that_expressions_could_not_hold_is_refused(project, name):
    project.apply(promote(project.blocks[KEY], ONE, "filters", 4))
    with pytest.raises(PromotionError, match="Expected a name"):
        rename(project.blocks[KEY], "filters", name)


def test_other_refusals(project):
    with pytest.raises(PromotionError, match="Expected one number"):
        promote(project.blocks[KEY], ONE, "kernel_size", [3, 3])
    project.apply(promote(project.blocks[KEY], ONE, "filters", 4))
    with pytest.raises(PromotionError, match="Received: 'x'"):
        set_default(project.blocks[KEY], "filters", "x")
