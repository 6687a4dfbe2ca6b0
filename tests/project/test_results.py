"""What a training is judged by, in words."""

import pytest

from workbench.project.objectives import METRICS, larger_is_better
from workbench.project.results import headline, metric_name, metric_value, metric_words, result_words
from workbench.sweeps.state import SweepRecord, TrialRecord, ranked


def test_the_monitored_metric_is_the_one_that_is_told():
    best = {"val_accuracy": 0.95, "val_loss": 0.2, "val_mean_iou": 0.459}
    assert headline(best, "val_mean_iou") == ("val_mean_iou", 0.459)
    assert result_words(best, "val_mean_iou") == "Mean IoU 45.9 %"
    assert headline(best) == ("val_accuracy", 0.95)  # a run from before monitors were recorded
    assert headline({"loss": 0.5}, "val_loss") == ("loss", 0.5)
    assert result_words({}, "val_loss") == ""


@pytest.mark.parametrize(
    ("name", "value", "title", "words", "told"),
    [
        ("val_accuracy", 0.9721, "Accuracy", "held-out accuracy", "97.2 %"),
        ("val_mean_iou", 0.459, "Mean IoU", "held-out mean IoU", "45.9 %"),
        ("auc", 0.91, "AUC", "AUC", "0.910"),
        ("val_f1", 0.5, "F1", "held-out F1", "50.0 %"),
        ("val_psnr", 31.25, "PSNR", "held-out PSNR", "31.250 dB"),
        ("val_loss", 0.00312, "Loss", "held-out loss", "0.0031"),
        ("loss", 1234567.0, "Loss", "loss", "1.23e+06"),
        ("digits_accuracy", 0.5, "digits Accuracy", "digits Accuracy", "50.0 %"),
        ("val_cat_iou", 0.25, "cat IoU", "held-out cat IoU", "25.0 %"),
    ],
)
def test_a_number_in_words(name, value, title, words, told):
    assert (metric_name(name), metric_words(name), metric_value(name, value)) == (title, words, told)


@pytest.mark.parametrize("key", [*METRICS, "loss"])
def test_a_sweep_ranks_the_way_that_training_takes_for_better(key):
    name = f"val_{key}"
    trials = tuple(TrialRecord(number=n, values={}, best={name: n / 4}, monitor=name) for n in (1, 2, 3))
    record = SweepRecord(name="s", trials=trials)
    assert record.measured_by() == name
    assert ranked(record)[0].number == (3 if larger_is_better(name) else 1)
