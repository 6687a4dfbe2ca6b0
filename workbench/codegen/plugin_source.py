"""The Keras classes of plugins in a script that has to work without the plugins."""

from __future__ import annotations

from workbench.project.catalogue import keras_source

_FUTURE = "from __future__ import"


def classes_of(plugin: str) -> str:
    """The name in the script of a plugin's classes by type."""
    return f"_{plugin}_layers".upper()


def plugin_section(plugin: str) -> str:
    """The plugin's own file, as it is, with a comment that says where it comes from."""
    source = keras_source(plugin)
    name = classes_of(plugin)
    if not source:
        return (
            f"# The file with the Keras classes of the plugin {plugin} is not here: fill this in by hand,\n"
            f"# a class for each layer type.\n{name} = {{}}"
        )
    # A __future__ import has to be the first statement of a file, and would change the meaning of the rest.
    lines = [line for line in source.strip().splitlines() if not line.startswith(_FUTURE)]
    head = f"# The layers of the plugin {plugin}: a copy of the file that its manifest names as keras_module."
    return "\n".join([head, *lines, f"{name} = KERAS_LAYERS"])
