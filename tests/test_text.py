"""Text from elsewhere does nothing in what we write: CSV, Markdown, a terminal, a picture."""

import csv
import random
import re
from io import StringIO
from xml.etree import ElementTree

import pytest

from tests.codegen.test_text import hostile
from workbench.analysis import GraphAnalysis
from workbench.analysis.tables import layer_rows, to_csv, to_markdown
from workbench.cli.picture import drawing_of, to_svg
from workbench.graph import Graph, Node, new_node_id
from workbench.layers import CATALOGUE
from workbench.project import LiveAnalysis, Project
from workbench.text import csv_text, markdown_text, visible

_MORE = (
    "=cmd()",
    "+1",
    "-1+1",
    "@SUM(A1)",
    "\t=x",
    " =x",
    "|",
    "`",
    "<img src=x onerror=y>",
    "[a](http://b)",
    "~~~",
    "]]>",
    "&amp;",
)


def test_what_is_not_shown_is_visible():
    assert visible("a\x1b[31mb\u202ec\ud800\x9b層é") == "a\\u001b[31mb\\u202ec\\ud800\\u009b層é"
    assert visible("a\n\tb", keep="\n\t") == "a\n\tb"


def test_a_formula_is_text_in_a_table_and_a_number_stays_one():
    given = ["=A1", "\t=A1", " @x", "\uff1dA1", "-1", "-1e5", "+2", "-1+1", "-inf", None, 3, "a,b"]
    (came,) = csv.reader(StringIO(csv_text([given])))
    assert came == ["'=A1", "'\\u0009=A1", "' @x", "'\uff1dA1", "-1", "-1e5", "+2", "'-1+1", "-inf", "", "3", "a,b"]


def test_markup_is_text_in_markdown():
    assert markdown_text("a|b\n`c` conv_1 _d_") == "a\\|b \\`c\\` conv_1 \\_d\\_"
    assert markdown_text("<b>[x](http://y)") == "\\<b\\>\\[x\\](http\\://y)"


@pytest.mark.parametrize("count", [50, pytest.param(5000, marks=pytest.mark.slow)])
def test_hostile_names_break_no_table_and_no_picture(count):
    generator = random.Random(9)
    for _ in range(count):
        project = _project(*(hostile(generator) + generator.choice(_MORE) + hostile(generator) for _ in range(3)))
        (graph,) = project.graphs.values()
        rows = layer_rows(GraphAnalysis(graph, CATALOGUE))
        for row in csv.reader(StringIO(to_csv(rows)), strict=True):
            assert len(row) == 10
            assert not re.match(r"\s*[=+@]", row[0])
        for line in to_markdown(rows).splitlines():
            assert len(re.findall(r"(?<!\\)(?:\\\\)*\|", line)) == 11
            assert not re.search(r"(?<!\\)(?:\\\\)*[<`\[]", line)
        assert ElementTree.fromstring(to_svg(drawing_of(project, LiveAnalysis(project), "light"))) is not None


def _project(first, second, graph_name):
    graph = Graph(graph_name)
    graph.add_node(Node(new_node_id(), "input", first, {"shape": [4]}))
    graph.add_node(Node(new_node_id(), "keras.layers.Dense", second, {"units": 2}))
    return Project([graph])
