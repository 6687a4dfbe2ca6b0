from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.engine.drawings import small_classifier
from tests.engine.evaluation.runs import do, stored_run
from workbench.engine import JobError
from workbench.evaluation import read_predictions
from workbench.protocol import Predict, Predicted


@pytest.fixture
def made(tmp_path):
    return stored_run(tmp_path / "runs", small_classifier())


def save(path, pixels):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels.astype(np.uint8)).save(path)
    return str(path)


def probabilities(done):
    return read_predictions(Path(done.path))


def test_files_and_folders_in_order_and_unreadable_ones_told(made, tmp_path):
    run, model = made
    rng = np.random.default_rng(1)
    pixels = [rng.integers(0, 256, (8, 8)) for _ in range(4)]
    single = save(tmp_path / "single.png", pixels[0])
    for number, name in enumerate(("b/2.png", "a/1.bmp", "b/10.png"), 1):
        save(tmp_path / "folder" / name, pixels[number])
    (tmp_path / "folder" / "broken.jpg").write_text("hello")
    (tmp_path / "folder" / "notes.txt").write_text("no image, and not told")
    missing = str(tmp_path / "missing.png")
    done, _ = do(Predict(runs=(str(run.folder),), images=(single, str(tmp_path / "folder"), missing)))
    assert isinstance(done, Predicted)
    predictions = probabilities(done)
    names = [key.removeprefix(f"{tmp_path}/") for key in predictions.keys]
    assert names == ["single.png", "folder/a/1.bmp", "folder/b/10.png", "folder/b/2.png"]
    assert [problem.split(":")[0].rpartition("/")[2] for problem in done.problems] == ["missing.png", "broken.jpg"]
    order = np.stack([pixels[0], pixels[2], pixels[3], pixels[1]])[..., np.newaxis].astype(np.float32) / 255
    np.testing.assert_allclose(predictions.probabilities, model.predict(order, verbose=0), atol=1e-5)
    assert (predictions.labels == -1).all()
    assert predictions.class_names == tuple("0123456789")


def test_five_crops_of_a_file(made, tmp_path):
    run, model = made
    rng = np.random.default_rng(2)
    pixels = rng.integers(0, 256, (9, 9))
    path = save(tmp_path / "i.png", pixels)
    done, _ = do(Predict(runs=(str(run.folder),), images=(path,), crops=5))
    cuts = [pixels[:8, :8], pixels[:8, 1:], pixels[1:, :8], pixels[1:, 1:], pixels[:8, :8]]
    by_hand = model.predict(np.stack(cuts)[..., np.newaxis].astype(np.float32) / 255, verbose=0).mean(axis=0)
    np.testing.assert_allclose(probabilities(done).probabilities[0], by_hand, atol=1e-5)


def test_only_unreadable_files_leave_an_empty_list(made, tmp_path):
    (tmp_path / "a.png").write_bytes(b"")
    done, _ = do(Predict(runs=(str(made[0].folder),), images=(str(tmp_path / "a.png"),)))
    assert (done.images, len(probabilities(done))) == (0, 0)
    assert "empty" in done.problems[0]


@pytest.mark.parametrize(("images", "words"), [((), "at least one image"), (("/nowhere/x.png",), "no such file")])
def test_nothing_to_predict(made, images, words):
    with pytest.raises(JobError, match=words):
        do(Predict(runs=(str(made[0].folder),), images=images))


def test_an_empty_folder_is_told(made, tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(JobError, match="no images in this folder"):
        do(Predict(runs=(str(made[0].folder),), images=(str(tmp_path / "empty"),)))
