"""Every network of keras.applications, imported from its file, against Keras: layers, counts and outputs."""

import gc
import inspect

import numpy as np
import pytest

from workbench.analysis import GraphAnalysis, primitives
from workbench.importing import import_model
from workbench.project import project_catalogue

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore:::keras")]


def names():
    import keras

    found = vars(keras.applications).items()
    return sorted(name for name, value in found if inspect.isfunction(value) and name[0].isupper())


NAMES = [
    *("ConvNeXtBase", "ConvNeXtLarge", "ConvNeXtSmall", "ConvNeXtTiny", "ConvNeXtXLarge"),
    *("DenseNet121", "DenseNet169", "DenseNet201"),
    *(f"EfficientNetB{size}" for size in range(8)),
    *(f"EfficientNetV2{size}" for size in ("B0", "B1", "B2", "B3", "L", "M", "S")),
    *("InceptionResNetV2", "InceptionV3", "MobileNet", "MobileNetV2", "MobileNetV3Large", "MobileNetV3Small"),
    *("NASNetLarge", "NASNetMobile"),
    *("ResNet101", "ResNet101V2", "ResNet152", "ResNet152V2", "ResNet50", "ResNet50V2"),
    *("VGG16", "VGG19", "Xception"),
]


def test_none_is_left_out():
    assert [name for name in names() if name not in ("MobileNetV3",)] == NAMES


def flattened(model, outer=""):
    """Every layer of a model and of those in it, by the name that it has in the expanded graph."""
    for layer in model.layers:
        if hasattr(layer, "layers"):
            yield from flattened(layer, f"{outer}{layer.name}.")
        elif not (outer and type(layer).__name__ == "InputLayer"):
            yield f"{outer}{layer.name}", layer


def output_shape(report):
    (output,) = report.outputs.values()
    return output.shape


@pytest.mark.parametrize("name", NAMES)
def test_it_makes_the_round_trip(name, tmp_path):
    import keras

    from workbench.engine.compile import build_model
    from workbench.engine.weights import fit_weights

    keras.utils.set_random_seed(1)
    theirs = getattr(keras.applications, name)(weights=None)
    for layer in theirs.layers:  # moving statistics that differ from their initial values
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.moving_mean.assign(keras.random.normal(layer.moving_mean.shape, stddev=0.05))
    path = tmp_path / f"{name}.keras"
    theirs.save(path)
    imported = import_model(path)
    path.unlink()
    graph, catalogue = imported.project.graphs["model"], project_catalogue(imported.project.blocks.values())
    layers = primitives(GraphAnalysis(graph, catalogue))
    assert sum(layer.report.params for layer in layers) == theirs.count_params()
    analysed = {layer.name: (layer.report.params, output_shape(layer.report)) for layer in layers}
    for told, layer in flattened(theirs):
        assert analysed[told] == (layer.count_params(), layer.output.shape[1:]), told
    ours = build_model(graph, 0, catalogue)
    fitted = fit_weights(ours, graph, catalogue, imported.weights)
    assert not fitted.new
    assert not fitted.partly
    assert ours.count_params() == theirs.count_params()
    sizes = [size or 224 for size in theirs.input_shape[1:]]
    images = np.random.default_rng(0).uniform(0, 255, (1, *sizes)).astype("float32")
    expected, came = np.asarray(theirs(images, training=False)), np.asarray(ours(images, training=False))
    difference = float(np.abs(expected - came).max())
    print(f"{name:20} {len(layers):5} layers {theirs.count_params():12,} parameters  difference {difference:.2g}")
    assert difference <= 1e-5
    del theirs, ours, imported
    keras.backend.clear_session()
    gc.collect()
