"""Every operation of Keras that a file can hold has an entry, under the function that computes it."""

import importlib
import inspect
from functools import reduce

import pytest

from workbench.layers import CATALOGUE
from workbench.layers.operations import PREFIX, operation_key

pytestmark = pytest.mark.filterwarnings("ignore:::keras")

MODULES = ("numpy", "nn", "math", "image", "linalg", "core", "einops")
TAKE_FUNCTIONS = {
    "AssociativeScan", "Cond", "CustomGradient", "ForiLoop", "JVP", "Jvp", "Map", "Scan", "Switch", "VectorizedMap",
    "Vectorize", "WhileLoop",
}  # fmt: skip
NOT_PUBLIC = {"SegmentReduction"}
"""A base of `segment_sum` and others, which are public."""


def operation_classes():
    from keras.src.ops.operation import Operation

    for name in MODULES:
        module = importlib.import_module(f"keras.src.ops.{name}")
        for found in vars(module).values():
            if inspect.isclass(found) and issubclass(found, Operation) and found.__module__ == module.__name__:
                yield found.__name__


def test_every_class_of_operation_is_in_the_catalogue(keras):
    names = set(operation_classes()) - TAKE_FUNCTIONS - NOT_PUBLIC
    assert len(names) > 280
    assert [name for name in sorted(names) if operation_key(name) not in CATALOGUE] == []


def test_every_operation_of_the_catalogue_is_a_public_function(keras):
    for entry in CATALOGUE:
        if entry.key.startswith(PREFIX):
            path = entry.key.removeprefix(PREFIX).split(".")
            assert callable(reduce(getattr, path, keras.ops)), entry.key
