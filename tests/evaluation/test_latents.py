"""Latent points: reproducible bit for bit, normal, truncated as if drawn again, and walked on great circles."""

import hashlib
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from workbench.evaluation.latents import latents, slerp, truncated, walk


def test_a_point_depends_on_seed_and_number_alone():
    many = latents(7, 100, 32)
    assert many.shape == (100, 32)
    assert many.dtype == np.float32
    assert latents(7, 5, 32).tobytes() == many[:5].tobytes()
    assert latents(7, 5, 32, first=40).tobytes() == many[40:45].tobytes()
    assert latents(8, 5, 32).tobytes() != many[:5].tobytes()
    assert latents(-1, 1, 4).shape == (1, 4)


def test_another_process_draws_the_same_bits():
    program = (
        "import hashlib; from workbench.evaluation.latents import latents, truncated, walk\n"
        "z = latents(3, 9, 100); y = truncated(z, 0.7); w = walk(z[:3], 12)[0]\n"
        "print(hashlib.sha256(z.tobytes() + y.tobytes() + w.tobytes()).hexdigest())"
    )
    points = latents(3, 9, 100)
    here = hashlib.sha256(
        points.tobytes() + truncated(points, 0.7).tobytes() + walk(points[:3], 12)[0].tobytes()
    ).hexdigest()
    there = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.strip()
    assert there == here


def test_points_are_standard_normal_and_independent():
    points = latents(0, 2000, 50)
    assert stats.kstest(points.ravel(), "norm").pvalue > 0.001
    assert np.abs(np.cov(points, rowvar=False) - np.eye(50)).max() < 0.12


def test_truncation_has_the_truncated_normal_distribution():
    points = latents(1, 2000, 20)
    for threshold in (0.2, 1.0, 2.5):
        inside = truncated(points, threshold)
        assert np.abs(inside).max() <= threshold
        assert stats.kstest(inside.ravel(), stats.truncnorm(-threshold, threshold).cdf).pvalue > 0.001
        order = np.argsort(points[:, 0], kind="stable")
        assert np.all(np.diff(inside[order, 0]) >= 0)


@given(st.floats(-30, 30, width=32), st.floats(0.01, 30))
def test_truncation_moves_each_value_by_its_place_in_the_distribution(value, threshold):
    (moved,) = truncated(np.array([value], np.float32), threshold)
    outside = stats.norm.sf(threshold)
    expected = stats.norm.isf(outside + stats.norm.sf(abs(value)) * (1 - 2 * outside))
    assert np.isfinite(moved)
    assert abs(moved) <= np.float32(threshold)
    assert abs(moved) == pytest.approx(min(expected, threshold), rel=1e-4, abs=1e-6)
    assert np.sign(moved) == np.sign(value) or abs(moved) < 1e-6


def test_truncation_can_be_off_and_is_never_negative():
    points = latents(1, 3, 4)
    assert truncated(points, 0).tobytes() == points.tobytes()
    assert truncated(points, float("inf")).tobytes() == points.tobytes()
    with pytest.raises(ValueError, match="truncation of 0 or more, got -1"):
        truncated(points, -1)


def test_a_walk_begins_and_ends_exactly_at_its_stops():
    stops = latents(0, 3, 100)
    steps, near = walk(stops, 9)
    assert [steps[0].tobytes(), steps[4].tobytes(), steps[-1].tobytes()] == [stop.tobytes() for stop in stops]
    assert steps[1].tobytes() == slerp(stops[0], stops[1], 0.25).tobytes()
    assert near.tolist() == [0, 0, 1, 1, 1, 1, 2, 2, 2]
    with pytest.raises(ValueError, match="2 frames or more between 2 points or more, got 1, 3"):
        walk(stops, 1)
    with pytest.raises(ValueError, match="got 5, 1"):
        walk(stops[:1], 5)


def test_a_closed_walk_comes_back_without_repeating_its_beginning():
    stops = latents(0, 3, 10)
    steps, near = walk(stops, 6, closed=True)
    assert [steps[place].tobytes() for place in (0, 2, 4)] == [stop.tobytes() for stop in stops]
    assert steps[5].tobytes() == slerp(stops[2], stops[0], 0.5).tobytes()
    assert near.tolist() == [0, 1, 1, 2, 2, 0]


def test_a_walk_is_the_formula_of_a_spherical_interpolation():
    start, end = latents(5, 2, 64).astype(np.float64)
    angle = np.arccos(start @ end / np.linalg.norm(start) / np.linalg.norm(end))
    for share in (0.1, 0.5, 0.77):
        expected = np.sin((1 - share) * angle) / np.sin(angle) * start + np.sin(share * angle) / np.sin(angle) * end
        np.testing.assert_allclose(slerp(start, end, share), expected, rtol=1e-5, atol=1e-6)


def test_a_walk_between_unit_vectors_goes_round_at_an_even_pace():
    start, end = (row / np.linalg.norm(row) for row in latents(2, 2, 10).astype(np.float64))
    steps = walk(np.stack([start, end]), 11)[0].astype(np.float64)
    np.testing.assert_allclose(np.linalg.norm(steps, axis=1), 1, atol=1e-6)
    turns = np.arccos(np.clip(np.sum(steps[1:] * steps[:-1], axis=1), -1, 1))
    np.testing.assert_allclose(turns, turns[0], rtol=1e-3)


def test_same_and_opposite_points_have_a_way():
    point = latents(0, 1, 6)[0]
    np.testing.assert_allclose(slerp(point, point, 0.3), point, rtol=1e-6)
    np.testing.assert_allclose(slerp(point, 3 * point, 0.5), 2 * point, rtol=1e-6)
    across, _ = walk(np.stack([point, -point]), 5)
    assert across[-1].tobytes() == (-point).tobytes()
    np.testing.assert_allclose(np.linalg.norm(across, axis=1), np.linalg.norm(point), rtol=1e-5)
    assert abs(float(across[2] @ point)) < 1e-4
    np.testing.assert_allclose(slerp(np.zeros(3), np.ones(3), 0.5), 0.5)
