"""Manifests, discovery and the face that a plugin imports.

A plugin is a folder with `plugin.toml` and one Python module, in the program's `plugins/` or the user's folder. The
program's own are on unless switched off; the user's are off until switched on. What a plugin offers is known from its
manifest; its module is imported when something of it is used, and what goes wrong there is told of that plugin alone.
Opening a project never imports code from the project's folder.
"""

from workbench.layers import PLUGGED_IN
from workbench.plugins.manifest import API_VERSION, Manifest, ManifestError, read_manifest
from workbench.plugins.plugin import Plugin, PluginError
from workbench.plugins.pretrained import PretrainedError, PretrainedSource, Taken, take
from workbench.plugins.shelf import SHELF, Shelf, user_folder

__all__ = [
    "API_VERSION",
    "PLUGGED_IN",
    "SHELF",
    "Manifest",
    "ManifestError",
    "Plugin",
    "PluginError",
    "PretrainedError",
    "PretrainedSource",
    "Shelf",
    "Taken",
    "read_manifest",
    "take",
    "user_folder",
]
