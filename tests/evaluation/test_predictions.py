import numpy as np
import pytest

from workbench.evaluation import Predictions, PredictionsError, read_predictions, report_on, write_predictions


def made(**changes):
    values = {
        "probabilities": np.array([[0.9, 0.1], [0.6, 0.4], [0.2, 0.8]], np.float32),
        "labels": np.array([0, 1, 1]),
        "indices": np.array([4, 7, 9]),
        "keys": np.array(["cat/4", "dög/7", "dög/9"]),
        "class_names": ("cat", "dög"),
        "about": {"runs": ["a"], "crops": 10},
    }
    return Predictions(**{**values, **changes})


def test_a_file_gives_back_what_was_written(tmp_path):
    path = tmp_path / "deep" / "p.npz"
    write_predictions(path, made())
    again = read_predictions(path)
    assert again.class_names == ("cat", "dög")
    assert again.about == {"runs": ["a"], "crops": 10}
    for name in ("probabilities", "labels", "indices", "keys"):
        np.testing.assert_array_equal(getattr(again, name), getattr(made(), name))
    assert [item.name for item in path.parent.iterdir()] == ["p.npz"]
    with np.load(path) as content:
        np.testing.assert_allclose(content["losses"], -np.log([0.9, 0.4, 0.8]), rtol=1e-6)


def test_images_without_labels_have_no_losses(tmp_path):
    write_predictions(tmp_path / "p.npz", made(labels=np.full(3, -1)))
    with np.load(tmp_path / "p.npz") as content:
        assert "losses" not in content


def test_bad_files_are_told_with_their_place(tmp_path):
    np.savez(tmp_path / "other.npz", x=np.zeros(3))
    np.savez(tmp_path / "pickled.npz", probabilities=np.array([{}], object))
    (tmp_path / "text.npz").write_text("hello")
    write_predictions(tmp_path / "whole.npz", made())
    (tmp_path / "cut.npz").write_bytes((tmp_path / "whole.npz").read_bytes()[:200])
    write_predictions(tmp_path / "odd.npz", made(class_names=("cat",)))
    for name in ("missing", "other", "pickled", "text", "cut", "odd"):
        with pytest.raises(PredictionsError, match=f"{name}.npz: ") as caught:
            read_predictions(tmp_path / f"{name}.npz")
        assert "\n" not in str(caught.value)


def test_a_report():
    report = report_on(made())
    assert report.images == 3
    assert report.accuracy == pytest.approx(2 / 3)
    assert report.top_5 is None
    assert report.confusion.tolist() == [[1, 0], [1, 1]]
    assert report.macro_roc_area == 1
    assert report.averages["macro"].f1 == pytest.approx(2 / 3)
