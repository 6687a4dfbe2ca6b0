"""What is said of a generator and a discriminator that do not go together, live, and the ways out."""

import re
from pathlib import Path

import pytest

import workbench
from workbench.analysis import Severity
from workbench.graph import edits
from workbench.layers import CATALOGUE
from workbench.project import (
    AdversarialSettings,
    History,
    InGraph,
    LiveAnalysis,
    Observations,
    Observed,
    SetAdversarial,
    SetDataset,
    SetTraining,
    assign,
)
from workbench.project.file import dumps
from workbench.project.ways_out import way_out
from workbench.templates import get_template


def dcgan(**values):
    return get_template("dcgan").build({"size": 28, "channels": 1, "width": 0.1, **values})


class Live:
    """A project with its analysis, changed as a person would."""

    def __init__(self, observed=None, **values):
        self.project = dcgan(**values)
        self.history = History(self.project)
        self.analysis = LiveAnalysis(self.project, observed=observed)

    def set(self, graph, name, **values):
        drawn = self.project.graph(graph)
        node = drawn.node(drawn.find_name(name))
        edit = edits.set_params(drawn, node.id, values, CATALOGUE[node.type].defaults)
        self.history.do(InGraph(graph, edit))
        return self

    def adversarial(self, **values):
        self.history.do(SetAdversarial(assign(self.project.adversarial, values)))
        return self

    def found(self):
        """The first problem of each code."""
        found = [problem for problem in self.analysis.diagnostics if problem.code.startswith("gan.")]
        return {problem.code: problem for problem in reversed(found)}

    def do(self, code, label):
        problem = self.found()[code]
        (fix,) = [fix for fix in problem.fixes if fix.label == label]
        self.history.do(way_out(problem, fix))


@pytest.mark.parametrize("values", [{}, {"size": 32}, {"conditional": True}, {"channels": 3}])
def test_the_template_keeps_the_contract(values):
    assert Live(**values).analysis.diagnostics == ()


def broken_data(live):
    live.history.do(SetDataset(assign(live.project.dataset, {"value_range": "0..1"})))


def on_plateau(live):
    live.history.do(SetTraining(assign(live.project.training, {"schedule": "plateau"})))


def with_second_input(graph):
    def change(live):
        from workbench.graph import Node, Wire, new_node_id

        drawn = live.project.graph(graph)
        first = next(node for node in drawn if node.type == "input")
        wire = next(iter(drawn.wires_from(first.id)))
        other, join = new_node_id(), new_node_id()
        nodes = (
            Node(other, "input", "second", {"shape": list(first.params["shape"])}),
            Node(join, "keras.layers.Add", "join", {}),
        )
        wires = (Wire(first.id, join, "output", "inputs"), Wire(other, join, "output", "inputs", 1))
        onwards = Wire(join, wire.target, "output", wire.target_port)
        change = edits.Several((edits.Remove(wires=(wire,)), edits.Add(nodes, (*wires, onwards))), "join")
        live.history.do(InGraph(graph, change))

    return change


def with_second_end(live):
    from workbench.graph import Node, Wire, new_node_id

    drawn = live.project.graph("generator")
    end = new_node_id()
    wire = Wire(drawn.find_name("stage_1"), end)
    live.history.do(InGraph("generator", edits.Add((Node(end, "keras.layers.Flatten", "end"),), (wire,))))


TEN = Observations()
TEN.note("seen", Observed(tuple(map(str, range(10))), 100))

