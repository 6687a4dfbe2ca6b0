"""The weight store: weights follow the layers that they belong to, whatever becomes of the graph."""

import os
from pathlib import Path
from threading import Event

import numpy as np
import pytest

from workbench.analysis import GraphAnalysis, primitives
from workbench.graph import NodeId, edits
from workbench.project import (
    History,
    InGraph,
    LiveAnalysis,
    Project,
    SetWeights,
    collapse,
    expand,
    load_project,
    project_catalogue,
    save_project,
)
from workbench.project.autosave import Autosave, find_recoveries
from workbench.project.ways_out import way_out
from workbench.project.weights import (
    Arrays,
    Weights,
    WeightsCancelled,
    WeightStoreError,
    keep_beside,
    locate,
    read_weights,
    rewrite_paths,
    shared_store,
    store_of,
    unused,
    weight_key,
    write_weights,
)
from workbench.templates import TEMPLATES


def lenet() -> Project:
    return TEMPLATES["lenet5"].build()


def keys_of(project: Project) -> dict[str, tuple[int, ...]]:
    """Key and shape of every weight that the project's layers want now."""
    graph = next(iter(project.graphs.values()))
    found = primitives(GraphAnalysis(graph, project_catalogue(project.blocks.values())))
    return {
        weight_key(p.path, position, weight.name): weight.shape
        for p in found
        for position, weight in enumerate(p.report.weights)
    }


def with_weights(project: Project, store: Path) -> Arrays:
    """Different random numbers for every weight, in the store and in the project."""
    dice = np.random.default_rng(1)
    arrays = {key: dice.normal(size=shape).astype(np.float32) for key, shape in keys_of(project).items()}
    project.apply(SetWeights(write_weights(store, arrays.items())))
    return arrays


def now(project: Project) -> list[bytes]:
    """The stored array of every weight that the project wants, in the order of the layers; fails where one is gone."""
    assert project.weights is not None
    arrays = read_weights(project.weights)
    return [arrays[key].tobytes() for key in keys_of(project)]


def test_a_new_path_finds_the_array_of_the_old_one() -> None:
    weights = rewrite_paths(Weights("d"), {"block/0/a": "a", "block/0/b": "b"})
    assert weights.stored_path("block/0/a") == "a"
    assert weights.stored_path("block/0/c") == "block/0/c"


def test_moves_follow_one_another() -> None:
    """Into a block, that block into another, and out of the outer one again."""
    weights = rewrite_paths(Weights("d"), {"inner/0/a": "a"})
    weights = rewrite_paths(weights, {"outer/0/inner": "inner"})
    assert weights.stored_path("outer/0/inner/0/a") == "a"
    weights = rewrite_paths(weights, {"fresh": "outer/0/inner"})
    assert weights.stored_path("fresh/0/a") == "a"
    assert weights.stored_path("fresh/1/a") == "inner/1/a", "what was always in the block is taken along"


def test_a_copy_has_the_array_too(tmp_path: Path) -> None:
    weights = write_weights(tmp_path, [("a:000.kernel", np.arange(3.0))])
    arrays = read_weights(rewrite_paths(weights, {"b": "a"}))
    assert list(arrays["a:000.kernel"]) == list(arrays["b:000.kernel"]) == [0, 1, 2]


def test_a_block_and_its_contents_keep_their_weights(tmp_path: Path) -> None:
    project = lenet()
    with_weights(project, tmp_path)
    before = now(project)
    history = History(project)
    live = LiveAnalysis(project)
    graph = next(iter(project.graphs.values()))
    chosen = [node.id for node in graph if node.type.endswith(("Conv2D", "Pooling2D"))]
    history.do(collapse(live.of(graph.name), chosen, "features"))
    assert len(chosen) > 2
    assert sorted(now(project)) == sorted(before)
    instance = next(node for node in graph if node.type == "user:features")
    history.do(expand(live.of(graph.name), instance.id))
    assert sorted(now(project)) == sorted(before)
    history.undo()
    history.undo()
    assert now(project) == before
    assert not project.weights.moved if project.weights else False
    history.redo()
    assert sorted(now(project)) == sorted(before)
    live.close()


def test_a_block_expanded_in_a_definition_moves_the_weights_of_every_instance(tmp_path: Path) -> None:
    project = lenet()
    live = LiveAnalysis(project)
    graph = next(iter(project.graphs.values()))
    dense = [node.id for node in graph if node.type == "keras.layers.Dense"]
    project.apply(collapse(live.of(graph.name), dense[:1], "inner"))
    inner = next(node for node in graph if node.type == "user:inner")
    project.apply(collapse(live.of(graph.name), [inner.id], "outer"))
    with_weights(project, tmp_path)
    before = sorted(now(project))
    definition = project.blocks["user:outer"].graph
    instance = next(node for node in definition if node.type == "user:inner")
    project.apply(expand(live.of("user:outer"), instance.id))
    assert not [node for node in definition if node.type == "user:inner"]
    assert sorted(now(project)) == before
    live.close()


