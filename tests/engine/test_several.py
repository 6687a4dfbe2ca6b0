"""Networks with several inputs and outputs, and data that vanish."""

import shutil
import threading

import keras
import numpy as np
import pytest

from tests.engine.drawings import small_classifier
from workbench.data.opencv import cv2
from workbench.data.sources.arrays import ArraySource
from workbench.engine import JobError, run_job
from workbench.engine.compile import build_model
from workbench.engine.controls import Controls
from workbench.graph import Graph, Node, NodeId, Wire
from workbench.project import DatasetSettings, Project, TrainingSettings
from workbench.project.file import dumps
from workbench.protocol import Continued, EpochEnd, Log, Paused, Train
from workbench.runs import Run


def two_and_two():
    """Inputs `image` and `facts`; outputs `kind` of three classes and `size`, a number."""
    graph = Graph("net")
    for number, (kind, name, params) in enumerate(
        [
            ("input", "image", {"shape": [6, 6, 1]}),
            ("keras.layers.Flatten", "flat", {}),
            ("input", "facts", {"shape": [4]}),
            ("keras.layers.Concatenate", "both", {}),
            ("keras.layers.Dense", "hidden", {"units": 16, "activation": "relu"}),
            ("keras.layers.Dense", "kind", {"units": 3, "activation": "softmax"}),
            ("keras.layers.Dense", "size", {"units": 1}),
        ]
    ):
        graph.add_node(Node(NodeId(f"n{number}"), kind, name, params))
    for source, target, order in [(0, 1, 0), (1, 3, 0), (2, 3, 1), (3, 4, 0), (4, 5, 0), (4, 6, 0)]:
        (port,) = _kind(graph, target).inputs
        graph.connect(Wire(NodeId(f"n{source}"), NodeId(f"n{target}"), "output", port.name, order))
    return graph


def _kind(graph, number):
    from workbench.layers import CATALOGUE

    return CATALOGUE[graph.node(NodeId(f"n{number}")).type]


def arrays(path, **changes):
    random = np.random.default_rng(0)
    images = random.random((200, 6, 6, 1), np.float32)
    facts = random.random((200, 4), np.float32)
    written = {
        "x_image": images,
        "x_facts": facts,
        "y_kind": np.argmax(facts[:, :3], axis=1),
        "y_size": (images.mean((1, 2, 3)) + facts[:, 3]).astype(np.float32)[:, None],
    } | changes
    np.savez(path, **{name: array for name, array in written.items() if array is not None})
    return path


def train(project, runs, report=lambda event: None, stop=None):
    events = []

    def hear(event):
        events.append(event)
        report(event)

    done = run_job(Train(project=dumps(project).decode(), runs=str(runs)), hear, stop or threading.Event())
    return done, events


def several(path, **settings):
    training = TrainingSettings(**{"epochs": 20, "batch_size": 16, "learning_rate": 0.01, **settings})
    return Project([two_and_two()], DatasetSettings(spec=str(path)), training)


def test_several_inputs_and_outputs_learn_each_by_its_own_end(tmp_path):
    finished, events = train(several(arrays(tmp_path / "data.npz")), tmp_path / "runs")
    first, last = (event for event in events if isinstance(event, EpochEnd) and event.epoch in (1, 20))
    assert {"loss", "kind_loss", "kind_accuracy", "size_loss", "size_mean_absolute_error", "val_kind_accuracy"} <= set(
        last.metrics
    )
    assert last.metrics["kind_loss"] < first.metrics["kind_loss"]
    assert last.metrics["size_loss"] < first.metrics["size_loss"]
    assert last.metrics["kind_accuracy"] > 0.8
    record = Run.open(tmp_path / "runs" / finished.name).record
    assert (record.train_images, record.validation_images, record.monitor) == (160, 40, "val_loss")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"x_facts": None}, "Expected the arrays x_facts, named as the network. Received: x_image"),
        ({"y_size": None}, "Expected the arrays y_size"),
        ({"x_image": np.zeros((200, 5, 6, 1))}, r"x_image: Expected rows of \(6, 6, 1\). Received: \(5, 6, 1\)"),
        ({"y_kind": np.full(200, 7)}, "shape 3; 8 classes need 8 values"),
    ],
)
def test_arrays_that_do_not_fit_the_network_are_named(tmp_path, changes, message):
    with pytest.raises(JobError, match=message):
        train(several(arrays(tmp_path / "data.npz", **changes)), tmp_path / "runs")


# -- folders
def folder_of(path, count=24):
    random = np.random.default_rng(1)
    for label in ("dark", "light"):
        (path / label).mkdir(parents=True)
        for number in range(count):
            image = (random.random((8, 8)) * 100 + (120 if label == "light" else 0)).astype(np.uint8)
            assert cv2.imwrite(str(path / label / f"{number:03d}.png"), image)
    return path


def of_folder(path, **settings):
    training = TrainingSettings(**{"epochs": 3, "batch_size": 8, "preflight": False, **settings})
    return Project([small_classifier(classes=2)], DatasetSettings(spec=str(path)), training)


