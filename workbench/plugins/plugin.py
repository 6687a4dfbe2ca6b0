"""One plugin: found, described by its manifest, loaded when something of it is needed, and what went wrong with it."""

from __future__ import annotations

import importlib.util
import sys
import traceback
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import Any, TypeVar

from workbench.layers import BlockType, LayerType, NodeType
from workbench.plugins.manifest import API_VERSION, Manifest
from workbench.plugins.pretrained import PretrainedSource
from workbench.templates import Template

_MODULES = "workbench_plugins"
"""Plugins are modules below this name, which is no package: nothing else can meet their names."""
Offered = TypeVar("Offered")


class PluginError(Exception):
    """A plugin that cannot be used. The message is one line."""


@dataclass(frozen=True)
class Contents:
    """What a plugin's module defines."""

    types: Mapping[str, NodeType] = field(default_factory=dict)
    templates: Mapping[str, Template] = field(default_factory=dict)
    pretrained: tuple[PretrainedSource, ...] = ()


@dataclass
class Plugin:
    """A folder with a plugin. `problem` says in a line why it does not work; "" where nothing is known to be wrong."""

    folder: Path
    bundled: bool
    manifest: Manifest | None
    enabled: bool
    problem: str = ""
    detail: str = ""
    """Where in the plugin it went wrong, for a log."""
    _contents: Contents | None = None

    @property
    def name(self) -> str:
        """The manifest's name, else the folder's."""
        return self.manifest.about.name if self.manifest else self.folder.name

    @property
    def usable(self) -> bool:
        """Whether it is on and nothing is wrong with it."""
        return self.enabled and self.manifest is not None and not self.problem

    @property
    def loaded(self) -> bool:
        """Whether its module has been imported."""
        return self._contents is not None

    @property
    def layer_keys(self) -> tuple[str, ...]:
        """Types of its layers, as the manifest declares them."""
        return tuple(map(self.manifest.type_key, self.manifest.layers)) if self.manifest else ()

    @property
    def keras_source(self) -> str:
        """The text of the file with its Keras classes; "" where there is none."""
        try:
            stem = self.manifest.about.keras_module if self.manifest else ""
            return (self.folder / f"{stem}.py").read_text(encoding="utf-8") if stem else ""
        except (OSError, UnicodeDecodeError):
            return ""

    def contents(self) -> Contents | None:
        """What it defines, imported at the first call; None where it does not work, which `problem` then tells."""
        if self._contents is None and self.usable:
            try:
                self._contents = self._load()
            except PluginError as error:
                self.problem = str(error)
            except (Exception, SystemExit) as error:  # whatever a plugin does, the program goes on
                self.problem = f"{type(error).__name__}: {_first_line(error)}"
                self.detail = traceback.format_exc()
        return self._contents

    def module(self, stem: str) -> ModuleType:
        """Imports a Python file of the plugin. Raises whatever that raises."""
        assert self.manifest is not None
        name = f"{_MODULES}.{self.manifest.about.name}.{stem}"
        if name in sys.modules:
            return sys.modules[name]
        file = self.folder / f"{stem}.py"
        spec = importlib.util.spec_from_file_location(name, file)
        if spec is None or spec.loader is None or not file.is_file():
            raise PluginError(f"{file.name} is not there")
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        try:
            spec.loader.exec_module(module)
        except BaseException:
            del sys.modules[name]
            raise
        return module

    def keras_layer(self, key: str) -> Any:
        """The Keras class for one of its layer types; for the engine. Raises whatever its module raises."""
        assert self.manifest is not None
        layers = getattr(self.module(self.manifest.about.keras_module), "KERAS_LAYERS", {})
        if key not in layers:
            raise PluginError(f"{self.manifest.about.keras_module}.py has no KERAS_LAYERS[{key!r}]")
        return layers[key]

    def _load(self) -> Contents:
        assert self.manifest is not None
        keras_file = self.manifest.about.keras_module and self.folder / f"{self.manifest.about.keras_module}.py"
        if keras_file and not keras_file.is_file():
            raise PluginError(f"{keras_file.name}, the keras_module of the manifest, is not there")
        module = self.module(self.manifest.about.module)
        layers = self._types(module, "LAYERS", LayerType, self.manifest.layers)
        blocks = self._types(module, "BLOCKS", BlockType, self.manifest.blocks)
        templates = {each.name: each for each in _defined(module, "TEMPLATES", Template)}
        sources = _defined(module, "PRETRAINED", PretrainedSource)
        _require("template", (entry.name for entry in self.manifest.templates), templates)
        told = [f"{entry.template}:{entry.name}" for entry in self.manifest.pretrained]
        _require("pretrained", told, {f"{each.template}:{each.name}": each for each in sources})
        return Contents(MappingProxyType({**layers, **blocks}), MappingProxyType(templates), sources)

    def _types(self, module: ModuleType, table: str, kind: type[NodeType], entries: Iterable[Any]) -> dict[str, Any]:
        assert self.manifest is not None
        types = {each.key: each for each in _defined(module, table, kind)}
        _require(table.lower(), map(self.manifest.type_key, entries), types)
        return types


def api_problem(manifest: Manifest) -> str:
    """Why a plugin is not for this program; "" where it is."""
    if manifest.about.api == API_VERSION:
        return ""
    return f"Expected a plugin for the interface of version {API_VERSION}. Received: version {manifest.about.api}"


def _defined(module: ModuleType, table: str, kind: type[Offered]) -> tuple[Offered, ...]:
    values = tuple(getattr(module, table, ()))
    wrong = next((value for value in values if not isinstance(value, kind)), None)
    if wrong is not None:
        raise PluginError(f"{table}: Expected values of {kind.__name__}. Received: {type(wrong).__name__}")
    return values


def _require(what: str, told: Iterable[str], defined: Mapping[str, Any]) -> None:
    expected = list(told)
    if sorted(expected) != sorted(defined):
        raise PluginError(
            f"{what}: the manifest declares {', '.join(expected) or 'none'}; "
            f"the module defines {', '.join(defined) or 'none'}"
        )


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else "no message"
