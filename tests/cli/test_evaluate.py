"""`workbench evaluate` and `workbench predict` on runs that were trained for a moment."""

import csv
import json
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sklearn import metrics

from tests.engine.drawings import small_classifier
from tests.engine.evaluation.runs import folder_dataset, stored_run
from workbench.evaluation import read_predictions


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """The runs folder with two runs of one seed; the second has other weights."""
    root = tmp_path_factory.mktemp("runs")

    def shift(model):
        layer = model.get_layer("classes")
        kernel, bias = layer.get_weights()
        layer.set_weights([kernel[:, ::-1], bias])

    return (
        root,
        stored_run(root, small_classifier())[0].name,
        stored_run(root, small_classifier(), change=shift)[0].name,
    )


def test_json_says_everything_and_agrees_with_scikit_learn(workbench, runs):
    root, first, _ = runs
    done = workbench("evaluate", first, "--runs", root, "--json")
    assert done.code == 0
    said = done.document
    predictions = read_predictions(Path(said["predictions"]))
    labels, guesses = predictions.labels, predictions.predicted
    assert said["images"] == len(labels) == 360
    assert said["metrics"]["accuracy"] == pytest.approx(metrics.accuracy_score(labels, guesses))
    assert said["metrics"]["macro_f1"] == pytest.approx(metrics.f1_score(labels, guesses, average="macro"))
    assert said["confusion"] == metrics.confusion_matrix(labels, guesses, labels=np.arange(10)).tolist()
    areas = metrics.roc_auc_score(labels, predictions.probabilities, multi_class="ovr", average=None)
    assert [row["roc_auc"] for row in said["classes"]] == pytest.approx(list(areas))
    assert [row["name"] for row in said["classes"]] == list("0123456789")
    assert (said["part"], said["data"], said["crops"]) == ("validation", "digits", 1)


def test_several_runs_are_averaged_with_their_gain(workbench, runs):
    root, first, second = runs
    done = workbench("evaluate", first, second, "--runs", root, "--json", "--crops", "5")
    said = done.document
    assert [member["name"] for member in said["members"]] == [first, second]
    for member in said["members"]:
        assert member["gain"] == pytest.approx(said["metrics"]["accuracy"] - member["accuracy"])
    assert said["crops"] == 5


def test_tables_for_people(workbench, runs):
    root, first, second = runs
    done = workbench("evaluate", first, second, "--runs", root)
    assert done.code == 0
    for words in ("360 validation images of digits", "macro F1", "gain of the ensemble", "true \\ predicted"):
        assert words in done.out
    assert "[weighted average]" in done.out
    assert done.err.count("evaluating") == 2


def test_many_classes_are_told_by_their_mistakes(workbench, tmp_path):
    names = [f"class {number:02d}" for number in range(30)]
    data = folder_dataset(tmp_path / "data", dict.fromkeys(names, 1))
    run, _ = stored_run(tmp_path / "runs", small_classifier(classes=30), names, spec=data)
    done = workbench("evaluate", run.folder, "--part", "all")
    assert "The most frequent mistakes of 30 classes" in done.out
    assert "true \\ predicted" not in done.out


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["nothing-here"], "there is no run 'nothing-here'"),
        (["{first}", "--data", "/no/such/folder"], "/no/such/folder"),
        (["{first}", "--part", "test"], "no test images"),
        (["{first}", "--augmented", "2"], "no augmentation"),
    ],
)
def test_what_cannot_be_evaluated_is_one_line(workbench, runs, words, complaint):
    root, first, _ = runs
    done = workbench("evaluate", *(word.format(first=first) for word in words), "--runs", root, "--json")
    assert done.code == 1
    (error,) = done.document["errors"]
    assert complaint in error


def test_a_run_without_weights_is_told_before_tensorflow(workbench, tmp_path):
    run, _ = stored_run(tmp_path, small_classifier())
    run.weights_file().unlink()
    for command in (["evaluate", run.folder], ["predict", run.folder, "x.png"]):
        done = workbench(*command)
        assert done.code == 1
        assert "holds no weights" in done.complaints[-1]
        assert "reading" not in done.err


@pytest.mark.parametrize("words", [["evaluate"], ["evaluate", "r", "--crops", "3"], ["predict", "r"]])
def test_wrong_usage(workbench, words):
    assert workbench(*words).code == 2


@pytest.fixture
def images(tmp_path):
    rng = np.random.default_rng(0)
    for name in ("b.png", "a.png"):
        Image.fromarray(rng.integers(0, 256, (8, 8)).astype(np.uint8)).save(tmp_path / name)
    return tmp_path


def test_predict_tells_classes_probabilities_and_writes_csv(workbench, runs, images):
    root, first, second = runs
    table = images / "p.csv"
    words = ("predict", first, images, "--with", second, "--runs", root, "--csv", table, "--json")
    done = workbench(*words)
    assert done.code == 0
    said = done.document
    assert [Path(row["file"]).name for row in said["images"]] == ["a.png", "b.png"]
    assert len(said["runs"]) == 2
    for row in said["images"]:
        assert row["class"] == max(row["probabilities"], key=row["probabilities"].get)
        assert sum(row["probabilities"].values()) == pytest.approx(1, abs=1e-5)
    written = list(csv.DictReader(StringIO(table.read_text())))
    assert [row["predicted"] for row in written] == [row["class"] for row in said["images"]]


def test_an_unreadable_file_is_told_the_others_are_predicted_and_the_code_is_1(workbench, runs, images):
    root, first, _ = runs
    (images / "c.png").write_text("hello")
    done = workbench("predict", first, images / "c.png", images / "a.png", "--runs", root, "--top", "2")
    assert done.code == 1
    assert "a.png" in done.out
    assert any("c.png: Expected an image" in line for line in done.complaints)
    as_json = workbench("predict", first, images / "c.png", images / "a.png", "--runs", root, "--json")
    assert (as_json.code, len(as_json.document["images"]), len(as_json.document["errors"])) == (1, 1, 1)


def test_a_csv_that_cannot_be_written_is_told_at_once(workbench, runs, images):
    root, first, _ = runs
    done = workbench("predict", first, images / "a.png", "--runs", root, "--csv", images / "none" / "p.csv")
    assert done.code == 2
    assert "no such folder" in done.complaints[-1]
    assert "reading" not in done.err


def test_the_json_is_json_without_nan(workbench, runs, tmp_path):
    """Classes without images have no curve: that is null."""
    data = folder_dataset(tmp_path / "data", {"3": 4, "7": 4})
    root, first, _ = runs
    done = workbench("evaluate", first, "--runs", root, "--data", data, "--json")
    said = json.loads(done.out)
    assert said["classes"][0]["roc_auc"] is None
    assert said["classes"][3]["roc_auc"] is not None
    assert said["part"] == "all"
