"""What every command has in common."""

import argparse
import io
import sys
from pathlib import Path

import pytest

from workbench import cli, locations
from workbench.cli.commands import summary, templates
from workbench.cli.errors import WrongUsage


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_every_command_explains_itself(workbench, name):
    done = workbench(name, "--help")
    assert (done.code, done.err) == (0, "")
    assert f"usage: workbench {name}" in done.out
    assert cli.COMMANDS[name] in " ".join(done.out.split())


@pytest.mark.parametrize(
    "words", [["summary"], ["summary", "a", "b"], ["runs", "--no-such-option"], ["train", "x", "--epochs", "0"]]
)
def test_wrong_words_are_wrong_usage(workbench, words):
    done = workbench(*words)
    assert (done.code, done.out) == (2, "")
    assert done.complaints[-1].startswith(f"workbench {words[0]}: error: ")


def failing(error):
    def run(arguments: argparse.Namespace) -> int:
        raise error

    return run


def test_a_fault_of_the_program_is_one_line_and_keeps_its_details(workbench, monkeypatch):
    monkeypatch.setattr(templates, "run", failing(RuntimeError("two\nlines")))
    done = workbench("templates", "--json")
    assert done.code == 1
    (line,) = done.complaints
    assert "RuntimeError: two lines" in line
    assert done.document == {"errors": [line]}
    details = line.rpartition("Details: ")[2]
    assert details.startswith(str(locations.user_data()))
    assert "Traceback" in Path(details).read_text()


def test_an_interrupt_is_130(workbench, monkeypatch):
    monkeypatch.setattr(templates, "run", failing(KeyboardInterrupt()))
    done = workbench("templates")
    assert (done.code, done.err) == (130, "Interrupted.\n")


def test_usage_that_only_the_command_can_judge_is_2(workbench, monkeypatch):
    monkeypatch.setattr(summary, "run", failing(WrongUsage("not so")))
    done = workbench("summary", "x")
    assert (done.code, done.err) == (2, "workbench summary: not so\n")


def test_a_stream_that_cannot_show_a_character_gets_its_escape(monkeypatch):
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii", errors="strict"))
    assert cli.run(["templates"]) == 0
    assert b"lenet5" in raw.getvalue()
