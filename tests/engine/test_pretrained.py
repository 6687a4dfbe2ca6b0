"""keras.applications with weights from a server on this machine, from the cache and from a file."""

import hashlib
from threading import Event

import numpy as np
import pytest

from tests.data.test_fetch import Server
from workbench.analysis import GraphAnalysis, Severity
from workbench.data.fetch import cache_folder
from workbench.engine.errors import JobError
from workbench.graph import Graph, Node, NodeId, Wire
from workbench.project import project_catalogue
from workbench.project.preprocessing import RANGES, preprocessing
from workbench.protocol import ApplicationMade, MakeApplication, Stage, Stopped

NETWORK = "EfficientNetB0"


@pytest.fixture(scope="module")
def keras():
    return pytest.importorskip("keras")


@pytest.fixture(scope="module")
def published(keras, tmp_path_factory):
    """A network and its weights as Keras would publish them."""
    path = tmp_path_factory.mktemp("weights") / "efficientnetb0.weights.h5"
    keras.utils.set_random_seed(5)
    model = keras.applications.EfficientNetB0(weights=None)
    model.save_weights(path)
    return model, path


@pytest.fixture
def server(monkeypatch, keras, published, tmp_path):
    """Serves the weights under the address and digest that Keras is made to know; the cache is empty."""
    from keras.src.applications import efficientnet

    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    server = Server()
    content = published[1].read_bytes()
    server.files = {"efficientnetb0.h5": content}
    monkeypatch.setattr(efficientnet, "BASE_WEIGHTS_PATH", server.url)
    monkeypatch.setitem(efficientnet.WEIGHTS_HASHES, "b0", (hashlib.md5(content).hexdigest(), ""))
    # Keras reads `.weights.h5` and legacy `.h5` by the name; the published files are legacy.
    monkeypatch.setattr(keras.Model, "load_weights", lambda model, path: model.set_weights(published[0].get_weights()))
    yield server
    server.close()


def make(command, stop=None):
    from workbench.engine.pretrained import make_application

    events = []
    return make_application(command, events.append, stop or Event()), events


def test_weights_are_fetched_with_progress_and_then_found_in_the_cache(keras, server, tmp_path, published):
    path = tmp_path / "b0.keras"
    done, events = make(MakeApplication(NETWORK, str(path)))
    assert done == ApplicationMade(path=str(path), preprocessing="bytes")
    fetching = [event for event in events if isinstance(event, Stage) and event.text.startswith("fetching")]
    total = published[1].stat().st_size
    assert fetching[-1].done == fetching[-1].total == total
    assert (cache_folder("models") / "efficientnetb0.h5").stat().st_size == total
    loaded = keras.models.load_model(path)
    for ours, theirs in zip(loaded.get_weights(), published[0].get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    server.asked.clear()
    make(MakeApplication(NETWORK, str(path)))
    assert server.asked == []


def test_a_damaged_file_is_not_used(server, tmp_path):
    from workbench.data.source import DatasetError

    server.files["efficientnetb0.h5"] = b"something else"
    with pytest.raises(DatasetError, match="Expected the MD5"):
        make(MakeApplication(NETWORK, str(tmp_path / "b0.keras")))
    assert not (cache_folder("models") / "efficientnetb0.h5").exists()


def test_a_broken_fetch_goes_on_where_it_broke(server, tmp_path, published):
    from workbench.data.source import DatasetError

    server.breaks_after = 200_000
    with pytest.raises(DatasetError, match="bytes are kept"):
        make(MakeApplication(NETWORK, str(tmp_path / "b0.keras")))
    done, _ = make(MakeApplication(NETWORK, str(tmp_path / "b0.keras")))
    assert isinstance(done, ApplicationMade)
    assert server.asked[-1][1].startswith("bytes=")


def test_without_a_network_there_is_a_line_that_says_what_to_do(server, tmp_path):
    from workbench.data.source import DatasetError

    server.close()
    with pytest.raises(DatasetError, match=r"put the file there yourself: .*models.efficientnetb0\.h5") as caught:
        make(MakeApplication(NETWORK, str(tmp_path / "b0.keras")))
    assert "\n" not in str(caught.value)
    server.http.server_close = lambda: None
    server.http.shutdown = lambda: None


def test_it_can_be_cancelled(server, tmp_path):
    stop = Event()
    stop.set()
    done, _ = make(MakeApplication(NETWORK, str(tmp_path / "b0.keras")), stop)
    assert done == Stopped()
    assert not (tmp_path / "b0.keras").exists()


def test_weights_from_a_file_need_no_network(keras, published, tmp_path):
    path = tmp_path / "b0.keras"
    done, events = make(MakeApplication(NETWORK, str(path), weights=str(published[1])))
    assert isinstance(done, ApplicationMade)
    assert not [event for event in events if "fetching" in event.text]
    np.testing.assert_array_equal(keras.models.load_model(path).get_weights()[-1], published[0].get_weights()[-1])


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (MakeApplication("ResNet51", "x.keras"), "Received: 'ResNet51'"),
        (MakeApplication("imagenet_utils", "x.keras"), "Expected a network"),
        (MakeApplication(NETWORK, "x.keras", weights="nobody.h5"), "no such file"),
        (MakeApplication(NETWORK, "x.keras", weights="", shape=(8, 8, 3), top=False), "cannot be built"),
    ],
)
def test_what_cannot_be_made_is_one_line(keras, command, told):
    with pytest.raises(JobError, match=told) as caught:
        make(command)
    assert "\n" not in caught.value.message


