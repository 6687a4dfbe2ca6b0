import pytest

from workbench.project import DatasetSettings, SettingsError, TrainingSettings, assign


@pytest.mark.parametrize(
    ("settings", "name", "text", "value"),
    [
        (TrainingSettings(), "epochs", "7", 7),
        (TrainingSettings(), "epochs", 7, 7),
        (TrainingSettings(), "learning_rate", "1e-4", 1e-4),
        (TrainingSettings(), "optimizer", "SGD", "SGD"),
        (TrainingSettings(), "seed", "4294967295", 2**32 - 1),
        (DatasetSettings(), "validation_share", "0.5", 0.5),
        (DatasetSettings(), "spec", "digits", "digits"),
    ],
)
def test_text_of_the_command_line_becomes_a_value(settings, name, text, value):
    changed = assign(settings, {name: text})
    assert getattr(changed, name) == value
    assert type(getattr(changed, name)) is type(value)
    assert type(changed) is type(settings)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("epochs", "0"),
        ("epochs", "many"),
        ("epochs", "1.5"),
        ("epochs", 10**30),
        ("epochs", True),
        ("epochs", None),
        ("batch_size", "-1"),
        ("learning_rate", "0"),
        ("learning_rate", "inf"),
        ("learning_rate", float("inf")),
        ("learning_rate", "nan"),
        ("optimizer", "Magic"),
        ("optimizer", "adam2"),
        ("schedule", ""),
        ("seed", "-1"),
        ("seed", str(2**32)),
    ],
)
def test_a_value_that_is_not_allowed_is_named_with_what_came(name, value):
    with pytest.raises(SettingsError) as caught:
        assign(TrainingSettings(), {name: value})
    assert str(caught.value).startswith(f"{name}: Expected ")
    assert f"Received: {value!r}" in str(caught.value)


def test_a_choice_names_the_choices():
    with pytest.raises(SettingsError, match="Expected one of constant, cosine"):
        assign(TrainingSettings(), {"schedule": "linear"})


def test_an_unknown_setting_names_those_there_are():
    with pytest.raises(SettingsError, match=r"Expected one of the settings epochs, batch_size.*Received: 'epoch'"):
        assign(TrainingSettings(), {"epoch": 3})


def test_the_one_that_is_wrong_is_named_among_several():
    with pytest.raises(SettingsError, match=r"^batch_size: "):
        assign(TrainingSettings(), {"epochs": "3", "batch_size": "x"})


def test_a_parameter_of_the_optimizer_is_read_as_what_it_expects():
    settings = assign(
        TrainingSettings(), {"optimizer": "SGD", "optimizer.momentum": "0.9", "optimizer.nesterov": "true"}
    )
    assert settings.optimizer_params == {"momentum": 0.9, "nesterov": True}
    settings = assign(settings, {"optimizer.momentum": "0.8"})
    assert settings.optimizer_params == {"momentum": 0.8, "nesterov": True}


def test_another_optimizer_keeps_the_parameters_that_it_also_has():
    settings = assign(TrainingSettings(optimizer="SGD"), {"optimizer.nesterov": True, "optimizer.clipnorm": 1.0})
    assert assign(settings, {"optimizer": "Adam"}).optimizer_params == {"clipnorm": 1.0}


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"optimizer.magic": 1}, r"optimizer\.magic: Expected one of the parameters beta_1, .*Received: 'magic'"),
        ({"optimizer.beta_1": "high"}, r"optimizer\.beta_1: Expected a number from 0 to 1\. Received: beta_1='high'"),
        ({"schedule": "step", "schedule.factor": 2}, r"schedule\.factor: Expected a number from 1e-09 to 1"),
        ({"loss": "magic"}, r"loss: Expected one of auto, .*Received: 'magic'"),
        ({"metrics": "accuracy,magic"}, r"metrics: Expected one of accuracy, .*Received: 'magic'"),
        ({"magic.beta": 1}, r"Expected one of the settings .*Received: 'magic\.beta'"),
    ],
)
def test_a_parameter_that_is_not_allowed_is_named(values, message):
    with pytest.raises(SettingsError, match=message):
        assign(TrainingSettings(), values)


def test_metrics_are_listed_by_commas():
    assert assign(TrainingSettings(), {"metrics": "accuracy, auc"}).metrics == ("accuracy", "auc")
