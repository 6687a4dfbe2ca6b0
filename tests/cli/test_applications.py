"""`import application:...`."""

import pytest

from workbench.project import load_project


@pytest.fixture(autouse=True)
def keras():
    return pytest.importorskip("keras")


def test_a_network_of_keras_with_its_preprocessing(workbench, tmp_path):
    path = tmp_path / "m.workbench"
    done = workbench("import", "application:MobileNetV2", "-o", path)
    assert done.code == 0
    assert "3,538,984 parameters" in done.out
    assert "(tf)" in done.out
    loaded = load_project(path)
    (graph,) = loaded.project.graphs.values()
    assert graph.node(graph.find_name("preprocessing")).params == {"scale": 2.0, "offset": -1.0}
    assert loaded.project.weights.file.is_file()
    assert workbench("head", path, "--classes", "5").code == 0
    assert workbench("check", path).code in (0, 1)


def test_what_there_is_not_is_one_line(workbench, tmp_path):
    done = workbench("import", "application:MobileNetV9", "-o", tmp_path / "m.workbench")
    assert done.code == 1
    assert "MobileNetV9" in done.complaints[-1]
    done = workbench("import", "application:MobileNetV2:nobody.h5", "-o", tmp_path / "m.workbench")
    assert done.code == 1
    assert "nobody.h5" in done.complaints[-1]
