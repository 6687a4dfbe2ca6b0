"""What a training begins with, and that it says so."""

import threading
from dataclasses import replace
from pathlib import Path

import keras
import msgspec
import numpy as np
import pytest

from tests.analysis.networks import Network
from tests.engine.drawings import small_classifier
from tests.engine.projects import small_project
from workbench.engine import JobError, run_job
from workbench.engine.compile import build_model
from workbench.engine.objective import optimizer_for
from workbench.engine.training.initial import fit
from workbench.engine.training.model import TrainingModel
from workbench.graph import Graph, Node, NodeId, copy_graph, edits
from workbench.project import History, InGraph, SetDataset, SetTraining, SetWeights, assign, project_catalogue
from workbench.project.file import dumps
from workbench.project.weight_matching import adopt, fit_of, layers_with_weights, stored_shapes
from workbench.project.weights import WeightStoreError, is_state, read_weights, write_weights
from workbench.protocol import Export, InitialWeights, OverfitBatch, Started, Train
from workbench.runs import Run, read_checkpoint
from workbench.runs.weights import run_weights


def train(project, runs, **fields):
    events = []
    file = project.weights.file if project.weights else None
    command = Train(project=dumps(project).decode(), runs=str(runs), weights=str(file or ""), **fields)
    done = run_job(command, events.append, threading.Event())
    return Run.open(Path(done.run)), events


def told(events):
    return next((event for event in events if isinstance(event, InitialWeights)), None)


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A run of the small network, and its project."""
    project = small_project(epochs=2, learning_rate=0.01)
    run, events = train(project, tmp_path_factory.mktemp("runs"))
    assert told(events) is None, "it began from scratch"
    assert run.record.initial_weights == {}
    return project, run


@pytest.fixture
def adopted(trained, tmp_path):
    """The project with the weights of its run, at a rate that changes next to nothing in an epoch."""
    source, run = trained
    project = small_project(_copy(source), epochs=1, learning_rate=1e-12)
    project.apply(SetWeights(adopt(project, run_weights(run), tmp_path / "store")))
    return project


def _copy(project):
    return copy_graph(next(iter(project.graphs.values())))


def graph_of(project):
    return next(iter(project.graphs.values()))


def edit(project, change):
    project.apply(InGraph(graph_of(project).name, change))


def node(project, suffix):
    return next(node for node in graph_of(project) if node.type.endswith(suffix))


def weights_of(run, layer):
    variables = read_checkpoint(run.folder / "best.h5").variables
    return {key.rpartition("/")[2]: value for key, value in variables.items() if key.startswith(f"model/{layer}/")}


def test_a_run_s_weights_are_what_a_training_begins_with(trained, adopted, tmp_path):
    _, before = trained
    run, events = train(adopted, tmp_path / "runs")
    event = told(events)
    assert event.source == f"run {before.name}"
    assert set(event.kept) == {layer.name for layer in layers_with_weights(adopted)}
    assert event.partly == event.new == ()
    for layer in event.kept:
        for name, value in weights_of(before, layer).items():
            np.testing.assert_allclose(weights_of(run, layer)[name], value, atol=1e-5)
    assert run.record.initial_weights["kept"] == list(event.kept)
    assert run.record.initial_weights["digest"] == adopted.weights.digest


def test_scratch_begins_as_if_there_were_none(adopted, tmp_path):
    plain = small_project(_copy(adopted), epochs=1, learning_rate=1e-12)
    adopted.apply(SetTraining(assign(adopted.training, {"initial_weights": "scratch"})))
    (one, events), (other, _) = train(adopted, tmp_path / "a"), train(plain, tmp_path / "b")
    assert told(events) is None
    for layer in layers_with_weights(adopted):
        for name, value in weights_of(one, layer.name).items():
            np.testing.assert_array_equal(value, weights_of(other, layer.name)[name])


def test_an_edited_graph_keeps_every_unchanged_layer(trained, adopted, tmp_path):
    """A layer is known by its node, whatever it is called; a bias that is gone takes nothing along."""
    _, before = trained
    conv, dense = node(adopted, "Conv2D"), node(adopted, "Dense")
    edit(adopted, edits.rename(graph_of(adopted), conv.id, "renamed"))
    edit(adopted, edits.set_params(graph_of(adopted), dense.id, {"use_bias": False}, {}))
    run, events = train(adopted, tmp_path / "runs")
    event = told(events)
    assert "renamed" in event.kept
    np.testing.assert_allclose(
        weights_of(run, "renamed")["000.kernel"], weights_of(before, conv.name)["000.kernel"], atol=1e-5
    )


@pytest.mark.parametrize("overlap", [False, True])
def test_more_filters_take_the_part_that_both_have_where_that_is_wanted(trained, adopted, tmp_path, overlap):
    _, before = trained
    conv = node(adopted, "Conv2D")
    filters = conv.params["filters"]
    edit(adopted, edits.set_params(graph_of(adopted), conv.id, {"filters": filters + 3}, {}))
    adopted.apply(SetTraining(assign(adopted.training, {"copy_overlap": overlap})))
    run, events = train(adopted, tmp_path / "runs")
    event, kernel = told(events), weights_of(run, conv.name)["000.kernel"]
    old = weights_of(before, conv.name)["000.kernel"]
    assert kernel.shape[-1] == filters + 3
    if overlap:
        assert conv.name in event.partly
        np.testing.assert_allclose(kernel[..., :filters], old, atol=1e-5)
        assert np.abs(kernel[..., filters:]).max() > 0, "the rest keeps its initial values"
    else:
        assert conv.name in event.new
        assert not np.allclose(kernel[..., :filters], old, atol=1e-3)


def test_undo_restores_what_is_kept(adopted):
    history = History(adopted)
    shapes = stored_shapes(adopted.weights)
    conv = node(adopted, "Conv2D")
    before = fit_of(adopted, shapes)
    history.do(InGraph(graph_of(adopted).name, edits.Remove((conv.id,))))
    assert conv.name not in fit_of(adopted, shapes).kept
    history.undo()
    assert fit_of(adopted, shapes) == before
    assert not before.changed
    assert not before.new


def test_a_stopped_run_begins_with_its_own_copy_of_the_weights(adopted, tmp_path):
    """The weights lie in the run, so that it can begin again when the project's are gone."""
    run, _ = train(adopted, tmp_path / "runs")
    assert (run.folder / "project.workbench.weights" / f"{adopted.weights.digest}.h5").is_file()


