"""Finding runs by words and filters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.runs import RunEntry, parse_query

RUNS = {
    "one": RunEntry(
        root="/r",
        name="lenet5-1",
        status="finished",
        title="Baseline",
        starred=True,
        tags=("paper",),
        note="Two words here",
        project="lenet5",
        dataset="digits",
        created="2026-05-03T10:00:00",
        epochs=10,
        best={"val_accuracy": 0.97, "val_loss": 0.1, "accuracy": 0.5},
        params=61_706,
        seconds=90,
        device="cpu",
        settings={"optimizer": "SGD", "learning_rate": 0.01},
    ),
    "two": RunEntry(
        root="/r",
        name="nin-2",
        status="failed",
        project="nin",
        dataset="cifar10",
        epochs=3,
        best={"val_accuracy": 0.4},
        params=966_986,
        device="gpu:0",
        settings={"optimizer": "AdamW"},
        sweep="rates",
        trial=4,
        values={"node.c1.filters": 16},
    ),
    "three": RunEntry(root="/r", name="broken", status="damaged", problem="damaged"),
}


def found(query):
    fits = parse_query(query)
    return {name for name, run in RUNS.items() if fits(run)}


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", {"one", "two", "three"}),
        ("LENET", {"one"}),
        ("baseline", {"one"}),
        ('"two words"', {"one"}),
        ("two words", {"one"}),
        ("paper", {"one"}),
        ("status:failed", {"two"}),
        ("-status:failed", {"one", "three"}),
        ("dataset:digits status:finished", {"one"}),
        ("dataset:digits status:failed", set()),
        ("tag:paper", {"one"}),
        ("sweep:rates", {"two"}),
        ("is:starred", {"one"}),
        ("is:noted", {"one"}),
        ("-is:sweep", {"one", "three"}),
        ("accuracy>0.9", {"one"}),
        ("accuracy>40%", {"one"}),
        ("accuracy>=40%", {"one", "two"}),
        ("accuracy<0.9", {"two"}),
        ("loss<0.2", {"one"}),
        ("epochs>=3 epochs<10", {"two"}),
        ("params<100k", {"one"}),
        ("learning_rate:0.01", {"one"}),
        ("learning_rate<0.1", {"one"}),
        ("optimizer:adamw", {"two"}),
        ("node.c1.filters:16", {"two"}),
        ("device:gpu", {"two"}),
        ("date:2026-05", {"one"}),
        ("C:folder", set()),
        ("trial:4", {"two"}),
        ("-lenet5", {"two", "three"}),
        ("-", {"one", "two"}),
    ],
)
def test_a_query_finds(query, names):
    assert found(query) == names


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=40))
def test_no_query_fails(query):
    found(query)
