"""Emotions from a table in FER-2013's form, from the command line: trained, and an image gets one of seven names."""

from pathlib import Path

import pytest
from PIL import Image

from tests.data.fer_table import face, write_fer_table
from workbench.data.sources.columns import EMOTIONS


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("emotion")


@pytest.fixture(scope="module")
def trained(workbench, folder):
    project, table = folder / "emotion.workbench", write_fer_table(folder / "fer2013.csv", training=24)
    made = workbench("new", "emotion", "-o", project)
    assert made.code == 0
    assert "fer2013.csv" in made.out
    recipe = ("--epochs", 6, "--set", "batch_size=8", "--set", "learning_rate=0.003")
    return workbench("train", project, "--data", table, *recipe, "--runs", folder / "runs", "--json")


def test_it_trains_on_the_parts_that_the_table_names(trained):
    assert trained.code == 0, trained.err
    assert trained.document["status"] == "finished"
    assert trained.document["best"]["val_accuracy"] > 0.6  # of the public test; a guess gets 0.14


def test_a_photograph_gets_one_of_the_seven_names(workbench, trained, folder):
    paths = []
    for emotion in range(7):
        grey = Image.fromarray(face(emotion, 5000)).resize((200, 200))
        paths.append(folder / f"{EMOTIONS[emotion]}.jpg")
        grey.convert("RGB").save(paths[-1], quality=95)
    done = workbench("predict", trained.document["run"], *paths, "--json")
    assert done.code == 0, done.err
    assert tuple(done.document["class_names"]) == EMOTIONS
    told = [image["class"] for image in done.document["images"]]
    assert sum(map(str.__eq__, told, EMOTIONS)) >= 4
    assert all(sum(image["probabilities"].values()) == pytest.approx(1, abs=1e-4) for image in done.document["images"])