def test_a_renamed_layer_keeps_its_weights(tmp_path: Path) -> None:
    project = lenet()
    with_weights(project, tmp_path)
    before = now(project)
    graph = next(iter(project.graphs.values()))
    node = next(iter(graph))
    project.apply(InGraph(graph.name, edits.rename(graph, NodeId(node.id), "another")))
    assert now(project) == before


def test_moved_weights_are_in_the_file(tmp_path: Path) -> None:
    project = lenet()
    with_weights(project, tmp_path / "elsewhere")
    live = LiveAnalysis(project)
    graph = next(iter(project.graphs.values()))
    project.apply(collapse(live.of(graph.name), [n.id for n in graph if n.type.endswith("Dense")], "head"))
    live.close()
    before = now(project)
    file = tmp_path / "a.workbench"
    save_project(project, file)
    opened = load_project(file).project
    assert opened.weights is not None
    assert opened.weights.file == store_of(file) / f"{opened.weights.digest}.h5"
    assert now(opened) == before


def test_saving_elsewhere_takes_the_weights_along(tmp_path: Path) -> None:
    project = lenet()
    with_weights(project, shared_store())
    first, second = tmp_path / "a.workbench", tmp_path / "folder" / "b.workbench"
    second.parent.mkdir()
    save_project(project, first)
    save_project(load_project(first).project, second)
    first.unlink()
    for file in store_of(first).iterdir():
        file.unlink()
    assert now(load_project(second).project) == now(project)


def test_an_autosaved_state_keeps_weights_that_were_only_beside_the_file(tmp_path: Path) -> None:
    project = lenet()
    file = tmp_path / "a.workbench"
    with_weights(project, store_of(file))
    autosave = Autosave(tmp_path / "recovery")
    autosave.save(project, file)
    autosave._lock.release()  # the process died
    recovered = find_recoveries(tmp_path / "recovery")[0].load().project
    assert now(recovered) == now(project)


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    weights = locate("0" * 64, tmp_path / "a.workbench")
    assert weights.file is None
    with pytest.raises(WeightStoreError, match="missing"):
        read_weights(weights)


def test_what_nothing_refers_to_is_found(tmp_path: Path) -> None:
    file = tmp_path / "a.workbench"
    kept = write_weights(store_of(file), [("a:000.kernel", np.zeros(3))])
    old = write_weights(store_of(file), [("a:000.kernel", np.ones(3))])
    assert unused(file, [kept.digest]) == [old.file]


def test_a_copy_tells_how_far_it_is_where_no_link_can_be_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError("no links here")

    monkeypatch.setattr(os, "link", refuse)
    weights = write_weights(tmp_path / "s", [("a:000.kernel", np.zeros(1_000_000))])
    told: list[tuple[int, int]] = []
    kept = keep_beside(weights, tmp_path / "a.workbench", lambda done, total, _: told.append((done, total)))
    assert kept.file is not None
    assert told[-1][0] == told[-1][1] == kept.file.stat().st_size
    assert read_weights(kept)["a:000.kernel"].shape == (1_000_000,)


def test_writing_that_is_cancelled_leaves_nothing(tmp_path: Path) -> None:
    stop = Event()
    stop.set()
    with pytest.raises(WeightsCancelled):
        write_weights(tmp_path, [("a:000.kernel", np.zeros(3))], stop=stop)
    assert list(tmp_path.iterdir()) == []


def test_missing_weights_are_a_problem_with_a_way_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))  # an autosave may have left the same weights there
    project = lenet()
    with_weights(project, store_of(tmp_path / "a.workbench"))
    save_project(project, tmp_path / "a.workbench")
    assert project.weights is not None
    assert project.weights.file is not None
    project.weights.file.unlink()
    opened = load_project(tmp_path / "a.workbench").project
    live = LiveAnalysis(opened)
    problem = live.diagnostics[0]
    assert (problem.code, problem.severity.value) == ("weights.missing", "warning")
    undo = opened.apply(way_out(problem, problem.fixes[0]))
    assert [each.code for each in live.diagnostics] == []
    opened.apply(undo)
    assert [each.code for each in live.diagnostics] == ["weights.missing"]
    live.close()
