"""`workbench plugins`: what is there, what it offers, what is wrong with it; on and off."""

import argparse

from workbench.cli.errors import InputError
from workbench.cli.options import add_json
from workbench.cli.output import print_json, print_table
from workbench.cli.plugins import plugin_record
from workbench.plugins import SHELF, Plugin, user_folder


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """[--enable NAME] [--disable NAME] [--json]."""
    parser.epilog = (
        f"Your own plugins are folders in {user_folder()}. They are code that runs as you do: they stay off until you "
        "switch them on."
    )
    parser.add_argument("--enable", metavar="NAME", action="append", default=[], help="switch a plugin on")
    parser.add_argument("--disable", metavar="NAME", action="append", default=[], help="switch a plugin off")
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Switches, then imports every plugin that is on, so that what is wrong with one is told."""
    for names, enabled in ((arguments.enable, True), (arguments.disable, False)):
        for name in names:
            _choose(name, enabled)
    for plugin in SHELF.plugins:
        plugin.contents()
    if arguments.json:
        print_json([plugin_record(plugin) for plugin in SHELF.plugins])
    elif SHELF.plugins:
        print_table(("name", "version", "offers", "from", "state"), map(_row, SHELF.plugins))
    else:
        print(f"There are no plugins. Your own go into {user_folder()}")
    return 0


def _choose(name: str, enabled: bool) -> None:
    try:
        SHELF.choose(name, enabled)
    except KeyError:
        known = ", ".join(plugin.name for plugin in SHELF.plugins) or "none"
        raise InputError(f"Expected one of the plugins {known}. Received: {name!r}") from None
    except OSError as error:
        raise InputError(f"{name}: the choice cannot be kept: {error}") from error


def _row(plugin: Plugin) -> tuple[str, ...]:
    record = plugin_record(plugin)
    state = plugin.problem or ("on" if plugin.enabled else "off")
    return plugin.name, record["version"], ", ".join(record["kinds"]), str(plugin.folder), state
