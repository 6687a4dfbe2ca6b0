"""What `train` refuses before TensorFlow is loaded, and what its settings do."""

import argparse

import pytest

from workbench.cli.commands import train
from workbench.project import load_project


def settings_after(path, *words):
    """The project's settings as the words change them."""
    parser = argparse.ArgumentParser()
    train.add_arguments(parser)
    project = load_project(path).project
    train.apply_settings(project, parser.parse_args([str(path), *words]))
    return project


def test_the_command_line_goes_before_the_file(lenet):
    words = ["--epochs", "2", "--set", "learning_rate=0.5", "--set", "optimizer=SGD", "--set", "seed=9"]
    project = settings_after(lenet, *words, "--set", "validation_share=0.3", "--data", "digits")
    assert project.training.epochs == 2
    assert project.training.learning_rate == 0.5
    assert project.training.optimizer == "SGD"
    assert project.training.seed == 9
    assert project.dataset.validation_share == 0.3
    assert project.training.schedule == "cosine"  # the file's


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ("colour=red", "batch_size"),
        ("learning_rate=fast", "learning_rate"),
        ("batch_size=0", "batch_size"),
        ("optimizer=Magic", "AdamW"),
        ("optimizer.magic=1", "optimizer.magic: Expected one of the parameters beta_1"),
        ("metrics=accuracy,magic", "top_5_accuracy"),
        ("validation_share=1", "validation_share"),
        ("seed", "key=value"),
    ],
)
def test_a_setting_that_cannot_be_is_wrong_usage(workbench, lenet, tmp_path, setting, told):
    done = workbench("train", lenet, "--set", setting, "--runs", tmp_path / "runs")
    assert done.code == 2
    assert told in done.complaints[-1]
    assert not (tmp_path / "runs").exists()


def test_a_runs_folder_that_cannot_be_written_is_one_line(workbench, lenet, tmp_path):
    (tmp_path / "file").write_text("")
    done = workbench("train", lenet, "--runs", tmp_path / "file" / "runs")
    assert done.code == 1
    (line,) = done.complaints
    assert line.startswith(f"{tmp_path / 'file' / 'runs'}: ")
    assert "--runs" in line
