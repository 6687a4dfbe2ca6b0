"""docs/plugins.md: its own files make a plugin that works, and its lists are those of the program."""

import re
import sys
from pathlib import Path

import pytest

import workbench
from workbench.__main__ import main
from workbench.layers import Category
from workbench.plugins import SHELF, api, choices, take, user_folder
from workbench.project import LiveAnalysis

GUIDE = (Path(*workbench.__path__).parent / "docs" / "plugins.md").read_text(encoding="utf-8")
FENCED = re.findall(r"```(toml|python)\n(.*?)```", GUIDE, re.DOTALL)


@pytest.fixture
def mine():
    folder = user_folder() / "mine"
    folder.mkdir(parents=True)
    for language, text in FENCED:
        name = "plugin.toml" if language == "toml" else text.split("\n")[0].removeprefix("# ")
        (folder / name).write_text(text, encoding="utf-8")
    assert sorted(path.name for path in folder.iterdir()) == ["in_keras.py", "mine.py", "plugin.toml"]
    choices.choose("mine", True)
    SHELF.look()
    return SHELF.named("mine")


def test_the_files_of_the_page_fit_each_other_and_make_a_network(mine):
    assert mine.contents() is not None, mine.problem
    project = SHELF.template("my-net").build()
    assert LiveAnalysis(project).errors == ()
    taken = take(project, SHELF.pretrained("my-net", "ones").read(None))
    assert taken.layers == ["features.scale"]


def test_the_check_of_the_command_line_finds_nothing(mine, capsys):
    pytest.importorskip("keras")
    assert main(["plugins", "--check", "mine"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines == [
        "plugin:mine/scaled on 8x8x3: as Keras makes it",
        "plugin:mine/scaled-conv on 8x8x3: as Keras makes it",
        "my-net on its defaults: as Keras makes it",
    ]
    rules = (mine.folder / "mine.py").read_text(encoding="utf-8")
    (mine.folder / "mine.py").write_text(rules.replace("(call.input.shape[-1],)", "(call.input.shape[-1], 1)"))
    mine._contents = None
    del sys.modules["workbench_plugins.mine.mine"]
    assert main(["plugins", "--check", "mine"]) == 1
    assert "Keras makes 3" in capsys.readouterr().out
    assert main(["plugins", "--check", "nobody"]) == 1


def test_the_lists_of_the_page_are_those_of_the_program():
    listed = GUIDE[GUIDE.index("`category` is one of") :].split("\n\n")[0]
    assert re.findall(r"`([a-z/]+)`", listed)[1:] == [category.value for category in Category]
    kinds = GUIDE[GUIDE.index("Kinds:") :].split("\n\n")[0]
    for kind in re.findall(r"`(\w+)\(", kinds):
        assert hasattr(api, kind), kind


def test_switching_on_what_does_not_load_is_an_error(write_plugin, capsys):
    write_plugin("broken", "raise RuntimeError('not today')", on=False)
    SHELF.look()
    assert main(["plugins", "--enable", "broken"]) == 1
    assert "not today" in capsys.readouterr().out
    manifest = 'keras_module = "in_keras"\n[[layer]]\ntype = "a"\nlabel = "A"\ncategory = "core"\n'
    write_plugin("half", "LAYERS = ()", manifest, on=False)
    assert main(["plugins", "--enable", "half"]) == 1
    assert "in_keras.py, the keras_module of the manifest, is not there" in capsys.readouterr().out
