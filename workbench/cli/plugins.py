"""Plugins as commands tell of them."""

from typing import Any

from workbench.plugins import Plugin


def plugin_record(plugin: Plugin) -> dict[str, Any]:
    """What `--json` gives of a plugin that was found."""
    about = plugin.manifest.about if plugin.manifest else None
    return {
        "name": plugin.name,
        "title": about.title if about else "",
        "version": about.version if about else "",
        "kinds": list(plugin.manifest.kinds) if plugin.manifest else [],
        "origin": "program" if plugin.bundled else "user",
        "folder": str(plugin.folder),
        "enabled": plugin.enabled,
        "problem": plugin.problem,
    }


def plugin_line(record: dict[str, Any]) -> str:
    """Name, version, what it offers, and whether it works."""
    if record["problem"]:
        state = f"does not work: {record['problem']}"
    else:
        state = "on" if record["enabled"] else f"off; workbench plugins --enable {record['name']}"
    offers = f" ({', '.join(record['kinds'])})" if record["kinds"] else ""
    return f"{record['name']} {record['version']}".rstrip() + f"{offers}: {state}"
