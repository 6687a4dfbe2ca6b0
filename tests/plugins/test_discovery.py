"""Plugins are found by their manifests; nothing of them runs before it is needed, and what is broken stays theirs."""

import sys

import pytest

from workbench.plugins import ManifestError, Shelf, choices, read_manifest
from workbench.project import project_catalogue
from workbench.templates import TemplateError

LOUD = "raise RuntimeError('imported')"
TEMPLATE = """
[[template]]
name = "t"
title = "T"
"""


def test_finding_a_plugin_imports_nothing(write_plugin, shelf):
    write_plugin("loud", LOUD, TEMPLATE)
    shelf.look()
    assert shelf.template_titles()["t"] == "T"
    assert shelf.named("loud").problem == ""
    assert not [name for name in sys.modules if name.startswith("workbench_plugins.loud")]


def test_a_users_plugin_is_off_until_it_is_switched_on(write_plugin, shelf):
    write_plugin("quiet", "", TEMPLATE, on=False)
    shelf.look()
    assert not shelf.named("quiet").enabled
    assert "t" not in shelf.template_titles()
    shelf.choose("quiet", True)
    assert "t" in shelf.template_titles()
    assert choices.is_enabled("quiet", bundled=False)
    shelf.choose("quiet", False)
    assert "t" not in shelf.template_titles()


def test_the_programs_plugins_are_on_and_can_be_switched_off(shelf):
    shelf.look()
    assert shelf.named("efficientnet_lite0").enabled
    shelf.choose("efficientnet_lite0", False)
    assert "efficientnet-lite0" not in shelf.template_titles()
    other = Shelf()
    other.look()
    assert not other.named("efficientnet_lite0").enabled


@pytest.mark.parametrize(
    ("module", "told"),
    [
        (LOUD, "RuntimeError: imported"),
        ("import sys; sys.exit(3)", "SystemExit"),
        ("def (", "SyntaxError"),
        ("import no_such_module_anywhere", "no_such_module_anywhere"),
        ("TEMPLATES = (1,)", "Expected values of Template. Received: int"),
        ("", "the manifest declares t; the module defines none"),
    ],
)
def test_what_goes_wrong_in_one_is_told_of_it_alone(write_plugin, shelf, module, told):
    write_plugin("broken", module, TEMPLATE)
    shelf.look()
    with pytest.raises(TemplateError, match="broken does not work"):
        shelf.template("t")
    assert told in shelf.named("broken").problem
    assert "\n" not in shelf.named("broken").problem
    assert shelf.template("lenet5").name == "lenet5"
    assert shelf.template("efficientnet-lite0").name == "efficientnet-lite0"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "plugin"),
        ("[plugin", "not TOML"),
        ('[plugin]\nname="x"\nversion="1"\napi=1\ntitle="X"\nmodule="../x"', "module"),
        ('[plugin]\nname="X Y"\nversion="1"\napi=1\ntitle="X"\nmodule="x"', "name"),
        ('[plugin]\nname="x"\nversion="1"\napi="one"\ntitle="X"\nmodule="x"', "api"),
        ('[plugin]\nname="x"\nversion="1"\napi=1\ntitle="X"\nmodule="x"\n[[layer]]\ntype="a"\nlabel="A"', "categories"),
        (
            '[plugin]\nname="x"\nversion="1"\napi=1\ntitle="X"\nmodule="x"\n[[layer]]\ntype="a"\nlabel="A"\n'
            'category="activation"',
            "keras_module",
        ),
    ],
)
def test_a_bad_manifest_is_a_line(tmp_path, text, told):
    (tmp_path / "plugin.toml").write_text(text)
    with pytest.raises(ManifestError, match=told) as caught:
        read_manifest(tmp_path)
    assert "\n" not in str(caught.value)


def test_a_bad_manifest_does_not_hide_the_others(write_plugin, shelf):
    (write_plugin("bad") / "plugin.toml").write_text("[plugin")
    write_plugin("good", "", on=True)
    shelf.look()
    assert "not TOML" in shelf.named("bad").problem
    assert shelf.named("good").usable


def test_another_interface_is_not_loaded(write_plugin, shelf):
    folder = write_plugin("newer", LOUD, TEMPLATE)
    path = folder / "plugin.toml"
    path.write_text(path.read_text().replace("api = 1", "api = 99"))
    shelf.look()
    assert "version 1. Received: version 99" in shelf.named("newer").problem
    assert shelf.named("newer").contents() is None
    assert "t" not in shelf.template_titles()


def test_of_two_with_one_name_the_programs_counts(write_plugin, shelf):
    folder = write_plugin("efficientnet_lite0", LOUD)
    shelf.look()
    twin = next(plugin for plugin in shelf.plugins if plugin.folder == folder)
    assert not twin.usable
    assert shelf.template("efficientnet-lite0")


def test_opening_a_project_runs_nothing_from_its_folder(tmp_path, write_plugin, shelf):
    """A plugin beside a project, or in a project's `plugins` folder, is no plugin."""
    for place in (tmp_path, tmp_path / "plugins" / "evil"):
        place.mkdir(parents=True, exist_ok=True)
        (place / "plugin.toml").write_text('[plugin]\nname="evil"\nversion="1"\napi=1\ntitle="E"\nmodule="evil"')
        (place / "evil.py").write_text(LOUD)
    shelf.look()
    assert shelf.named("evil") is None
    assert "plugin:evil/x" not in project_catalogue([])
