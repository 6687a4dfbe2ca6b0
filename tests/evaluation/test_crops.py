import numpy as np
import pytest

from workbench.evaluation.crops import enlarged, seen, views


def test_an_image_is_enlarged_as_256_is_to_224():
    assert (enlarged(224), enlarged(28), enlarged(32), enlarged(227)) == (256, 32, 37, 259)
    assert enlarged(1) == 2


def test_ten_crops_of_a_labelled_grid():
    image = np.arange(5 * 6).reshape(1, 5, 6, 1)
    shown = [seen(image, view)[0, ..., 0] for view in views(5, 6, 3, 4, 10)]
    pixels = image[0, ..., 0]
    upright = [pixels[:3, :4], pixels[:3, 2:], pixels[2:, :4], pixels[2:, 2:], pixels[1:4, 1:5]]
    for found, expected in zip(shown, [*upright, *(crop[:, ::-1] for crop in upright)], strict=True):
        np.testing.assert_array_equal(found, expected)


def test_fewer_crops_are_the_first_of_them():
    assert views(8, 8, 4, 4, 5) == views(8, 8, 4, 4, 10)[:5]
    assert views(8, 8, 4, 4, 1) == (views(8, 8, 4, 4, 5)[4],)


@pytest.mark.parametrize(("sizes", "words"), [((8, 8, 4, 4, 7), "1, 5 or 10"), ((8, 8, 9, 4, 5), "at least 9x4")])
def test_what_cannot_be_cut(sizes, words):
    with pytest.raises(ValueError, match=words):
        views(*sizes)
