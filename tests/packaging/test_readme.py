"""What the README says is there."""

import re
from pathlib import Path

import pytest

from tests.__main__ import QT_SYSTEM_PACKAGES
from workbench import cli

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])


def test_it_has_two_set_up_commands_and_the_second_runs_the_tests():
    demo, tests = re.findall(r"^python3 -m venv .*$", README, re.MULTILINE)
    assert demo.endswith("&& .venv/bin/workbench demo")
    assert tests.endswith("&& .venv/bin/python -m tests")


def test_its_table_has_every_command_and_no_other():
    told = set(re.findall(r"^\| `workbench (\w+)", README, re.MULTILINE))
    assert told == set(cli.COMMANDS)


def test_it_lists_the_libraries_that_the_tests_install():
    assert all(package in README for package in QT_SYSTEM_PACKAGES if package != "xvfb")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path):
    links = re.findall(r"\]\(([^)#]+)", page.read_text(encoding="utf-8"))
    missing = [link for link in links if "://" not in link and not (page.parent / link).exists()]
    assert missing == []
