"""The adversarial section: what it takes, how it is written, and its place in the file."""

import json

import pytest

from workbench.project import (
    AdversarialSettings,
    History,
    ProjectFileError,
    SetAdversarial,
    SettingsError,
    Snapshot,
    assign,
    is_adversarial,
    loads,
)
from workbench.project.compare import compare_projects
from workbench.project.file import dumps
from workbench.templates import get_template


def dcgan():
    return get_template("dcgan").build({"size": 16, "width": 0.1})


def test_begins_with_the_numbers_of_the_dcgan_paper():
    settings = AdversarialSettings()
    assert settings.generator_rate == settings.discriminator_rate == 0.0002
    assert settings.generator_optimizer_params == settings.discriminator_optimizer_params == {"beta_1": 0.5}
    assert (settings.loss, settings.generator_optimizer) == ("non_saturating", "Adam")


def test_an_optimiser_keeps_only_what_another_one_knows_too():
    settings = assign(AdversarialSettings(), {"generator_optimizer": "SGD", "generator_optimizer.momentum": "0.9"})
    assert settings.generator_optimizer_params == {"momentum": 0.9}
    assert settings.discriminator_optimizer_params == {"beta_1": 0.5}


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"loss": "wasserstein"}, "loss: Expected one of non_saturating, least_squares"),
        ({"discriminator_steps": 0}, "discriminator_steps"),
        ({"ema": 1.0}, "ema"),
        ({"label_flips": 0.6}, "label_flips"),
        ({"clip": 0}, "clip"),
        ({"generator_optimizer.momentum": 0.9}, "generator_optimizer.momentum: Expected one of the parameters"),
        ({"steps": 2}, "Expected one of the settings loss"),
    ],
)
def test_refuses_what_does_not_fit_and_names_it(values, told):
    with pytest.raises(SettingsError, match=told.replace(".", r"\.")):
        assign(AdversarialSettings(), values)


def test_is_a_section_of_a_gans_file_and_no_burden_on_a_classifiers():
    project = dcgan()
    project.apply(SetAdversarial(AdversarialSettings(loss="hinge", ema=0.999)))
    document = json.loads(dumps(project))
    assert document["adversarial"]["loss"] == "hinge"
    assert loads(dumps(project), "x").project.adversarial == project.adversarial
    assert Snapshot.of(project).project().adversarial == project.adversarial
    assert "adversarial" not in json.loads(dumps(get_template("lenet5").build()))


def test_a_file_from_before_reads_with_the_defaults():
    document = json.loads(dumps(dcgan()))
    del document["adversarial"]
    assert loads(json.dumps(document).encode(), "x").project.adversarial == AdversarialSettings()


def test_an_unknown_key_is_refused_with_its_place():
    document = json.loads(dumps(dcgan()))
    document["adversarial"]["critic_steps"] = 5
    with pytest.raises(ProjectFileError, match=r"x: adversarial: .*critic_steps"):
        loads(json.dumps(document).encode(), "x")


def test_changing_it_is_one_undoable_step_and_a_difference_with_a_place():
    project, before = dcgan(), dcgan()
    history = History(project)
    history.do(SetAdversarial(assign(project.adversarial, {"loss": "wgan_gp", "discriminator_steps": 5})))
    places = [change.place for change in compare_projects(before, project).settings]
    assert set(places) == {"adversarial.discriminator_steps", "adversarial.loss"}
    history.undo()
    assert project.adversarial == before.adversarial


def test_a_gan_is_what_has_both_graphs():
    assert is_adversarial(dcgan())
    assert not is_adversarial(get_template("unet").build())