def test_a_resumed_run_ignores_them(adopted, tmp_path):
    run, _ = train(adopted, tmp_path / "runs")
    events = []
    resume = Train(project="", runs=str(tmp_path / "runs"), resume=str(run.folder), epochs_more=1)
    run_job(resume, events.append, threading.Event())
    assert told(events) is None
    assert Run.open(run.folder).record.initial_weights["kept"], "the record still says how it began"


def test_missing_weights_are_said_before_a_run_begins(adopted, tmp_path):
    adopted.weights.file.unlink()
    with pytest.raises(JobError, match="Expected weights of a project"):
        train(adopted, tmp_path / "runs")
    assert not (tmp_path / "runs").exists()


def test_weights_of_another_network_are_refused_by_name(trained, tmp_path):
    other = small_project(small_classifier())
    arrays = [("elsewhere:000.kernel", np.zeros((3, 3)))]
    other.apply(SetWeights(write_weights(tmp_path / "store", arrays)))
    with pytest.raises(JobError, match=r"another network: none of its layers fits\. Without weights: "):
        train(other, tmp_path / "runs")


def test_a_network_drawn_elsewhere_takes_layers_by_name(trained, tmp_path):
    """Ids differ, names and shapes are the same."""
    source, run = trained
    graph, copy = graph_of(source), Graph("model")
    for each in graph:
        copy.add_node(replace(each, id=NodeId(f"x{each.id}")))
    for wire in graph.wires:
        copy.connect(replace(wire, source=NodeId(f"x{wire.source}"), target=NodeId(f"x{wire.target}")))
    project = small_project(copy)
    project.apply(SetWeights(adopt(project, run_weights(run), tmp_path / "store")))
    fit = fit_of(project, stored_shapes(project.weights))
    assert len(fit.kept) == len(layers_with_weights(source))
    assert read_weights(project.weights)


