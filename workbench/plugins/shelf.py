"""All plugins: found in the program's and the user's folder, switched on and off, and what they add to the program."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from workbench import locations
from workbench.layers import BlockType, Call, Category, Deferred, LayerType, NodeType, ShapeError, TensorSpec, plugin_of
from workbench.plugins import choices
from workbench.plugins.manifest import FILE, Manifest, ManifestError, TypeEntry, read_manifest
from workbench.plugins.plugin import Plugin, PluginError, api_problem
from workbench.plugins.pretrained import PretrainedSource
from workbench.project.catalogue import PluggedIn, plug_in, unplug
from workbench.templates import TEMPLATES, Template, TemplateError
from workbench.text import did_you_mean


def user_folder() -> Path:
    """Where a user puts plugins, one folder each."""
    return locations.user_data() / "plugins"


class Shelf:
    """The plugins of this process. Finding them imports none of them."""

    def __init__(self) -> None:
        self.plugins: tuple[Plugin, ...] = ()

    def look(self) -> None:
        """Finds plugins anew and puts the types of those that are on into the catalogue."""
        for plugin in self.plugins:
            unplug(plugin.name)
        known = {plugin.folder: plugin for plugin in self.plugins}
        found = [*_in_folder(locations.bundled_plugins(), True), *_in_folder(user_folder(), False)]
        self.plugins = tuple(_kept(known.get(plugin.folder), plugin) for plugin in _without_twins(found))
        for plugin in self.plugins:
            types = tuple(_types(plugin)) if plugin.usable else ()
            plug_in(plugin.name, PluggedIn(types, partial(_why_absent, plugin), partial(_keras_source, plugin)))

    def named(self, name: str) -> Plugin | None:
        """The plugin with this name."""
        return next((plugin for plugin in self.plugins if plugin.name == name), None)

    def choose(self, name: str, enabled: bool) -> None:
        """Switches a plugin on or off. Raises KeyError, and OSError where the choice cannot be kept."""
        if self.named(name) is None:
            raise KeyError(name)
        choices.choose(name, enabled)
        self.look()

    def template_titles(self) -> dict[str, str]:
        """Every template's title by its name, the program's own first; imports nothing."""
        titles = {name: template.title for name, template in TEMPLATES.items()}
        for plugin, manifest in self._on():
            titles |= {e.name: e.title for e in manifest.templates if e.name not in titles and plugin.usable}
        return titles

    def template(self, name: str) -> Template:
        """A template by its name, from a plugin where it is one's. Raises TemplateError."""
        if name in TEMPLATES:
            return TEMPLATES[name]
        for plugin, manifest in self._on():
            if any(entry.name == name for entry in manifest.templates):
                contents = plugin.contents()
                if contents is None:
                    raise TemplateError(f"{name}: the plugin {plugin.name} does not work: {plugin.problem}")
                return contents.templates[name]
        titles = self.template_titles()
        near = did_you_mean(name, titles)
        raise TemplateError(f"Expected a template: {', '.join(titles)}. Received: {name!r}{near}")

    def pretrained_titles(self, template: str) -> dict[str, str]:
        """Titles of the weights that there are for a template, by name; imports nothing."""
        entries = (entry for _, manifest in self._on() for entry in manifest.pretrained)
        return {entry.name: entry.title for entry in entries if entry.template == template}

    def pretrained(self, template: str, name: str) -> PretrainedSource:
        """Weights for a template. Raises TemplateError."""
        for plugin, manifest in self._on():
            if any((entry.template, entry.name) == (template, name) for entry in manifest.pretrained):
                contents = plugin.contents()
                if contents is None:
                    raise TemplateError(f"{name}: the plugin {plugin.name} does not work: {plugin.problem}")
                return next(each for each in contents.pretrained if (each.template, each.name) == (template, name))
        known = ", ".join(self.pretrained_titles(template)) or "none"
        raise TemplateError(f"{template}: Expected pretrained weights by name ({known}). Received: {name!r}")

    def keras_layer(self, key: str) -> Any:
        """The Keras class of a plugin's layer type; for the engine. Raises whatever the plugin raises."""
        name = plugin_of(key)
        plugin = self.named(name)
        if plugin is None or not plugin.usable:
            raise PluginError(plugin.problem if plugin and plugin.problem else f"the plugin {name} is not on")
        return plugin.keras_layer(key)

    def _on(self) -> Iterator[tuple[Plugin, Manifest]]:
        return ((plugin, plugin.manifest) for plugin in self.plugins if plugin.enabled and plugin.manifest)


