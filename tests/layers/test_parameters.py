"""Every parameter of the catalogue is the Keras constructor's: same names, same defaults, same known words."""

import inspect

import pytest

from workbench.layers import CATALOGUE, REQUIRED, LayerType
from workbench.layers.arguments import ACTIVATIONS, INITIALIZERS, constraint, regularizer
from workbench.layers.params import KerasObject, Optional
from workbench.layers.primitives import PRIMITIVES

ALWAYS_LEFT_OUT = {"self", "name", "trainable", "kwargs", "lora_rank", "lora_alpha", "quantization_config"}
LEFT_OUT = {"EinsumDense": {"gptq_unpacked_column_size"}}
IN_KWARGS = {"dtype"}  # Keras takes it in **kwargs, or says nothing of it
KERAS_LAYERS = [layer for layer in PRIMITIVES if layer.key.startswith("keras.layers.")]


def label(layer: LayerType) -> str:
    return layer.label


def as_tuples(value: object) -> object:
    """JSON has lists where Keras's signatures have tuples."""
    return tuple(map(as_tuples, value)) if isinstance(value, list) else value


def constructor(keras, layer: LayerType) -> dict[str, object]:
    parameters = inspect.signature(getattr(keras.layers, layer.label).__init__).parameters
    left_out = ALWAYS_LEFT_OUT | IN_KWARGS | LEFT_OUT.get(layer.label, set())
    given = {name: p.default for name, p in parameters.items() if name not in left_out}
    return {name: REQUIRED if default is inspect.Parameter.empty else default for name, default in given.items()}


@pytest.mark.parametrize("layer", KERAS_LAYERS, ids=label)
def test_names_order_and_defaults_are_the_constructors(keras, layer):
    ours = {p.name: as_tuples(p.default) for p in layer.params if p.name not in IN_KWARGS}
    assert layer.by_name["dtype"].default is None
    assert ours == constructor(keras, layer)
    assert list(ours) == list(constructor(keras, layer))


@pytest.mark.parametrize("layer", KERAS_LAYERS, ids=label)
def test_what_is_left_out_of_a_layer_is_really_there(keras, layer):
    """An exclusion that no longer excludes anything hides the next one."""
    parameters = inspect.signature(getattr(keras.layers, layer.label).__init__).parameters
    assert LEFT_OUT.get(layer.label, set()) <= set(parameters)


@pytest.mark.parametrize("layer", KERAS_LAYERS, ids=label)
def test_defaults_of_the_same_type_as_in_keras(keras, layer):
    """1 and 1.0 and True are equal in Python and are three values in a file."""
    theirs = constructor(keras, layer)
    for param in layer.params:
        if param.name != "dtype":
            ours = as_tuples(param.default)
            assert type(ours) is type(theirs[param.name])


@pytest.mark.parametrize("layer", list(CATALOGUE), ids=label)
def test_defaults_and_suggestions_are_allowed(layer):
    assert layer.param_problems(layer.initial_params()) == []
    assert set(layer.initial_params()) == {param.name for param in layer.params if param.required}
    for param in layer.params:
        if not param.required:
            assert param.problem(param.default) is None


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activation_is_known_to_keras(keras, name):
    assert callable(keras.activations.get(name))


def test_no_activation_of_keras_is_missing(keras):
    not_layers_arguments = {"get", "serialize", "deserialize"}
    theirs = {name for name in dir(keras.activations) if not name.startswith("_")} - not_layers_arguments
    missing = {name for name in theirs if keras.activations.get(name).__name__ not in ACTIVATIONS}
    # glu halves its axis, threshold has required arguments: a layer cannot take them by name.
    assert missing == {"glu", "threshold"}


@pytest.mark.parametrize("name", INITIALIZERS)
def test_initialiser_is_known_to_keras(keras, name):
    keras.initializers.get(name)


@pytest.mark.parametrize(
    ("registry", "param"), [("regularizers", regularizer("a")), ("constraints", constraint("a"))], ids=["reg", "con"]
)
def test_regularisers_and_constraints_are_known_to_keras(keras, registry, param):
    assert isinstance(param.kind, Optional)
    assert isinstance(param.kind.kind, KerasObject)
    for name in param.kind.kind.names:
        getattr(keras, registry).get(name)


NOT_FOR_IMAGES = {
    "Bidirectional", "CategoryEncoding", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D", "Discretization", "Embedding",
    "FlaxLayer", "GRU", "GRUCell", "HashedCrossing", "Hashing", "InputLayer", "IntegerLookup", "JaxLayer", "LSTM",
    "LSTMCell", "Lambda", "Layer", "Masking", "MaxNumBoundingBoxes", "MelSpectrogram", "Pipeline", "RNN",
    "ReversibleEmbedding", "STFTSpectrogram", "SimpleRNN", "SimpleRNNCell", "SpectralNormalization", "StackedRNNCells",
    "StringLookup", "TFSMLayer", "TextVectorization", "TimeDistributed", "TorchModuleWrapper", "Wrapper",
}  # fmt: skip
"""Recurrent, text, tables, sound, wrappers of other layers and of foreign code: they live as opaque nodes."""


def test_every_layer_of_keras_is_in_the_catalogue_or_named_as_none_for_images(keras):
    theirs = {
        value.__name__ if hasattr(keras.layers, value.__name__) else name
        for name, value in vars(keras.layers).items()
        if isinstance(value, type) and issubclass(value, keras.layers.Layer)
    }
    ours = {layer.label for layer in KERAS_LAYERS}
    assert theirs - ours == NOT_FOR_IMAGES
    assert ours <= theirs
