"""`workbench augment` and what `workbench check` says of augmentation."""

import numpy as np
import pytest
from PIL import Image

from workbench.data.grid import grid, visible
from workbench.data.opencv import cv2
from workbench.data.sources import open_source
from workbench.project import load_project
from workbench.project.feeds import project_feeds


@pytest.fixture
def varied(edited):
    def steps(*steps):
        return edited(lambda document: document.__setitem__("augmentation", {"steps": list(steps)}))

    return steps


def test_the_picture_is_the_feeds_tensors(workbench, varied, tmp_path):
    path = varied(
        {"operation": "rotation", "params": {"degrees": 20.0}}, {"operation": "mixup"}, {"operation": "cutout"}
    )
    out = tmp_path / "grid.png"
    done = workbench("augment", path, "-o", out, "--epoch", 3, "--count", 5, "--variants", 4, "--seed", 9, "--json")
    assert done.code == 0
    assert done.document == {"output": str(out), "images": 5, "variants": 4, "source": "digits"}
    project = load_project(path).project
    from workbench.project import SetTraining, assign

    project.apply(SetTraining(assign(project.training, {"seed": 9})))
    feeds = project_feeds(project, open_source("digits"), (32, 32, 1))
    chosen = feeds.training.order(0)[:5]
    columns = [feeds.training.with_augmentation(None).batch(chosen, 0)]
    columns += [feeds.training.batch(chosen, epoch) for epoch in (2, 3, 4, 5)]
    expected = grid(list(np.stack([visible(column.images, "0..1") for column in columns], axis=1)))
    written = cv2.imread(str(out))
    assert written is not None
    np.testing.assert_array_equal(written[..., ::-1], expected)


def test_without_a_project_digits_are_not_mirrored(workbench, tmp_path):
    out = tmp_path / "grid.png"
    assert workbench("augment", "--data", "digits", "-o", out).code == 0
    picture = cv2.imread(str(out))
    other = tmp_path / "none.png"
    assert workbench("augment", "--data", "digits", "--preset", "none", "-o", other).code == 0
    assert picture.shape == cv2.imread(str(other)).shape
    assert not np.array_equal(picture, cv2.imread(str(other)))


@pytest.mark.parametrize(
    ("words", "code", "complaint"),
    [
        (["-o", "x.png"], 2, "expected --data SPEC, or a FILE"),
        (["--data", "digits", "-o", "x.jpg"], 2, "ends in .png"),
        (["--data", "nowhere", "-o", "x.png"], 1, "'nowhere'"),
    ],
)
def test_what_is_refused(workbench, words, code, complaint, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = workbench("augment", *words)
    assert done.code == code
    assert complaint in done.err
    assert list(tmp_path.glob("x.*")) == []


def test_check_tells_warnings_and_errors_with_their_place(workbench, varied):
    done = workbench("check", varied({"operation": "mirror_horizontal"}, {"operation": "saturation"}), "--json")
    assert done.code == 0
    found = [(problem["code"], problem["place"]) for problem in done.document["problems"]]
    assert ("augmentation.changes-label", "augmentation.steps[0]") in found
    assert ("augmentation.wasted", "augmentation.steps[1]") in found
    done = workbench("check", varied({"operation": "rotation", "params": {"degrees": 999}}))
    assert done.code == 1
    assert "augmentation.steps[0].params.degrees: error: augmentation.param: Expected a number" in done.out
    done = workbench("augment", varied({"operation": "warp9"}), "-o", "x.png")
    assert done.code == 1
    assert "augmentation.steps[0]" in done.err


def test_masks_are_shown_on_the_images_that_they_move_with(workbench, tmp_path):
    from tests.engine.segmenting import mask_folders

    spec, output = mask_folders(tmp_path, 6), tmp_path / "grid.png"
    done = workbench("augment", "--data", spec, "-o", output, "--count", "3", "--variants", "2", "--preset", "light")
    assert done.code == 0, done.err
    picture = np.asarray(Image.open(output)).astype(int)
    tinted = picture[..., 0] - picture[..., 2] > 40
    assert 0.01 < tinted.mean() < 0.4  # orange discs on grey
