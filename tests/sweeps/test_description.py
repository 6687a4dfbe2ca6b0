"""Sweeps in files."""

import json

import pytest

from workbench.project import save_project
from workbench.sweeps import SweepError, plan_sweep, read_description
from workbench.templates import get_template

TOML = """
project = "lenet.workbench"
metric = "val_loss"
trials = 3
seed = 7
[grid]
optimizer = ["SGD", "Adam"]
"node.c1.filters" = "4,6"
[random]
learning_rate = {from = 1e-4, to = 1e-1, scale = "log"}
[set]
epochs = 2
"""


@pytest.fixture
def folder(tmp_path):
    save_project(get_template("lenet5").build(), tmp_path / "lenet.workbench")
    return tmp_path


def test_toml(folder):
    (folder / "rates.toml").write_text(TOML)
    sweep = read_description(folder / "rates.toml")
    assert (sweep.name, sweep.metric, sweep.trials, sweep.seed, sweep.fixed) == (
        "rates",
        "val_loss",
        3,
        7,
        {"epochs": 2},
    )
    assert len(plan_sweep(sweep).trials) == 2 * 2 * 3


def test_json_of_a_template(folder):
    path = folder / "sizes.json"
    path.write_text(json.dumps({"template": "lenet5", "name": "sizes", "grid": {"template.classes": [3, 4]}}))
    assert [trial.values for trial in plan_sweep(read_description(path)).trials] == [
        {"template.classes": 3},
        {"template.classes": 4},
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "either project or template"),
        ("project = 3", "project: expected text"),
        ("project = 'no.workbench'", "no.workbench: Cannot be read"),
        ("project = 'lenet.workbench'\ntemplate = 'lenet5'", "either project or template"),
        ("grids = 3", "grids: expected one of project"),
        ("trials = -1", "trials: expected a whole number"),
        ("trials = true", "trials: expected a whole number"),
        ("= 3", "not the description of a sweep"),
        ("project = 'lenet.workbench'\n[grid]\nepochs = []", "epochs: .*Received: nothing"),
    ],
)
def test_what_is_wrong_is_told_with_the_file(folder, text, told):
    path = folder / "bad.toml"
    path.write_text(text)
    with pytest.raises(SweepError, match=rf"^{path}: .*{told}") as raised:
        read_description(path)
    assert "\n" not in str(raised.value)


def test_a_file_that_is_not_there(folder):
    with pytest.raises(SweepError, match=r"none\.toml: cannot be read: No such file"):
        read_description(folder / "none.toml")
