"""What is said of an augmentation, and how it becomes a feed's."""

import numpy as np
import pytest

from workbench.analysis import Severity
from workbench.data.source import DatasetError
from workbench.data.sources import open_source
from workbench.project import AugmentationSettings, AugmentationStep, Project, SetAugmentation
from workbench.project.augmentation import Subject, augmentation_problems, subject_of
from workbench.project.augmentation_presets import PRESETS, new_step
from workbench.project.feeds import project_feeds
from workbench.templates import get_template

DIGITS = Subject(tuple("0123456789"), 1)
PETS = Subject(("cat", "dog"), 3)


def told(step, subject=PETS):
    return [
        (problem.code, problem.message) for problem in augmentation_problems(AugmentationSettings((step,)), subject)
    ]


@pytest.mark.parametrize(
    ("step", "subject", "words"),
    [
        (new_step("mirror_horizontal"), DIGITS, "mirrored digit"),
        (new_step("mirror_vertical"), DIGITS, "upside down"),
        (new_step("rotation", degrees=180.0), DIGITS, "6 and 9"),
        (new_step("mirror_horizontal"), Subject(("turn left", "turn right"), 3), "left into right"),
        (new_step("mirror_vertical"), Subject(("happy", "sad", "neutral"), 1), "Faces upside down"),
        (new_step("hue", degrees=90.0), Subject(("red pepper", "green pepper"), 3), "colour (green, red)"),
        (new_step("grey"), Subject(("ripe", "unripe"), 3), "told apart by colour"),
        (new_step("cutout", holes=4, area_maximum=0.3), PETS, "hidden"),
        (new_step("shift", x=0.8), PETS, "half a side"),
    ],
)
def test_what_changes_the_label(step, subject, words):
    ((code, message),) = told(step, subject)
    assert code == "augmentation.changes-label"
    assert words in message


@pytest.mark.parametrize(
    ("step", "subject", "words"),
    [
        (new_step("saturation"), DIGITS, "the images are grey"),
        (new_step("rotation", degrees=0.0), PETS, "changes nothing with these values"),
        (new_step("rotation", 0.0), PETS, "none of the images"),
        (new_step("cutmix"), Subject(("only",), 3), "one class only"),
    ],
)
def test_what_is_wasted(step, subject, words):
    ((code, message),) = told(step, subject)
    assert code == "augmentation.wasted"
    assert words in message


def test_what_is_fine_is_not_mentioned():
    for key in ("mirror_horizontal", "rotation", "hue", "cutout", "mixup", "rand_augment"):
        assert told(new_step(key)) == []
    assert told(AugmentationStep("mirror_horizontal", enabled=False), DIGITS) == []
    for name, preset in PRESETS.items():
        assert augmentation_problems(preset, DIGITS if name.startswith("Digits") else PETS) == ()


def test_errors_name_their_place_in_the_file():
    steps = (new_step("zoom"), AugmentationStep("warp9"), AugmentationStep("rotation", {"degrees": -4, "tilt": 1}))
    found = augmentation_problems(AugmentationSettings(steps), PETS)
    assert [(problem.place, problem.severity) for problem in found] == [
        ("augmentation.steps[1]", Severity.ERROR),
        ("augmentation.steps[2].params.degrees", Severity.ERROR),
        ("augmentation.steps[2].params.tilt", Severity.ERROR),
    ]
    project = Project(augmentation=AugmentationSettings(steps))
    with pytest.raises(DatasetError, match=r"augmentation\.steps\[1\]: Expected an operation .* Received: 'warp9'"):
        project_feeds(project, open_source("digits"), (8, 8, 1))


def test_a_project_tells_of_its_images_without_reading_them():
    assert subject_of(get_template("lenet5").build()) == DIGITS
    assert subject_of(Project()).channels == 1


def test_only_training_is_varied_and_targets_are_soft_together():
    project, source = Project(), open_source("digits")
    plain = project_feeds(project, source, (8, 8, 1))
    assert not plain.training.soft
    project.apply(SetAugmentation(AugmentationSettings((new_step("rotation"), new_step("mixup")))))
    mixed = project_feeds(project, source, (8, 8, 1))
    some = np.arange(20)
    assert mixed.training.soft
    assert mixed.validation.soft
    np.testing.assert_array_equal(mixed.validation.batch(some, 0).images, plain.validation.batch(some, 5).images)
    assert not np.array_equal(mixed.training.batch(some, 0).images, plain.training.batch(some, 0).images)
    hard = mixed.validation.batch(some, 0).targets
    np.testing.assert_array_equal(hard.argmax(axis=1), plain.validation.batch(some, 0).targets)
