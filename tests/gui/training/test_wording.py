import pytest

from workbench.protocol import BatchProgress, Device, Ready, Stopped
from workbench.ui.training import wording


@pytest.mark.parametrize(("seconds", "text"), [(0.4, "0:00"), (12, "0:12"), (754, "12:34"), (3723.2, "1:02:03")])
def test_durations(seconds, text):
    assert wording.duration(seconds) == text


def test_progress_without_a_forecast():
    event = BatchProgress(epoch=3, batch=41, batches=1045, epochs=30, metrics={}, images_per_second=1240.4)
    assert wording.progress(event) == "epoch 3/30  batch 41/1,045  1,240 images/s"


@pytest.mark.parametrize(
    ("event", "text"),
    [
        (Stopped(), "Stopped before the training had begun; there is no run."),
        (Stopped(run="/r/a", name="a"), "Stopped within the first epoch. The run a is kept."),
        (
            Stopped(run="/r/a", name="a", epochs=1, best={"val_accuracy": 0.5}, best_epoch=1),
            "Stopped after 1 epoch. Best held-out accuracy 50.0 % (epoch 1). The run a is kept.",
        ),
    ],
)
def test_what_a_stop_leaves(event, text):
    assert wording.stopped(event) == text


GPU = Device("gpu:0", "NVIDIA H200", 141 * 2**30)


@pytest.mark.parametrize(
    ("devices", "choice", "text"),
    [
        ((Device("cpu", "EPYC"),), "auto", "CPU (no GPU: why?)"),
        ((Device("cpu", "EPYC"), GPU), "auto", "GPU 0, NVIDIA H200"),
        ((Device("cpu", "EPYC"), GPU), "cpu", "CPU"),
    ],
)
def test_the_device_in_the_status_bar(devices, choice, text):
    assert wording.device(Ready(versions={}, devices=devices), choice) == text


def test_the_device_in_detail():
    details = wording.device_details(Ready(versions={"tensorflow": "2.21.0"}, devices=(Device("cpu", "EPYC"), GPU)))
    assert details == "cpu: EPYC\ngpu:0: NVIDIA H200, 141 GiB free\nTensorFlow 2.21.0"
