"""Operations as data: complete, documented, checked."""

import subprocess
import sys

import pytest

from workbench.data.augmentation.catalogue import OPERATIONS, search
from workbench.data.augmentation.operation import Family

WANTED = {
    *("mirror_horizontal", "mirror_vertical", "crop", "rotation", "shift", "zoom", "shear", "perspective"),
    *("brightness", "contrast", "saturation", "hue", "channel_shift", "channel_shuffle", "lighting", "grey"),
    *("gaussian_blur", "motion_blur", "gaussian_noise", "salt_and_pepper", "jpeg", "cutout"),
    *("mixup", "cutmix", "rand_augment"),
}


def test_every_wanted_operation_is_there():
    assert set(OPERATIONS) >= WANTED


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=lambda operation: operation.key)
def test_an_entry_is_complete(operation):
    assert operation.label
    assert len(operation.doc) > 20
    assert (operation.draw is None) != (operation.mix is None)
    assert not operation.problems(operation.defaults)
    assert not operation.idle(operation.defaults)
    assert 0 < operation.probability <= 1
    for param in operation.params:
        assert param.doc


def test_what_is_not_allowed_is_named():
    rotation = OPERATIONS["rotation"]
    problems = rotation.problems({"degrees": 200, "angel": 3, "border": "wrap"})
    assert problems["degrees"] == "Expected a number from 0.0 to 180.0. Received: degrees=200"
    assert problems["angel"].startswith("Expected one of the parameters of Rotation (degrees, border")
    assert "one of constant, reflect, replicate" in problems["border"]


def test_words_of_the_field_find_operations():
    assert search("flip")[0].family is Family.GEOMETRY
    assert search("random erasing")[0].key == "cutout"
    assert search("fancy pca")[0].key == "lighting"
    assert len(search("")) == len(OPERATIONS)
    assert search("blockchain") == []


def test_the_editor_lists_operations_without_numpy():
    program = (
        "import sys; from workbench.project.augmentation_presets import PRESETS; "
        "import workbench.project.augmentation; print([n for n in ('numpy', 'cv2') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
