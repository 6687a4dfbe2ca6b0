import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.project import TrainingSettings
from workbench.project.schedules import SCHEDULES, Course, Plateau

RATE, EPOCHS, BATCHES = 0.1, 10, 20


def course(schedule, **params):
    return Course.of(schedule, params, RATE, EPOCHS, BATCHES)


def test_constant_stays():
    assert {course("constant").rate(step) for step in range(200)} == {RATE}


def test_cosine_is_the_formula_of_the_paper():
    for step in range(201):
        assert course("cosine").rate(step) == pytest.approx(RATE * 0.5 * (1 + math.cos(math.pi * step / 200)))
    assert course("cosine", final_share=0.2).rate(200) == pytest.approx(0.02)
    restarts = course("cosine", cycles=2)
    assert restarts.rate(99) < 0.001
    assert restarts.rate(100) == pytest.approx(RATE)


def test_steps_and_exponents_count_epochs():
    step = course("step", every_epochs=3, factor=0.5)
    assert [step.rate(epoch * BATCHES) / RATE for epoch in (0, 2, 3, 6, 9)] == pytest.approx([1, 1, 0.5, 0.25, 0.125])
    exponential = course("exponential", factor=0.8)
    assert exponential.rate(5 * BATCHES) == pytest.approx(RATE * 0.8**5)
    assert exponential.rate(10) == pytest.approx(RATE * 0.8**0.5)
    assert course("exponential", factor=0.8, staircase=True).rate(BATCHES - 1) == RATE


def test_one_cycle_rises_to_the_rate_and_falls_far_below_its_start():
    cycle = course("one_cycle")
    rates = [cycle.rate(step) for step in range(201)]
    assert rates[0] == pytest.approx(0.04 * RATE)
    assert max(rates) == rates[60] == pytest.approx(RATE)
    assert rates[200] < rates[0] / 1000
    assert rates[:61] == sorted(rates[:61])
    assert rates[60:] == sorted(rates[60:], reverse=True)


@pytest.mark.parametrize("name", [name for name in SCHEDULES if name != "one_cycle"])
def test_a_warm_up_is_a_straight_line_and_the_schedule_follows_it(name):
    warm = course(name, warmup_epochs=2, warmup_start=0.1)
    rates = [warm.rate(step) for step in range(40)]
    differences = {round(b - a, 9) for a, b in pairwise(rates)}
    assert len(differences) == 1
    assert rates[-1] == pytest.approx(RATE)
    assert warm.rate(40) == pytest.approx(Course.of(name, {}, RATE, EPOCHS - 2, BATCHES).rate(0))
    assert warm.rate(100) == pytest.approx(Course.of(name, {}, RATE, EPOCHS - 2, BATCHES).rate(60))


@given(st.sampled_from(sorted(SCHEDULES)), st.integers(1, 50), st.integers(1, 50), st.floats(0, 5))
def test_a_rate_is_never_negative_and_never_above_the_height(name, epochs, batches, warm_up):
    params = {"warmup_epochs": warm_up} if "warmup_epochs" in SCHEDULES[name].by_name else {}
    made = Course.of(name, params, RATE, epochs, batches)
    for step in range(0, epochs * batches + 1, max(1, epochs * batches // 30)):
        assert 0 <= made.rate(step) <= RATE * (1 + 1e-9)


def test_the_curve_goes_from_the_first_batch_to_the_last():
    where, rates = course("cosine").curve(50)
    assert (where[0], where[-1]) == (0, 199 / 20)
    assert len(where) == len(rates) == 50
    assert rates[-1] == course("cosine").rate(199)
    assert TrainingSettings(schedule="step", epochs=4).course(5).curve()[1] == [0.001] * 20


def test_a_plateau_cuts_the_rate_after_its_patience_and_says_when():
    plateau = Plateau(SCHEDULES["plateau"].values({"patience": 2, "factor": 0.5, "min_delta": 0.1}))
    assert [plateau.epoch_ended(loss) for loss in (1.0, 0.95, 0.92)] == [False, False, True]
    assert plateau.cut == 0.5
    assert [plateau.epoch_ended(loss) for loss in (0.5, 0.5, 0.5)] == [False, False, True]
    assert plateau.cut == 0.25
    again = Plateau(SCHEDULES["plateau"].values({"patience": 2, "factor": 0.5, "min_delta": 0.1}))
    again.restore(plateau.state())
    assert again.state() == plateau.state()
    assert again.cut == 0.25


def test_the_cooldown_is_waited_for_as_keras_does():
    keras_like = Plateau(SCHEDULES["plateau"].values({"patience": 1, "cooldown": 2}))
    assert [keras_like.epoch_ended(loss) for loss in (1, 1, 1, 1, 1)] == [False, True, False, True, False]


def test_the_rate_does_not_go_below_the_lowest():
    made = Course.of("plateau", {"lowest": 0.01}, RATE, EPOCHS, BATCHES)
    assert made.rate(5, cut=1e-6) == 0.01
