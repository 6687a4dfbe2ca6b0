from workbench.engine.training.pace import Pace


class Clock:
    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


def test_estimates_leave_out_the_first_batch():
    clock = Clock()
    pace = Pace(epochs=2, batches=10, images=320, clock=clock)
    pace.begin_epoch()
    assert pace.seconds_left() is None
    clock.now += 5  # traced
    pace.batch_done()
    assert pace.seconds_left() is None
    assert pace.images_per_second() == 0
    for _ in range(4):
        clock.now += 0.5
        pace.batch_done()
    assert pace.images_per_second() == 64
    assert pace.seconds_left() == 15 * 0.5
    assert pace.epoch_seconds() == pace.seconds() == 7


def test_time_left_counts_validation_and_ends_at_zero():
    clock = Clock()
    pace = Pace(epochs=2, batches=2, images=8, clock=clock)
    for _ in range(2):
        pace.begin_epoch()
        for _ in range(2):
            clock.now += 1
            pace.batch_done()
        clock.now += 3  # validation
    assert pace.seconds_left() == 0
    assert pace.epoch_seconds() == 5
    assert pace.seconds() == 10


def test_the_speed_goes_on_over_epochs_and_pauses():
    clock = Clock()
    pace = Pace(epochs=3, batches=5, images=160, clock=clock)
    speeds = []
    for _ in range(3):
        pace.begin_epoch()
        clock.now += 4  # the pipeline fills
        pace.batch_done()
        for _ in range(4):
            clock.now += 0.5
            pace.batch_done()
            speeds.append(pace.images_per_second())
        clock.now += 3  # a pause
        pace.leave_out(3)
    assert speeds == [64] * 12
