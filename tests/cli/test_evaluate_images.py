"""`evaluate` and `predict` on a run whose target is an image: a network that only enlarges, so that all is known."""

import numpy as np
import pytest
from PIL import Image
from skimage.metrics import peak_signal_noise_ratio

from tests.engine.drawings import chain
from tests.engine.evaluation.runs import stored_run
from workbench.data.sources.digits import read_digits

ENLARGING = (
    ("input", "image", {"shape": [4, 4, 1]}),
    ("keras.layers.UpSampling2D", "twice", {"size": 2}),
    ("keras.layers.Conv2D", "same", {"filters": 1, "kernel_size": 1, "use_bias": False, "kernel_initializer": "ones"}),
)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    root = tmp_path_factory.mktemp("runs")
    return root, stored_run(root, chain(*ENLARGING), names=(), target="image")[0].name


def test_json_agrees_with_scikit_image(workbench, run):
    root, name = run
    done = workbench("evaluate", name, "--runs", root, "--part", "all", "--json")
    assert done.code == 0, done.err
    assert done.document["images"] == 1797
    small = [read_digits().read(index).astype(float).reshape(4, 2, 4, 2).mean(axis=(1, 3)) for index in range(1797)]
    psnr = [
        peak_signal_noise_ratio(
            read_digits().read(index)[..., 0].astype(float), np.kron(image, np.ones((2, 2))), data_range=255
        )
        for index, image in enumerate(small)
    ]
    assert done.document["metrics"]["psnr"] == pytest.approx(np.mean(psnr), abs=1e-3)
    assert done.document["worst"][0]["psnr"] == pytest.approx(min(psnr), abs=1e-3)
    assert set(done.document["metrics"]) == {"psnr", "ssim", "baseline_psnr", "baseline_ssim"}


def test_tables_for_people(workbench, run):
    root, name = run
    done = workbench("evaluate", name, "--runs", root)
    assert done.code == 0
    for words in ("360 validation images of digits", "the network", "interpolation", "worst images"):
        assert words in done.out


def test_files_are_made_where_asked_and_bad_ones_told(workbench, run, tmp_path):
    root, name = run
    Image.fromarray(np.arange(60, dtype=np.uint8).reshape(6, 10)).save(tmp_path / "a.png")
    (tmp_path / "b.png").write_text("")
    out = tmp_path / "out"
    done = workbench("predict", name, tmp_path / "a.png", tmp_path / "b.png", "-o", out, "--runs", root, "--json")
    assert done.code == 1
    assert [image["image"] for image in done.document["images"]] == [str(out / "a.png")]
    assert "b.png" in done.document["errors"][0]
    with Image.open(out / "a.png") as made:
        assert np.array_equal(np.asarray(made), np.kron(np.arange(60).reshape(6, 10), np.ones((2, 2))))
    again = workbench("predict", name, tmp_path / "a.png", "-o", out, "--runs", root)
    assert str(out / "a-2.png") in again.out  # nothing is overwritten


def test_crops_are_for_classes(workbench, run):
    root, name = run
    done = workbench("evaluate", name, "--crops", "5", "--runs", root)
    assert done.code == 1
    assert "compared whole" in done.complaints[-1]
