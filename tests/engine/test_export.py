import numpy as np
import pytest

from tests.engine.drawings import small_classifier
from workbench.engine import JobError, export
from workbench.engine.compile import build_model
from workbench.engine.export import export_model, export_savedmodel
from workbench.engine.export_forms import FORMS

IMAGES = [np.random.default_rng(0).random((40, 8, 8, 1), "float32")]


@pytest.fixture(scope="module")
def model():
    return build_model(small_classifier(), seed=0)


@pytest.fixture(scope="module")
def exported(model, tmp_path_factory):
    path = tmp_path_factory.mktemp("export") / "deep" / "net"
    return path, export_savedmodel(model, path, IMAGES)


def test_an_export_computes_what_the_model_does_in_a_clean_process(exported):
    path, comparison = exported
    assert comparison.difference <= 1e-6
    assert 0.1 < comparison.scale <= 1
    assert {item.name for item in path.parent.iterdir()} == {"net"}
    assert (path / "saved_model.pb").is_file()


def test_an_export_that_computes_something_else_fails_and_leaves_nothing(model, tmp_path, monkeypatch):
    wrong = [array + 2e-5 for array in export._outputs(model, IMAGES)]
    monkeypatch.setattr(export, "_reloaded_outputs", lambda path, inputs: wrong)
    with pytest.raises(JobError, match=r"differ by up to 2e-05; 1e-05 is allowed"):
        export_savedmodel(model, tmp_path / "net", IMAGES)
    assert list(tmp_path.iterdir()) == []


def test_a_failed_export_keeps_the_one_that_was_there(model, exported, monkeypatch):
    path, _ = exported
    before = (path / "saved_model.pb").read_bytes()
    monkeypatch.setattr(export, "_reloaded_outputs", lambda path, inputs: [np.full((40, 10), np.nan)])
    with pytest.raises(JobError, match="differ by up to nan; 1e-05"):
        export_savedmodel(model, path, IMAGES)
    assert (path / "saved_model.pb").read_bytes() == before
    assert {item.name for item in path.parent.iterdir()} == {"net"}


def test_an_export_that_does_not_load_says_so(model, tmp_path, monkeypatch):
    monkeypatch.setattr(type(model), "export", lambda self, path, **_: (tmp_path / "x").mkdir())
    with pytest.raises(JobError, match=r"does not load and run: .*SavedModel file does not exist"):
        export_savedmodel(model, tmp_path / "net", IMAGES)
    assert not (tmp_path / "net").exists()


def test_something_else_is_never_overwritten(model, tmp_path):
    (tmp_path / "net").mkdir()
    (tmp_path / "net" / "thesis.txt").write_text("mine")
    (tmp_path / "file").write_text("mine")
    for taken in (tmp_path / "net", tmp_path / "file"):
        with pytest.raises(JobError, match="something else here already"):
            export_savedmodel(model, taken, IMAGES)
    assert (tmp_path / "net" / "thesis.txt").read_text() == "mine"


def test_a_place_that_cannot_be_written_says_so(model, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(JobError, match="cannot write the export: "):
        export_savedmodel(model, tmp_path / "file" / "net", IMAGES)


@pytest.mark.parametrize(("form", "name"), [("keras", "net.keras"), ("litert", "net.tflite")])
def test_files_compute_what_the_model_does_in_a_clean_process(model, tmp_path, form, name):
    path = tmp_path / "deep" / name
    for _ in range(2):  # the second takes the first one's place
        comparison = export_model(model, path, IMAGES, FORMS[form])
        assert comparison.difference <= 1e-6
        assert 0.1 < comparison.scale <= 1
        assert [item.name for item in path.parent.iterdir()] == [name]
        assert path.stat().st_size > 2000


@pytest.mark.parametrize("form", ["keras", "litert"])
def test_a_file_with_another_ending_is_refused(model, tmp_path, form):
    with pytest.raises(JobError, match="ends in"):
        export_model(model, tmp_path / "net", IMAGES, FORMS[form])
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_computes_something_else_leaves_the_earlier_one(model, tmp_path, monkeypatch):
    path = tmp_path / "net.keras"
    path.write_text("earlier")
    monkeypatch.setattr(export, "_reloaded_outputs", lambda path, inputs: [np.full((40, 10), np.nan)])
    with pytest.raises(JobError, match="Nothing was kept"):
        export_model(model, path, IMAGES, FORMS["keras"])
    assert path.read_text() == "earlier"
    assert [item.name for item in tmp_path.iterdir()] == ["net.keras"]


def test_litert_of_several_inputs_is_refused(tmp_path):
    class Two:
        inputs, outputs = (1, 2), (1,)

    with pytest.raises(JobError, match="this one has 2 and 1"):
        FORMS["litert"].write(Two(), tmp_path / "net.tflite")


def test_large_outputs_are_compared_relative_to_their_scale():
    assert export._compare([np.array([1000.0])], [np.array([1000.005])]).agrees
    assert not export._compare([np.array([1000.0])], [np.array([1000.02])]).agrees
    with pytest.raises(JobError, match="other shapes"):
        export._compare([np.zeros((2, 3))], [np.zeros((2, 4))])
