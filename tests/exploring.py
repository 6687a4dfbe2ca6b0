"""`pytest -m explore`: the drawn tests over and over, each round with another seed, until the minutes are spent.

The default run draws the same examples everywhere: it tells what a change broke. This run looks for what nobody knows
yet. Hypothesis shrinks what it finds and, with libcst installed, writes a patch with the explicit example.
"""

from __future__ import annotations

import random
from time import monotonic

import hypothesis
import pytest
from hypothesis import core

hypothesis.settings.register_profile("workbench", deadline=None, derandomize=True, database=None)
hypothesis.settings.register_profile("explore", deadline=None, derandomize=False, database=None, print_blob=True)
hypothesis.settings.load_profile("workbench")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--explore-minutes", type=float, default=20.0, help="how long -m explore searches (default: 20)")


def is_exploring(config: pytest.Config) -> bool:
    return config.option.markexpr.strip() == "explore"


def pytest_configure(config: pytest.Config) -> None:
    if is_exploring(config):
        hypothesis.settings.load_profile("explore")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if hypothesis.is_hypothesis_test(getattr(item, "obj", None)) and not item.get_closest_marker("slow"):
            item.add_marker("explore")


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool | None:
    config = session.config
    if not is_exploring(config) or config.option.collectonly or not session.items or session.testsfailed:
        return None
    given = config.getoption("--hypothesis-seed")
    seed = random.randrange(2**31) if given in (None, "random") else int(given)
    end, rounds = monotonic() + 60 * config.getoption("--explore-minutes"), 0
    while monotonic() < end and not session.shouldstop and not session.shouldfail:
        core.global_force_seed = seed + rounds  # type: ignore[assignment]
        _run_once(session, end)
        rounds += 1
    _report(config, f"explored: {rounds} rounds, --hypothesis-seed from {seed} to {seed + rounds - 1}")
    return True


def _run_once(session: pytest.Session, end: float) -> None:
    """Every test once, or those that there is time for. Fixtures of the session stay for the next round."""
    items = session.items
    for index, item in enumerate(items):
        if monotonic() > end or session.shouldstop or session.shouldfail:
            return
        item._initrequest()  # type: ignore[attr-defined]  # as pytest-rerunfailures does
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=items[(index + 1) % len(items)])


def _report(config: pytest.Config, line: str) -> None:
    terminal = config.pluginmanager.get_plugin("terminalreporter")
    if terminal is not None:
        terminal.write_line("")
        terminal.write_line(line)
