"""`render`: the graph as a picture, without Qt."""

import subprocess
import sys
from xml.etree import ElementTree

import pytest
from PIL import Image

from workbench.cli.picture.shapes import elided, font
from workbench.graph import Graph, Node, NodeId, Wire
from workbench.project import Project, save_project

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def project(workbench, tmp_path):
    path = tmp_path / "l.workbench"
    assert workbench("new", "lenet5", "-o", path).code == 0
    return path


def texts(path):
    return [element.text for element in ElementTree.parse(path).iter(f"{SVG}text")]


def test_an_svg_has_every_layer_and_what_wires_carry(workbench, project, tmp_path):
    picture = tmp_path / "l.svg"
    assert workbench("render", project, "-o", picture).code == 0
    found = texts(picture)
    for words in ("c1", "6 @ 5x5", "156 params", "28x28x6", "output"):
        assert words in found
    root = ElementTree.parse(picture).getroot()
    width, height = float(root.get("width")), float(root.get("height"))
    for box in root.iter(f"{SVG}rect"):
        assert float(box.get("x", 0)) >= 0
        assert float(box.get("x", 0)) + float(box.get("width")) <= width
        assert float(box.get("y", 0)) + float(box.get("height")) <= height
    assert len(list(root.iter(f"{SVG}polyline"))) == 8


def test_a_png_is_drawn_at_twice_the_size_in_the_theme_asked_for(workbench, project, tmp_path):
    sizes = set()
    grounds = {}
    for theme in ("light", "dark"):
        picture = tmp_path / f"{theme}.png"
        assert workbench("render", project, "-o", picture, "--theme", theme).code == 0
        with Image.open(picture) as image:
            sizes.add(image.size)
            grounds[theme] = sum(image.getpixel((1, 1)))
            assert len(image.getcolors(1 << 20)) > 20
    svg = tmp_path / "l.svg"
    workbench("render", project, "-o", svg)
    root = ElementTree.parse(svg).getroot()
    assert sizes == {(2 * round(float(root.get("width"))), 2 * round(float(root.get("height"))))}
    assert grounds["light"] > 600 > 150 > grounds["dark"]


def test_several_graphs_have_their_names(workbench, tmp_path):
    path, picture = tmp_path / "g.workbench", tmp_path / "g.svg"
    workbench("new", "dcgan", "-o", path)
    assert workbench("render", path, "-o", picture).code == 0
    assert {"generator", "discriminator", "latent"} <= set(texts(picture))


def test_what_was_never_laid_out_and_is_broken_is_drawn(workbench, tmp_path):
    """Names are escaped, an unknown type is named, a wire that carries nothing known is dashed."""
    graph = Graph("model")
    for name, kind in (("a<b", "input"), ("odd & new", "plugin:lost/Magic"), ("end", "keras.layers.Flatten")):
        params = {"shape": [8, 8, 1]} if kind == "input" else {}
        graph.add_node(Node(NodeId(name), kind, name, params))
    graph.connect(Wire(NodeId("a<b"), NodeId("odd & new")))
    graph.connect(Wire(NodeId("odd & new"), NodeId("end")))
    path, picture = tmp_path / "b.workbench", tmp_path / "b.svg"
    save_project(Project([graph], title="b"), path)
    assert workbench("render", path, "-o", picture).code == 0
    assert {"a<b", "odd & new", "plugin:lost/Magic"} <= set(texts(picture))
    boxes = {(box.get("x"), box.get("y")) for box in ElementTree.parse(picture).iter(f"{SVG}rect")}
    assert len(boxes) > 3
    assert [line.get("stroke-dasharray") for line in ElementTree.parse(picture).iter(f"{SVG}polyline")].count(
        "5 4"
    ) == 1
    assert workbench("render", path, "-o", tmp_path / "b.png").code == 0


def test_other_endings_are_wrong_usage_and_places_that_cannot_be_written_one_line(workbench, project, tmp_path):
    assert workbench("render", project, "-o", tmp_path / "l.gif").code == 2
    done = workbench("render", project, "-o", tmp_path / "no" / "l.svg")
    assert done.code == 1
    assert "cannot be written" in done.complaints[0]


def test_long_names_are_cut_in_the_middle_to_fit():
    text = "block_with_a_very_long_name_that_goes_on_7"
    short = elided(text, 12, 120)
    assert font(12).getlength(short) <= 120 < font(12).getlength(text)
    assert short.startswith("block")
    assert short.endswith("_7")
    assert elided("short", 12, 120) == "short"


def test_it_needs_neither_qt_nor_tensorflow(project, tmp_path):
    code = (
        "import sys; from workbench.cli import run; "
        "assert run(['render', sys.argv[1], '-o', sys.argv[2]]) == 0; "
        "print([name for name in ('PySide6', 'tensorflow', 'keras', 'cv2') if name in sys.modules])"
    )
    command = [sys.executable, "-c", code, str(project), str(tmp_path / "l.png")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
