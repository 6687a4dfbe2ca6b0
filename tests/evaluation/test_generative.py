"""Distances and directions of generated images against scipy, scikit-learn and counting by hand."""

import numpy as np
import pytest
from scipy.linalg import sqrtm
from sklearn.decomposition import PCA
from sklearn.neighbors import NearestNeighbors

from workbench.evaluation import (
    GenerativeError,
    fidelity,
    frechet_distance,
    moments,
    nearest,
    principal_directions,
)

RANDOM = np.random.default_rng(0)


def drawn(count, size, shift=0.0, scale=1.0):
    mixing = np.random.default_rng(size).normal(size=(size, size))
    return RANDOM.normal(size=(count, size)) @ mixing * scale + shift


@pytest.mark.parametrize("count", [200, 8])
def test_frechet_distance_is_the_formula(count):
    one, other = drawn(count, 12), drawn(count, 12, shift=0.3, scale=1.4)
    first, second = np.cov(one, rowvar=False), np.cov(other, rowvar=False)
    # With the roots of each, as the product of singular covariances has a root that sqrtm cannot find well.
    root = np.real(sqrtm(first + 1e-12 * np.eye(12)))
    shared = np.trace(np.real(sqrtm(root @ second @ root + 1e-12 * np.eye(12))))
    expected = np.sum((one.mean(0) - other.mean(0)) ** 2) + np.trace(first) + np.trace(second) - 2 * shared
    assert frechet_distance(moments(one), moments(other)) == pytest.approx(expected, rel=1e-4)


def test_frechet_distance_of_full_rank_is_the_published_code():
    one, other = drawn(500, 6), drawn(400, 6, shift=1)
    first, second = np.cov(one, rowvar=False), np.cov(other, rowvar=False)
    apart = one.mean(0) - other.mean(0)
    expected = apart @ apart + np.trace(first) + np.trace(second) - 2 * np.trace(np.real(sqrtm(first @ second)))
    assert frechet_distance(moments(one), moments(other)) == pytest.approx(expected, rel=1e-9)


def test_frechet_distance_of_known_normals():
    line = np.array([[-1.0], [1.0]])
    assert frechet_distance(moments(line), moments(line)) == pytest.approx(0, abs=1e-12)
    # One dimension: (m1 - m2)^2 + (s1 - s2)^2, with deviations sqrt(2) and 3 sqrt(2).
    assert frechet_distance(moments(line), moments(3 * line + 5)) == pytest.approx(25 + 8)


def test_density_and_coverage_are_counted_as_in_the_paper():
    real, generated = drawn(300, 4), drawn(170, 4, shift=0.5, scale=0.8)
    for k in (1, 5):
        distances = NearestNeighbors(n_neighbors=k + 1).fit(real).kneighbors(real)[0][:, k]
        density = covered = 0
        for original, radius in zip(real, distances, strict=True):
            inside = np.sum(np.linalg.norm(generated - original, axis=1) < radius)
            density += inside
            covered += inside > 0
        found = fidelity(real, generated, k)
        assert found.density == pytest.approx(density / (k * 170), abs=1e-9)
        assert found.coverage == pytest.approx(covered / 300, abs=1e-9)


def test_coverage_tells_collapse_from_variety():
    real = drawn(400, 5)
    assert fidelity(real, drawn(400, 5)).coverage > 0.9
    assert fidelity(real, np.repeat(real[:1], 400, axis=0)).coverage < 0.1
    assert fidelity(real, real + 1000).coverage == 0


def test_the_nearest_are_found_over_blocks():
    references, queries = drawn(230, 7), drawn(9, 7)
    found = nearest(queries, np.split(references, [10, 11, 120]), 4)
    distances, places = NearestNeighbors(n_neighbors=4, algorithm="brute").fit(references).kneighbors(queries)
    np.testing.assert_array_equal(found.indices, places)
    np.testing.assert_allclose(found.distances, distances, rtol=1e-6)


def test_an_image_is_its_own_nearest_and_the_first_of_equal_ones_counts():
    images = RANDOM.integers(0, 256, (20, 3, 3, 1))
    images[15] = images[4]
    found = nearest(images[[4, 7]], [images[:12], images[12:]], 2)
    assert found.indices[0].tolist() == [4, 15]
    assert found.indices[1, 0] == 7
    np.testing.assert_array_equal(found.distances[:, 0], 0)
    assert nearest(images[:1], [images[:3]], 10).indices.shape == (1, 3)


def test_what_cannot_be_judged_is_told():
    good = drawn(10, 3)
    bad = good.copy()
    bad[2] = np.nan
    with pytest.raises(GenerativeError, match="Features of 1 of 10 images are not finite"):
        moments(bad)
    with pytest.raises(GenerativeError, match=r"at least 2 images. Received: 1"):
        moments(good[:1])
    with pytest.raises(GenerativeError, match=r"at least 6 images. Received: 5"):
        fidelity(good[:5], good)
    with pytest.raises(GenerativeError, match=r"3 features an image. Received: 2"):
        fidelity(good, good[:, :2])
    with pytest.raises(GenerativeError, match=r"Expected as many features .* 3. Received: 2"):
        frechet_distance(moments(good), moments(good[:, :2]))
    with pytest.raises(GenerativeError, match="at least one image to compare"):
        nearest(good, [], 1)


@pytest.mark.parametrize("width", [40, 700])
def test_directions_of_a_linear_layer_are_its_singular_vectors(width):
    weights = np.random.default_rng(3).normal(size=(8, width)) * np.array([9, 5, 3, 1, 1, 0.5, 0.2, 0.1])[:, None]
    points = np.random.default_rng(4).normal(size=(500, 8))
    found = principal_directions(points, points @ weights + 2, 3)
    left = np.linalg.svd(weights)[0]
    alike = np.abs(np.sum(found.vectors * left.T[:3], axis=1))
    assert np.all(alike > 0.98)
    np.testing.assert_allclose(np.linalg.norm(found.vectors, axis=1), 1, rtol=1e-6)
    shares = PCA(3, svd_solver="full").fit(points @ weights).explained_variance_ratio_
    np.testing.assert_allclose(found.shares, shares, rtol=1e-6)


def test_directions_are_no_more_than_the_latent_space_has():
    points = np.random.default_rng(1).normal(size=(200, 3))
    found = principal_directions(points, points @ np.random.default_rng(2).normal(size=(3, 20)), 10)
    assert len(found.vectors) == len(found.shares) == 3
    moved = found.moved(np.zeros(3), np.array([0.0, 2.0]))
    np.testing.assert_allclose(moved, 2 * found.vectors[1], rtol=1e-6)


def test_a_generator_that_does_not_vary_has_no_directions():
    points = np.random.default_rng(1).normal(size=(20, 3))
    with pytest.raises(GenerativeError, match="the same of every point"):
        principal_directions(points, np.ones((20, 5)), 3)
