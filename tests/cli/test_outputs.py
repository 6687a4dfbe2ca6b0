"""No command replaces a file unless it is asked to, nor ever one that it reads."""

import os

import pytest

from workbench import cli


@pytest.mark.parametrize("name", ["code", "render", "weights"])
def test_a_file_that_is_there_stays_unless_forced(workbench, lenet, tmp_path, name):
    path = tmp_path / "there.svg"
    path.write_text("mine")
    done = workbench(name, lenet, "-o", path)
    assert (done.code, path.read_text()) == (1, "mine")
    assert done.complaints == [f"{path}: there is a file here already; --force replaces it"]
    if name != "weights":
        assert workbench(name, lenet, "-o", path, "--force").code == 0
        assert path.read_text() != "mine"


@pytest.mark.parametrize("words", [[], ["--force"]])
def test_what_a_command_reads_is_never_written(workbench, lenet, tmp_path, words):
    before, link = lenet.read_bytes(), tmp_path / "link.svg"
    link.symlink_to(lenet)
    for path in (lenet, link):
        for name in ("code", "render", "head", "weights"):
            more = ["--classes", "3"] if name == "head" else []
            done = workbench(name, lenet, *more, "-o", path, *words)
            assert (done.code, lenet.read_bytes()) == (1, before), name
            assert "is read by the command" in done.err


@pytest.mark.parametrize("words", [[], ["--force"]])
@pytest.mark.parametrize("name", ["code", "render", "weights"])
def test_what_is_no_regular_file_is_never_replaced(workbench, lenet, tmp_path, name, words):
    pipe, link, folder = (tmp_path / f"{kind}.svg" for kind in ("pipe", "link", "folder"))
    os.mkfifo(pipe)
    link.symlink_to(pipe)
    folder.mkdir()
    for path in (pipe, link, folder):
        done = workbench(name, lenet, "-o", path, *words)
        assert done.code == 1
        assert done.complaints[0].startswith(f"{path}: expected the name of a file to write"), done.err
    assert pipe.is_fifo()
    assert link.is_symlink()
    assert not any(folder.iterdir())


@pytest.mark.parametrize(
    "words",
    [["augment", "--data", "digits", "-o"], ["sample", "latest", "-o"], ["predict", "latest", "a.png", "--csv"]],
)
def test_pictures_samples_and_tables_are_refused_before_any_work(workbench, tmp_path, words):
    path = tmp_path / "a.png"
    path.write_text("mine")
    done = workbench(*words, path)
    assert (done.code, path.read_text()) == (1, "mine")
    assert "--force" in done.err


def test_every_file_option_goes_through_one_place():
    import argparse
    from importlib import import_module
    from pathlib import Path

    own = {"export", "dataset", "predict"}  # folders, and exports, which are compared with what is there
    for name in cli.COMMANDS:
        parser = argparse.ArgumentParser()
        import_module(f"workbench.cli.commands.{name.replace('import', 'import_')}").add_arguments(parser)
        for action in parser._actions:
            if (
                action.type is Path
                and action.dest in {"output", "csv"}
                and not (name in own and action.dest == "output")
            ):
                assert action.dest in parser.get_default("outputs"), name
