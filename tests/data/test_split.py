"""Holding out: complete, stratified, seeded, and exactly as many as asked for."""

from math import ceil

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.data.keys import sample_ids
from workbench.data.sources import open_source
from workbench.data.split import split_samples


def stratified_split(labels, share, seed, test_share=0.0):
    ids = sample_ids(f"{index:06d}" for index in range(len(labels)))
    return split_samples(ids, labels, ("",) * len(labels), share, test_share, seed)


labels = st.lists(st.integers(0, 4), min_size=1, max_size=60).map(lambda values: np.array(values, np.int64))
shares = st.floats(0.01, 0.99)


def test_360_digits_are_held_out_36_of_most_classes():
    digits = open_source("digits")
    split = stratified_split(digits.labels, 0.2, seed=0)
    assert (len(split.validation), len(split.training)) == (360, 1437)
    held_out = np.bincount(digits.labels[split.validation])
    assert held_out.min() >= 34
    assert held_out.max() <= 37


@given(labels, shares, st.integers(0, 2**32 - 1))
def test_every_image_is_on_one_side(labels, share, seed):
    split = stratified_split(labels, share, seed)
    assert sorted([*split.training, *split.validation]) == list(range(len(labels)))
    assert list(split.training) == sorted(split.training)
    assert list(split.validation) == sorted(split.validation)


@given(labels, shares)
def test_every_class_gives_its_share_and_keeps_an_image(labels, share):
    split = stratified_split(labels, share, seed=1)
    for label in np.unique(labels):
        size, held_out = (labels == label).sum(), (labels[split.validation] == label).sum()
        assert held_out < size
        assert held_out <= ceil(size * share)
        assert held_out >= min(int(size * share), size - 1)


@given(labels, shares)
def test_as_many_as_asked_for_where_classes_are_large_enough(labels, share):
    large = np.repeat(labels, 100)
    assert len(stratified_split(large, share, seed=1).validation) == ceil(len(large) * share)


def test_the_seed_decides():
    digits = open_source("digits").labels
    one, same, other = (stratified_split(digits, 0.2, seed).validation for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, same)
    assert set(one) != set(other)


def test_a_seed_means_the_same_on_every_machine():
    """Pinned: runs can be compared only as long as it holds."""
    split = stratified_split(np.array([0] * 5 + [1] * 5), 0.4, seed=7)
    assert split.validation.tolist() == [3, 4, 5, 6]


@pytest.mark.parametrize("labels", [np.array([], np.int64), np.array([3])])
def test_nothing_to_hold_out(labels):
    assert len(stratified_split(labels, 0.5, seed=0).validation) == 0


@given(labels, shares, st.permutations(range(60)))
def test_where_an_image_stands_decides_nothing(labels, share, shuffled):
    """The same images listed in another order, as another storage does, are divided alike."""
    keys = np.array([f"{index:06d}" for index in range(len(labels))])
    other = np.array([position for position in shuffled if position < len(labels)])
    one = split_samples(sample_ids(keys), labels, ("",) * len(keys), share, 0, 3)
    two = split_samples(sample_ids(keys[other]), labels[other], ("",) * len(keys), share, 0, 3)
    assert sorted(keys[one.validation]) == sorted(keys[other][two.validation])


def test_parts_that_the_dataset_names_are_kept():
    parts = ("train",) * 20 + ("test",) * 5 + ("validation",) * 3
    labels = np.arange(28) % 2
    split = split_samples(sample_ids(map(str, range(28))), labels, parts, 0.5, 0.5, 0)
    assert (list(split.training), list(split.test)) == (list(range(20)), list(range(20, 25)))
    assert list(split.validation) == list(range(25, 28))
    parts = ("train",) * 20 + ("test",) * 8
    split = split_samples(sample_ids(map(str, range(28))), labels, parts, 0.5, 0, 0)
    assert (len(split.training), len(split.validation), len(split.test)) == (10, 10, 8)
    assert split.validation.max() < 20


def test_a_test_share_is_set_apart_first():
    labels = np.repeat([0, 1], 50)
    split = stratified_split(labels, 0.25, 0, test_share=0.2)
    assert (len(split.test), len(split.validation), len(split.training)) == (20, 20, 60)
    assert sorted([*split.test, *split.validation, *split.training]) == list(range(100))
