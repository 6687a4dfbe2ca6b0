"""Groups are never divided."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.data.keys import sample_ids
from workbench.data.split import Split, split_samples, told


def split(labels, groups, validation=0.25, test=0.0, seed=0, parts=None):
    labels = np.asarray(labels, np.int64)
    ids = sample_ids(map(str, range(len(labels))))
    return split_samples(ids, labels, parts or ("",) * len(labels), validation, test, seed, tuple(groups))


samples = st.lists(st.tuples(st.integers(0, 3), st.sampled_from(["", *"abcdefgh"])), min_size=1, max_size=60)


@given(samples, st.floats(0.05, 0.9), st.floats(0, 0.5), st.integers(0, 99))
def test_a_group_is_on_one_side_and_every_image_somewhere(samples, validation, test, seed):
    labels, groups = zip(*samples, strict=True)
    done = split(labels, groups, validation, test, seed)
    side = np.full(len(labels), -1)
    for number, part in enumerate((done.training, done.validation, done.test)):
        assert (side[part] == -1).all()
        side[part] = number
    assert (side >= 0).all()
    for group in set(groups) - {""}:
        assert len(set(side[[index for index, name in enumerate(groups) if name == group]])) == 1
    assert set(np.array(labels)[done.training]) == set(labels)


def test_shares_are_kept_as_groups_allow():
    rng = np.random.default_rng(0)
    sizes = rng.integers(2, 9, 200)
    groups = np.repeat([f"patient {number}" for number in range(200)], sizes)
    labels = np.repeat(rng.integers(0, 3, 200), sizes)
    done = split(labels, groups, 0.2, 0.1)
    for part, share in ((done.validation, 0.2 * 0.9), (done.test, 0.1)):
        for label in range(3):
            assert (labels[part] == label).sum() == pytest.approx(share * (labels == label).sum(), abs=5)


def test_the_seed_decides_which_groups():
    groups = [f"g{number // 3}" for number in range(60)]
    sets = [frozenset(split([0, 1, 0] * 20, groups, seed=seed).validation) for seed in (0, 0, 1)]
    assert sets[0] == sets[1] != sets[2]


def test_where_a_sample_stands_decides_nothing():
    rng = np.random.default_rng(3)
    labels, groups = rng.integers(0, 3, 50), np.array([f"g{number}" for number in rng.integers(0, 12, 50)])
    keys = np.array([str(number) for number in range(50)])
    other = rng.permutation(50)

    def held(order):
        done = split_samples(
            sample_ids(keys[order]), labels[order], ("",) * 50, 0.3, 0, 1, tuple(groups[order].tolist())
        )
        return sorted(keys[order][done.validation])

    assert held(np.arange(50)) == held(other)


def test_one_group_stays_in_training_and_that_is_told():
    done = split([0, 1] * 5, ["p"] * 10)
    assert (len(done.training), len(done.validation)) == (10, 0)
    assert told(done, np.array([0, 1] * 5), ("a", "b")) == (
        "No images are held out for validation: overfitting will not be seen",
    )


def test_given_parts_are_kept_even_if_they_divide_a_group():
    done = split([0, 0, 1, 1], ["p"] * 4, parts=("train", "test", "train", "validation"))
    assert (done.training.tolist(), done.validation.tolist(), done.test.tolist()) == ([0, 2], [3], [1])


def test_degenerate_divisions_are_told():
    labels = np.array([0, 0, 0, 1, 2])
    one = split(labels, [""] * 5, 0.3)
    assert told(one, labels, ("a", "b", "c")) == ("Classes without an image in validation: b, c",)
    parts = ("train", "train", "validation", "train", "validation")
    assert told(split(labels, [""] * 5, parts=parts), labels, ("a", "b", "c")) == (
        "Classes in validation that have no image to train on: c",
        "Classes without an image in validation: b",
    )
    only_test = split(labels, [""] * 5, parts=("test",) * 5)
    assert told(only_test, labels, ("a", "b", "c"))[0].startswith("There are no images to train on")


def test_samples_can_be_left_out():
    whole = Split(np.arange(4), np.array([4, 5]), np.array([6]))
    without = whole.without(np.array([1, 5, 6, 9]))
    assert (without.training.tolist(), without.validation.tolist(), without.test.tolist()) == ([0, 2, 3], [4], [])
