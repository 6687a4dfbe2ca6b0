from itertools import pairwise

import pytest

from workbench.protocol import BatchProgress, EpochEnd
from workbench.ui.training.chart import ceiling
from workbench.ui.training.history import KEPT, TrainingHistory


def batch(epoch, number, value, batches=10):
    return BatchProgress(
        epoch=epoch, batch=number, batches=batches, epochs=3, metrics={"loss": value}, images_per_second=1.0
    )


def test_batches_lie_between_their_epochs():
    history = TrainingHistory(3)
    for epoch, number in ((1, 1), (1, 10), (2, 5)):
        history.add_batch(batch(epoch, number, 0.5))
    assert history.batch["loss"].x == [0.1, 1.0, 1.5]


def test_training_and_held_out_are_curves_of_one_metric():
    history = TrainingHistory(3)
    metrics = {"loss": 1.0, "val_loss": 2.0}
    history.add_epoch(
        EpochEnd(epoch=1, epochs=3, metrics=metrics, learning_rate=0.1, seconds=1, seconds_left=1, best=True)
    )
    assert (history.train["loss"].x, history.train["loss"].y) == ([1], [1.0])
    assert (history.held_out["loss"].x, history.held_out["loss"].y) == ([1], [2.0])


def test_a_long_training_keeps_its_shape_in_bounded_memory():
    history = TrainingHistory(3)
    total = 5 * KEPT + 3
    for number in range(1, total + 1):
        history.add_batch(batch(1, number, float(number), total))
    curve = history.batch["loss"]
    assert len(curve.x) <= KEPT
    assert curve.x == sorted(curve.x)
    assert curve.y[-1] == total
    steps = {later - earlier for earlier, later in pairwise(curve.y[:-1])}
    assert steps == {8.0}


@pytest.mark.parametrize(("highest", "end"), [(0, 1), (0.97, 1), (1.0, 1), (2.3, 5), (0.012, 0.02), (61, 100)])
def test_axes_end_at_a_round_number(highest, end):
    assert ceiling(highest) == pytest.approx(end)
