"""What is known without reading agrees with what is read, and with how it is divided."""

import subprocess
import sys
from math import ceil

import numpy as np
import pytest

from tests.data.test_export_folder import needs_fashion
from workbench.data.facts import BUILT_IN, known_classes, known_steps
from workbench.data.feed import divide
from workbench.data.sources import open_source


@pytest.mark.parametrize(
    ("spec", "classes"), [("mnist", 10), ("fashion_mnist", 10), ("cifar10", 10), ("cifar100", 100)]
)
def test_classes_of_the_fetched(spec, classes):
    assert known_classes(spec) == classes
    assert len(set(BUILT_IN[spec].class_names)) == classes


def test_steps_of_a_dataset_with_a_test_part():
    assert known_steps("fashion_mnist", 0.2, 32, 3) == 1500 * 3
    assert known_steps("fashion_mnist", 0.2, 32, 3, test_share=0.5) == 1500 * 3
    assert known_steps("cifar10", 0, 128, 1) == 391


@pytest.mark.parametrize("shares", [(0.2, 0.0), (0.15, 0.1), (0.0, 0.33)])
@pytest.mark.parametrize("spec", ["digits", pytest.param("fashion_mnist", marks=needs_fashion)])
def test_steps_are_those_of_the_split(spec, shares):
    validation, test = shares
    split = divide(open_source(spec), validation, test, seed=1).split
    assert known_steps(spec, validation, 32, 2, test) == ceil(len(split.training) / 32) * 2


@needs_fashion
def test_fashion_mnist_is_what_the_facts_say():
    facts, source = BUILT_IN["fashion_mnist"], open_source("fashion_mnist")
    assert source.class_names == facts.class_names
    assert source.read(0).shape == facts.shape
    parts = np.array(source.parts)
    assert ((parts == "train").sum(), (parts == "test").sum()) == (facts.images, facts.test_images)
    assert np.bincount(source.labels).tolist() == [7000] * 10


def test_facts_are_plain_python():
    code = "import sys, workbench.data.facts; print('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "False"
