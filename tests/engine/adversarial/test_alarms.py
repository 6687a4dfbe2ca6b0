"""When the alarms of adversarial training go off, by numbers as trainings give them."""

import numpy as np

from workbench.engine.adversarial.alarms import Alarms
from workbench.engine.adversarial.samples import mean_distance


def means(generator, discriminator):
    return {"generator_loss": generator, "discriminator_loss": discriminator}


def test_a_discriminator_that_is_never_wrong_is_told_once_and_again_when_it_wins_anew():
    alarms = Alarms("non_saturating")
    assert alarms.window(means(1.0, 1.2), 1, 200) == []
    (alarm,) = alarms.window(means(9.0, 0.01), 1, 400)
    assert (alarm.what, alarm.epoch, alarm.batch) == ("discriminator wins", 1, 400)
    assert alarm.hint
    assert alarms.window(means(9.0, 0.01), 1, 600) == []
    assert alarms.window(means(1.0, 1.0), 2, 200) == []
    assert [alarm.what for alarm in alarms.window(means(9.0, 0.01), 2, 400)] == ["discriminator wins"]


def test_a_critic_may_win():
    assert Alarms("wgan_gp").window(means(3.0, -7.0), 1, 200) == []


def test_losses_that_swing_are_told_and_losses_that_fall_or_shiver_are_not():
    for values, told in (
        ([1.0, 3.0, 0.8, 3.2, 1.0, 2.9, 0.9, 3.1], True),
        ([5.0, 4.0, 3.0, 2.5, 2.2, 2.0, 1.9, 1.8], False),
        ([1.0, 1.1, 1.0, 1.1, 1.0, 1.1, 1.0, 1.1], False),
    ):
        alarms = Alarms("non_saturating")
        found = [alarm.what for value in values for alarm in alarms.window(means(value, 1.0), 1, 1)]
        assert found == (["oscillation"] if told else [])


def test_collapse_is_told_of_images_that_were_different_and_not_of_a_generator_that_begins():
    alarms = Alarms("hinge")
    assert alarms.epoch(0.1, 1, 9) == []
    assert alarms.epoch(0.8, 2, 9) == []
    (alarm,) = alarms.epoch(0.1, 3, 9)
    assert (alarm.what, alarm.message) == (
        "mode collapse",
        "Mode collapse: generated images differ by 10% of what real ones do.",
    )
    late = Alarms("hinge")
    assert [late.epoch(0.1, epoch, 400) != [] for epoch in (1, 2, 3)] == [False, False, True]


def test_what_alarms_remember_survives_a_checkpoint():
    alarms = Alarms("non_saturating")
    alarms.window(means(9.0, 0.01), 1, 200)
    alarms.epoch(0.9, 1, 9)
    other = Alarms("non_saturating")
    other.restore(alarms.state())
    assert other == alarms
    assert other.window(means(9.0, 0.01), 1, 400) == []


def test_the_mean_distance_is_that_of_all_pairs():
    images = np.random.default_rng(0).normal(size=(9, 4, 4, 1)).astype(np.float32)
    flat = images.reshape(9, -1)
    pairs = [np.linalg.norm(flat[a] - flat[b]) for a in range(9) for b in range(a)]
    np.testing.assert_allclose(mean_distance(images), np.mean(pairs), rtol=1e-6)
    assert mean_distance(np.ones((5, 2, 2, 1), np.float32)) == 0