SHELF = Shelf()
"""Empty until `look` is called."""


def _in_folder(folder: Path, bundled: bool) -> Iterator[Plugin]:
    try:
        places = sorted(path for path in folder.iterdir() if (path / FILE).is_file())
    except OSError:
        return
    for place in places:
        try:
            manifest = read_manifest(place)
        except ManifestError as error:
            yield Plugin(place, bundled, None, choices.is_enabled(place.name, bundled), str(error))
            continue
        enabled = choices.is_enabled(manifest.about.name, bundled)
        yield Plugin(place, bundled, manifest, enabled, api_problem(manifest))


def _without_twins(found: list[Plugin]) -> list[Plugin]:
    """Of two plugins with one name the first counts; those of the program come first."""
    first: dict[str, Plugin] = {}
    for plugin in found:
        if first.setdefault(plugin.name, plugin) is not plugin and not plugin.problem:
            plugin.problem = f"there is another plugin with this name: {first[plugin.name].folder}"
            plugin.enabled = False
    return found


def _kept(before: Plugin | None, now: Plugin) -> Plugin:
    """One that is loaded stays so, and what went wrong with it stays told, unless its manifest is another."""
    if before is None or before.manifest != now.manifest or not before.enabled:
        return now
    before.enabled = now.enabled
    return before


def _why_absent(plugin: Plugin) -> str:
    """For a node whose type the plugin would give: why it does not."""
    if plugin.problem:
        return f"The plugin {plugin.name} does not work: {plugin.problem}."
    if not plugin.enabled:
        return (
            f"The plugin {plugin.name} is off. Switch it on in Tools › Plugins…, "
            f"or with: workbench plugins --enable {plugin.name}."
        )
    return f"The plugin {plugin.name} has no such type: a newer version of it may."


def _keras_source(plugin: Plugin) -> str:
    return plugin.keras_source if plugin.usable else ""


def _types(plugin: Plugin) -> Iterator[Deferred]:
    assert plugin.manifest is not None
    for entry in plugin.manifest.layers:
        yield Deferred(_announced(plugin, entry, Category(entry.category)), partial(_made, plugin, entry))
    for entry in plugin.manifest.blocks:
        yield Deferred(_announced(plugin, entry, Category.BLOCK), partial(_made, plugin, entry))


def _announced(plugin: Plugin, entry: TypeEntry, category: Category) -> NodeType:
    assert plugin.manifest is not None
    made: Mapping[str, object] = {
        "key": plugin.manifest.type_key(entry),
        "label": entry.label,
        "category": category,
        "doc": entry.doc,
        "search_words": (plugin.name, plugin.manifest.about.title.lower()),
    }
    if category is Category.BLOCK:
        return BlockType(expand=_no_rule, **made)  # type: ignore[arg-type]
    return LayerType(shape=_no_rule, **made)  # type: ignore[arg-type]


def _no_rule(_: Call) -> TensorSpec:
    raise ShapeError("plugin.announced", "Expected the plugin to be loaded. Received: what its manifest tells")


def _made(plugin: Plugin, entry: TypeEntry) -> NodeType | None:
    assert plugin.manifest is not None
    contents = plugin.contents()
    return contents.types.get(plugin.manifest.type_key(entry)) if contents else None