# code, severity, the template's values, what is done to it, the graph, the fixes that are offered
ROWS = [
    ("gan.inputs", "error", {}, with_second_input("generator"), "generator", ()),
    ("gan.inputs", "error", {}, with_second_input("discriminator"), "discriminator", ()),
    ("gan.outputs", "error", {}, with_second_end, "generator", ()),
    (
        "gan.latent",
        "error",
        {},
        lambda live: live.set("generator", "latent", shape=[1, 1, 100]),
        "generator",
        ("Set latent to 100",),
    ),
    (
        "gan.shapes",
        "error",
        {},
        lambda live: live.set("discriminator", "image", shape=[28, 28, 3]),
        "discriminator",
        ("Set image to 28x28x1", "Set filters of image to 3 (generator)"),
    ),
    (
        "gan.image",
        "error",
        {},
        lambda live: live.history.do(InGraph("generator", _flattened(live.project.graph("generator")))),
        "generator",
        (),
    ),
    ("gan.range", "warning", {}, broken_data, "generator", ("Scale images to -1..1", "End in sigmoid")),
    (
        "gan.range",
        "error",
        {},
        lambda live: live.set("generator", "image", activation="sigmoid"),
        "generator",
        ("Scale images to 0..1", "End in tanh"),
    ),
    (
        "gan.range",
        "warning",
        {},
        lambda live: live.set("generator", "image", activation=None),
        "generator",
        ("End in tanh",),
    ),
    (
        "gan.logit",
        "error",
        {},
        lambda live: live.set("discriminator", "score", filters=4),
        "discriminator",
        ("Set filters of score to 1", "Add a Dense layer of 1 unit"),
    ),
    (
        "gan.probability",
        "warning",
        {},
        lambda live: live.set("discriminator", "score", activation="sigmoid"),
        "discriminator",
        ("End without activation",),
    ),
    (
        "gan.label-missing",
        "error",
        {},
        lambda live: live.adversarial(conditional=True),
        "generator",
        ("Switch conditional off",),
    ),
    (
        "gan.label-unused",
        "error",
        {"conditional": True},
        lambda live: live.adversarial(conditional=False),
        "generator",
        ("Make it conditional",),
    ),
    (
        "gan.label-shape",
        "error",
        {"conditional": True, "classes": 7, "data": "seen"},
        lambda live: None,
        "generator",
        ("Set label to 10",),
    ),
    (
        "gan.no-targets",
        "warning",
        {},
        lambda live: live.adversarial(loss="hinge", label_smoothing=0.1),
        "discriminator",
        ("Set label smoothing to 0",),
    ),
    ("gan.plateau", "warning", {}, on_plateau, "discriminator", ("Keep the rate constant",)),
    ("gan.batch-statistics", "warning", {}, lambda live: live.adversarial(loss="wgan_gp"), "discriminator", ()),
]


def _flattened(graph):
    from workbench.graph import rewiring

    return rewiring.Insert(graph.find_name("image"), "keras.layers.Flatten", "flat")


@pytest.mark.parametrize(("code", "severity", "values", "change", "graph", "fixes"), ROWS, ids=[row[0] for row in ROWS])
def test_says_what_does_not_fit_and_offers_ways_out(code, severity, values, change, graph, fixes):
    live = Live(TEN, **values)
    change(live)
    problem = live.found()[code]
    assert (problem.severity, problem.graph) == (Severity(severity), graph)
    assert re.match("Expected .* Received: .*", problem.message)
    assert tuple(fix.label for fix in problem.fixes) == fixes
    assert problem in live.analysis.diagnostics_of(graph)


@pytest.mark.parametrize(("code", "severity", "values", "change", "graph", "fixes"), ROWS, ids=[row[0] for row in ROWS])
def test_every_fix_takes_its_problem_away_and_can_be_undone(code, severity, values, change, graph, fixes):
    for label in fixes:
        live = Live(TEN, **values)
        change(live)
        before = dumps(live.project)
        steps = 0
        while code in live.found():  # both networks may have it: each has its own fix
            live.do(code, label)
            steps += 1
            assert steps < 3
        for _ in range(steps):
            live.history.undo()
        assert dumps(live.project) == before
        assert code in live.found()


def test_one_graph_is_judged_by_the_other_as_it_changes():
    live = Live()
    live.set("generator", "image", filters=3)
    assert (
        "Expected the image that the generator gives, 28x28x3. Received: 28x28x1" in live.found()["gan.shapes"].message
    )
    live.set("discriminator", "image", shape=[28, 28, 3])
    assert live.found() == {}
    live.history.undo()
    assert "gan.shapes" in live.found()


def test_a_classifier_has_no_contract():
    project = get_template("lenet5").build()
    project.apply(SetAdversarial(AdversarialSettings(conditional=True)))
    assert LiveAnalysis(project).diagnostics == ()


def test_the_page_on_gans_lists_every_code_with_its_severity():
    text = (Path(*workbench.__path__).parent / "docs" / "gans.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"^\| `(gan\.[a-z-]+)` \| ([a-z, ]+) \|", text, re.MULTILINE))
    told = {code: set() for code, *_ in ROWS}
    for code, severity, *_ in ROWS:
        told[code].add(severity)
    assert listed == {(code, ", ".join(sorted(severities))) for code, severities in told.items()}
