"""Near misses are answered with what was meant; usual short forms are understood."""

import pytest

from workbench.__main__ import main
from workbench.project import assign
from workbench.project.training import TrainingSettings


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["trian", "x.workbench"], "did you mean train?"),
        (["new", "lenett5", "-o", "/tmp/never.workbench"], "did you mean lenet5"),
        (["runs", "--serch", "x"], "did you mean --search"),
    ],
)
def test_near_words(words, told, capsys):
    assert main(words) == 2
    assert told in capsys.readouterr().err


def test_near_settings(workbench, lenet):
    assert "did you mean learning_rate?" in workbench("train", lenet, "--set", "learnig_rate=1").err
    assert "did you mean validation_share?" in workbench("train", lenet, "--set", "validation_shar=0.3").err


def test_options_are_not_abbreviated(workbench, lenet):
    assert workbench("train", lenet, "--epoch", "1").code == 2


def test_a_wrong_setting_is_not_hidden_by_its_option(workbench, lenet):
    done = workbench("train", lenet, "--set", "epochs=abc", "--epochs", "1")
    assert (done.code, "abc" in done.err) == (2, True)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({"optimizer": "adam"}, "Adam"),
        ({"optimizer": "RMSPROP"}, "RMSprop"),
        ({"loss": "mse"}, "mean_squared_error"),
        ({"loss": "KLD"}, "kl_divergence"),
        ({"metrics": "acc, AUC"}, ("accuracy", "auc")),
    ],
)
def test_names_as_keras_takes_them(given, kept):
    (name,) = given
    assert getattr(assign(TrainingSettings(), given), name) == kept


def test_help_and_version_by_their_usual_words(capsys):
    assert main(["help", "check"]) == 0
    assert "usage: workbench check" in capsys.readouterr().out
    for words in (["help"], ["-V"]):
        with pytest.raises(SystemExit) as ended:
            main(words)
        assert ended.value.code == 0
