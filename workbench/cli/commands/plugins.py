"""`workbench plugins`: what is there, what it offers, what is wrong with it; on and off."""

import argparse

from workbench.cli.errors import BAD_INPUT, InputError
from workbench.cli.options import add_json
from workbench.cli.output import print_json, print_table
from workbench.cli.plugins import plugin_record
from workbench.plugins import SHELF, Plugin, user_folder


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """[--enable NAME] [--disable NAME] [--check NAME] [--json]."""
    parser.epilog = (
        f"Your own plugins are folders in {user_folder()}. They are code that runs as you do: they stay off until you "
        "switch them on."
    )
    parser.add_argument("--enable", metavar="NAME", action="append", default=[], help="switch a plugin on")
    parser.add_argument("--disable", metavar="NAME", action="append", default=[], help="switch a plugin off")
    parser.add_argument(
        "--check",
        metavar="NAME",
        help="build each layer, block and template of a plugin in Keras and compare it with its rules",
    )
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Switches, then imports every plugin that is on, so that what is wrong with one is told.

    Exit code 1 where a plugin that was switched on does not load, or one that is checked fails.
    """
    for names, enabled in ((arguments.enable, True), (arguments.disable, False)):
        for name in names:
            _choose(name, enabled)
    if arguments.check:
        return _check(arguments.check, arguments.json)
    for plugin in SHELF.plugins:
        plugin.contents()
    if arguments.json:
        print_json([plugin_record(plugin) for plugin in SHELF.plugins])
    elif SHELF.plugins:
        print_table(("name", "version", "offers", "from", "state"), map(_row, SHELF.plugins))
    else:
        print(f"There are no plugins. Your own go into {user_folder()}")
    failed = [plugin for plugin in SHELF.plugins if plugin.name in arguments.enable and plugin.problem]
    return BAD_INPUT if failed else 0


def _check(name: str, as_json: bool) -> int:
    """Imports TensorFlow, which takes some seconds."""
    plugin = SHELF.named(name)
    if plugin is None:
        raise InputError(_unknown(name))
    if not plugin.enabled:
        raise InputError(f"{name} is off. Switch it on first: workbench plugins --enable {name}")
    from workbench.engine import runtime

    runtime.load()
    from workbench.engine.plugin_check import check_plugin

    found = list(check_plugin(plugin))
    if as_json:
        print_json([tried._asdict() for tried in found])
    else:
        for tried in found:
            where = f" on {tried.on}" if tried.on else ""
            print(f"{tried.name}{where}: {tried.problem or 'as Keras makes it'}")
    return BAD_INPUT if any(tried.problem for tried in found) else 0


def _unknown(name: str) -> str:
    known = ", ".join(plugin.name for plugin in SHELF.plugins) or "none"
    return f"Expected one of the plugins {known}. Received: {name!r}"


def _choose(name: str, enabled: bool) -> None:
    try:
        SHELF.choose(name, enabled)
    except KeyError:
        raise InputError(_unknown(name)) from None
    except OSError as error:
        raise InputError(f"{name}: the choice cannot be kept: {error}") from error


def _row(plugin: Plugin) -> tuple[str, ...]:
    record = plugin_record(plugin)
    state = plugin.problem or ("on" if plugin.enabled else "off")
    return plugin.name, record["version"], ", ".join(record["kinds"]), str(plugin.folder), state