def test_what_does_not_fit_is_not_adopted(trained, tmp_path):
    network = Network((8, 8, 1))
    network.on("Flatten", "flat")
    network.on("Dense", "another", units=3)
    project = small_project(network.graph)
    with pytest.raises(WeightStoreError, match="none of whose layers fits"):
        adopt(project, run_weights(trained[1]), tmp_path / "store")


def test_one_batch_is_tried_with_the_weights_too(adopted):
    events = []
    command = OverfitBatch(project=dumps(adopted).decode(), steps=2, weights=str(adopted.weights.file))
    run_job(command, events.append, threading.Event())
    assert told(events).kept


def test_a_project_is_exported_with_its_own_weights(trained, adopted, tmp_path):
    _, before = trained
    target = tmp_path / "export"
    command = Export(run="", path=str(target), project=dumps(adopted).decode(), weights_file=str(adopted.weights.file))
    done = run_job(command, lambda event: None, threading.Event())
    assert not done.random
    assert done.images > 100
    arrays = {variable.path: variable.numpy() for variable in keras.layers.TFSMLayer(target, "serve").weights}
    assert arrays
    kernel = weights_of(before, node(adopted, "Conv2D").name)["000.kernel"]
    assert any(value.shape == kernel.shape and np.array_equal(value, kernel) for value in arrays.values())


def test_a_project_whose_data_do_not_fit_is_compared_over_random_inputs(adopted, tmp_path):
    adopted.apply(SetDataset(assign(adopted.dataset, {"spec": str(tmp_path / "nothing here")})))
    command = Export(
        run="",
        path=str(tmp_path / "export"),
        project=dumps(adopted).decode(),
        weights_file=str(adopted.weights.file),
    )
    done = run_job(command, lambda event: None, threading.Event())
    assert done.random
    assert done.difference <= done.tolerance * max(1, done.scale)


def test_two_trainings_from_the_same_weights_are_equal_bit_for_bit(adopted, tmp_path):
    adopted.apply(SetTraining(assign(adopted.training, {"deterministic": True, "learning_rate": 0.01})))
    (one, _), (other, events) = train(adopted, tmp_path / "a"), train(adopted, tmp_path / "b")
    assert [event for event in events if isinstance(event, Started)]
    for key, value in read_checkpoint(one.checkpoint_file).variables.items():
        np.testing.assert_array_equal(value, read_checkpoint(other.checkpoint_file).variables[key])


# -- the optimiser's state
def compiled(project):
    graph, catalogue = graph_of(project), project_catalogue(project.blocks.values())
    model = TrainingModel.of(build_model(graph, 0, catalogue))
    model.compile(optimizer_for(project.training), "sparse_categorical_crossentropy")
    return model, graph, catalogue


def slots(optimizer):
    """By Keras's own lists: (weight's path, momentum, velocity)."""
    pairs = zip(optimizer._trainable_variables, optimizer._momentums, optimizer._velocities, strict=True)
    return {weight.path: (np.asarray(first), np.asarray(second)) for weight, first, second in pairs}


@pytest.fixture
def with_state(trained, tmp_path):
    """The project with the last weights of its run and what its optimiser knew."""
    source, run = trained
    project = small_project(_copy(source), epochs=1, learning_rate=1e-12)
    project.apply(SetWeights(adopt(project, run_weights(run, "last"), tmp_path / "store")))
    return project


def given(project, arrays=None):
    model, graph, catalogue = compiled(project)
    taken = fit(model, project, graph, catalogue, arrays or read_weights(project.weights), "a test")
    return model, taken.state.give(model)


def test_the_optimiser_goes_on_where_the_run_s_stood(trained, with_state):
    _, run = trained
    model, told_of = given(with_state)
    assert told_of.remark == ""
    kept = slots(model.optimizer)
    assert told_of.variables == 2 * len(kept) == 8
    variables = read_checkpoint(run.checkpoint_file).variables
    by_name = {key.partition(".")[2]: value for key, value in variables.items() if key.startswith("optimizer/")}
    assert int(model.optimizer.iterations) == int(by_name["iteration"]) > 0
    for path, (first, second) in kept.items():
        stem = path.replace("/", "_")
        np.testing.assert_array_equal(first, by_name[f"{stem}_momentum"])
        np.testing.assert_array_equal(second, by_name[f"{stem}_velocity"])
        assert np.abs(first).max() > 0