def test_unreadable_images_are_told_and_counted_and_training_goes_on(tmp_path):
    path = folder_of(tmp_path / "images")
    for number in (3, 4):
        name = path / "dark" / f"{number:03d}.png"
        name.write_bytes(name.read_bytes()[:60])
    finished, events = train(of_folder(path), tmp_path / "runs")
    assert finished.unreadable == 2
    told = [event.text for event in events if isinstance(event, Log) and "left out" in event.text]
    assert len(told) == 2
    assert any("003.png" in text for text in told)


def test_a_folder_that_vanishes_pauses_the_training_until_it_is_back(tmp_path, monkeypatch):
    path, away = folder_of(tmp_path / "images"), tmp_path / "away"
    monkeypatch.setattr("workbench.project.feeds.memory_budget", lambda: 0)  # nothing is kept: read again each epoch
    controls = Controls()

    def report(event):
        if isinstance(event, EpochEnd) and event.epoch == 1:
            shutil.move(path, away)
        if isinstance(event, Paused):
            shutil.move(away, path)
            threading.Timer(0.3, controls.proceed).start()

    finished, events = train(of_folder(path), tmp_path / "runs", report, controls)
    pauses = [event for event in events if isinstance(event, Paused)]
    assert len(pauses) == 1
    assert "No image can be read any more" in pauses[0].problem
    assert "Bring the folder" in pauses[0].hint
    assert any(isinstance(event, Continued) for event in events)
    assert (finished.epochs, finished.unreadable) == (3, 0)


def test_batches_are_made_in_parallel_even_where_operations_are_deterministic():
    import tensorflow as tf

    from workbench.data.feed import Feed, divide
    from workbench.data.fit import Framing
    from workbench.engine.feed import Epoch, training_batches
    from workbench.engine.numerics import numerics
    from workbench.engine.supply import ImageSupply, Unreadable

    labels = np.zeros(32, np.int64)
    source = ArraySource("some", np.zeros((32, 2, 2, 1), np.uint8), labels, ("a",), ("",) * 32)
    together = threading.Barrier(2)

    class Meeting(Feed):
        waits = False

        def batch(self, positions, epoch):
            if self.waits:
                together.wait(20)  # breaks, and the test fails, where batches are made one after another
            return super().batch(positions, epoch)

    feed = Meeting(divide(source, 0, 0, 0), np.arange(32), Framing((2, 2, 1)), 0)
    with numerics(TrainingSettings(deterministic=True)):
        batches = training_batches(ImageSupply(feed, Unreadable()), 4, Epoch())
        feed.waits = True
        assert sum(1 for _ in batches) == 8
    from tensorflow.python.framework import config

    assert not config.is_op_determinism_enabled()
    assert tf.executing_eagerly()


def tags(path, loss, metrics, whole=False):
    """Two labels at once, from four numbers."""
    random = np.random.default_rng(1)
    facts = random.random((80, 4), np.float32)
    several = (facts[:, :2] > 0.5).astype(np.int64 if whole else np.float32)
    np.savez(path, x_facts=facts, y_tags=several, parts=np.array(["train"] * 60 + ["validation"] * 20))
    graph = Graph("net")
    graph.add_node(Node(NodeId("n0"), "input", "facts", {"shape": [4]}))
    graph.add_node(Node(NodeId("n1"), "keras.layers.Dense", "tags", {"units": 2, "activation": "sigmoid"}))
    (port,) = _kind(graph, 1).inputs
    graph.connect(Wire(NodeId("n0"), NodeId("n1"), "output", port.name))
    settings = TrainingSettings(epochs=1, batch_size=20, learning_rate=1e-9, loss=loss, metrics=metrics)
    project = Project([graph], DatasetSettings(spec=str(path)), settings)
    return project, facts[60:], several[60:]


@pytest.mark.parametrize("whole", [False, True])
def test_several_labels_at_once_are_measured_as_keras_does(tmp_path, whole):
    project, x, y = tags(tmp_path / "d.npz", "binary_crossentropy", ("auc", "accuracy"), whole)
    _, events = train(project, tmp_path / "runs")
    (epoch,) = [event for event in events if isinstance(event, EpochEnd)]
    network = build_model(project.graphs["net"], project.training.seed)
    network.compile(loss="binary_crossentropy", metrics=[keras.metrics.AUC(name="auc"), "accuracy"])
    expected = network.evaluate(x, y.astype(np.float32), verbose=0, return_dict=True)
    for name, value in expected.items():
        assert epoch.metrics[f"val_{name}"] == pytest.approx(value, abs=1e-4)


def test_a_choice_that_suits_no_output_is_an_error(tmp_path):
    project, _, _ = tags(tmp_path / "d.npz", "auto", ("auc",))
    with pytest.raises(JobError, match="The metric auc compares classes"):
        train(project, tmp_path / "runs")
    project, _, _ = tags(tmp_path / "d.npz", "mean_squared_error", ("f1", "auc"))
    with pytest.raises(JobError, match="The metric f1 compares classes"):
        train(project, tmp_path / "runs")
