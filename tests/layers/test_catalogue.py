import pytest

from workbench.layers import CATALOGUE, Category, LayerType

FIRST_LAYERS = {
    "input", "Conv2D", "Conv2DTranspose", "MaxPooling2D", "AveragePooling2D", "GlobalAveragePooling2D", "Flatten",
    "Dense", "Dropout", "BatchNormalization", "Activation", "ReLU", "Softmax", "Add", "Concatenate",
}  # fmt: skip


def labels(found: list[LayerType]) -> list[str]:
    return [layer.label for layer in found]


def test_has_the_first_layers():
    assert {layer.key.removeprefix("keras.layers.") for layer in CATALOGUE} >= FIRST_LAYERS


def test_groups_hold_every_type_once_in_the_order_of_the_categories():
    groups = CATALOGUE.by_category()
    assert [layer for group in groups.values() for layer in group] == sorted(
        CATALOGUE, key=lambda layer: list(Category).index(layer.category)
    )
    assert list(groups) == [category for category in Category if category in groups]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("conv2d", ["Conv2D", "Conv2DTranspose"]),
        ("pool avg", []),
        ("fully connected", ["Dense"]),
        ("deconv", ["Conv2DTranspose"]),
        ("BN", ["BatchNormalization"]),
        ("  Soft ", ["Softmax"]),
        ("skip", ["Add", "Concatenate"]),
        ("nothing like it", []),
    ],
)
def test_search_finds_by_name_and_by_the_fields_words(text, first):
    assert labels(CATALOGUE.search(text))[: len(first)] == first
    assert bool(CATALOGUE.search(text)) == bool(first)


def test_search_without_words_shows_everything():
    assert len(CATALOGUE.search("")) == len(list(CATALOGUE))


@pytest.mark.parametrize(
    ("label", "params", "shorthand"),
    [
        ("Conv2D", {"filters": 64, "kernel_size": 3, "strides": 2}, "64 @ 3x3 /2"),
        ("Conv2D", {"filters": 6, "kernel_size": [5, 3], "padding": "same"}, "6 @ 5x3 same"),
        ("Conv2D", {"filters": 6, "kernel_size": 3, "dilation_rate": [2, 1]}, "6 @ 3x3 d2x1"),
        ("Conv2DTranspose", {"filters": 8, "kernel_size": 4, "strides": [2, 1]}, "8 @ 4x4 /2x1"),
        ("AveragePooling2D", {"pool_size": 2}, "avg 2x2"),
        ("MaxPooling2D", {"pool_size": 3, "strides": 2}, "max 3x3 /2"),
        ("GlobalAveragePooling2D", {}, "global avg"),
        ("Dense", {"units": 10}, "10 units"),
        ("Dropout", {"rate": 0.5}, "50%"),
        ("Activation", {"activation": "tanh"}, "tanh"),
        ("Activation", {"activation": {"class_name": "ReLU"}}, "ReLU"),
        ("ReLU", {}, ""),
        ("ReLU", {"max_value": 6}, "max 6"),
        ("Add", {}, "+"),
        ("Concatenate", {}, "axis -1"),
    ],
)
def test_shorthand_is_the_fields_own(label, params, shorthand):
    layer = CATALOGUE[f"keras.layers.{label}"]
    assert layer.shorthand(layer.full_params(params)) == shorthand


def test_shorthand_of_an_input_is_its_shape():
    assert CATALOGUE["input"].shorthand({"shape": [None, 32, 3]}) == "?x32x3"