def test_state_follows_a_renamed_layer_and_a_changed_one_begins_without(trained, with_state):
    _, run = trained
    conv, dense = node(with_state, "Conv2D"), node(with_state, "Dense")
    edit(with_state, edits.rename(graph_of(with_state), conv.id, "renamed"))
    edit(with_state, edits.set_params(graph_of(with_state), dense.id, {"units": 12}, {}))
    model, told_of = given(with_state)
    variables = read_checkpoint(run.checkpoint_file).variables
    (old,) = [value for key, value in variables.items() if key.endswith(f"{conv.name}_kernel_momentum")]
    kept = slots(model.optimizer)
    np.testing.assert_array_equal(kept["renamed/kernel"][0], old)
    assert not kept[f"{dense.name}/kernel"][0].any()
    assert told_of.variables == 4


def test_a_training_says_what_its_optimiser_takes_over(trained, with_state, tmp_path):
    _, before = trained
    run, events = train(with_state, tmp_path / "runs")
    assert told(events).optimizer == 8
    steps = [
        int(value)
        for each in (before, run)
        for key, value in read_checkpoint(each.checkpoint_file).variables.items()
        if key.endswith(".iteration")
    ]
    batches = next(event for event in events if isinstance(event, Started)).batches
    assert steps[1] == steps[0] + batches


def test_another_optimiser_begins_anew_and_says_so(with_state):
    with_state.apply(SetTraining(assign(with_state.training, {"optimizer": "SGD", "optimizer_params": {}})))
    _, told_of = given(with_state)
    assert told_of.variables == 0
    assert "trained with another (adam)" in told_of.remark.lower()


@pytest.mark.parametrize("change", ["missing", "shape"])
def test_the_state_of_another_version_is_left_whole(with_state, change):
    arrays = read_weights(with_state.weights)
    for key in [key for key in arrays if key.endswith("@velocity")]:
        if change == "missing":
            del arrays[key]
        else:
            arrays[key] = arrays[key][..., :1]
    model, told_of = given(with_state, arrays)
    assert told_of.variables == 0
    assert "of another version" in told_of.remark
    assert not any(first.any() or second.any() for first, second in slots(model.optimizer).values())
    assert int(model.optimizer.iterations) == 0


def test_weights_of_another_epoch_than_the_optimiser_s_come_without_its_state(trained, tmp_path):
    _, run = trained
    earlier = Run(run.folder, msgspec.structs.replace(run.record, best_epoch=1, epochs=2), run.status)
    assert not any(map(is_state, run_weights(earlier).arrays))
    assert any(map(is_state, run_weights(run, "last").arrays))


def test_a_branch_of_an_edited_network_keeps_what_fits(trained, tmp_path):
    source, run = trained
    project = small_project(_copy(source), epochs=3, learning_rate=1e-12)
    dense = node(project, "Dense")
    extra = Node(NodeId("extra"), "keras.layers.Dense", "extra", {"units": 16})
    (into,) = graph_of(project).wires_into(dense.id)
    edit(project, edits.Remove((), (into,)))
    edit(project, edits.Add((extra,), (replace(into, target=extra.id), replace(into, source=extra.id))))
    events = []
    command = Train(
        project=dumps(project).decode(), runs=str(tmp_path), resume=str(run.folder), branch_epoch=run.record.epochs
    )
    done = run_job(command, events.append, threading.Event())
    event = told(events)
    conv = node(project, "Conv2D")
    assert event.kept == (conv.name,)
    assert event.partly == (dense.name,), "its bias has the same shape"
    assert event.new == ("extra",)
    assert event.optimizer == 2 * 3
    branch = Run.open(Path(done.run))
    np.testing.assert_allclose(
        weights_of(branch, conv.name)["000.kernel"],
        read_checkpoint(run.checkpoint_file).variables[f"model/{conv.name}/000.kernel"],
        atol=1e-5,
    )