def test_get_file_is_keras_own_again_afterwards(keras):
    from keras.src.utils import file_utils

    before = file_utils.get_file
    with pytest.raises(JobError):
        make(MakeApplication(NETWORK, "x.keras", weights="", shape=(8, 8, 3), top=False))
    assert file_utils.get_file is before


def test_every_network_of_keras_is_offered(keras):
    from workbench.engine.pretrained import application_names

    names = application_names()
    assert {"ResNet50", "VGG16", "MobileNetV3Small", "ConvNeXtTiny", "NASNetMobile", "DenseNet121"} < set(names)
    assert len(names) >= 38


FIRST = {
    "vgg16": "VGG16",
    "resnet": "ResNet50",
    "resnet_v2": "ResNet50V2",
    "inception_v3": "InceptionV3",
    "inception_resnet_v2": "InceptionResNetV2",
    "xception": "Xception",
    "mobilenet": "MobileNet",
    "mobilenet_v2": "MobileNetV2",
    "nasnet": "NASNetMobile",
    "densenet": "DenseNet121",
    "mobilenet_v3": "MobileNetV3Large",
    "efficientnet": "EfficientNetB0",
    "efficientnet_v2": "EfficientNetV2B0",
    "convnext": "ConvNeXtTiny",
}


@pytest.mark.parametrize("value_range", RANGES)
@pytest.mark.parametrize("family", FIRST)
def test_preprocessing_in_the_graph_is_that_of_keras(keras, family, value_range):
    from workbench.engine.compile import build_model
    from workbench.engine.pretrained import preprocessing_of

    graph = Graph("model")
    graph.add_node(Node(NodeId("image"), "input", "image", {"shape": [4, 4, 3]}))
    graph.add_node(Node(NodeId("same"), "keras.layers.Identity", "same"))
    graph.connect(Wire(NodeId("image"), NodeId("same")))
    edit = preprocessing(graph, preprocessing_of(FIRST[family]), value_range)
    images = np.random.default_rng(0).integers(0, 256, (3, 4, 4, 3)).astype("float32")
    if edit is not None:
        inverse = edit.apply(graph)
    assert [problem for problem in GraphAnalysis(graph).diagnostics if problem.severity is Severity.ERROR] == []
    factor, added = RANGES[value_range]
    given = (images - added) / factor
    ours = build_model(graph, 0, project_catalogue([])).predict(given, verbose=0)
    theirs = getattr(keras.applications, family).preprocess_input(images.copy())
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-6 * max(1, np.abs(theirs).max()))
    if edit is not None:
        inverse.apply(graph)
        assert {node.name for node in graph} == {"image", "same"}


def test_what_the_window_offers_is_what_keras_has(keras):
    from workbench.engine.pretrained import application_names
    from workbench.project.keras_networks import NETWORKS

    assert sorted(NETWORKS) == sorted(application_names())
