import numpy as np
import pytest

from workbench.data.likeness import Traits, likeness, traits_of
from workbench.data.sources import open_source

PHOTOGRAPHS = Traits(0.0, 0.03, (0.48, 0.45, 0.4), (0.22, 0.22, 0.22), 224)


def test_digits_are_unlike_photographs_and_why():
    found = likeness(traits_of(open_source("digits")))
    assert not found.similar
    assert "grey" in found.reasons[0]
    assert any("plain ground" in reason for reason in found.reasons)


def test_coloured_noise_of_a_photograph_s_brightness_passes(tmp_path):
    """What the numbers cannot tell: noise of the right brightness is as good as a photograph to them."""
    random = np.random.default_rng(0)
    images = np.clip(random.normal((124, 116, 104), 58, (20, 64, 64, 3)), 0, 255).astype(np.uint8)
    np.savez(tmp_path / "images.npz", x_train=images, y_train=np.arange(20) % 2)
    assert likeness(traits_of(open_source(str(tmp_path / "images.npz")))).similar


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"grey_share": 0.9}, "grey"),
        ({"flat_share": 0.6}, "plain ground"),
        ({"side": 28}, "small"),
        ({"mean": (0.95, 0.95, 0.95)}, "brightness"),
    ],
)
def test_each_difference_alone_is_enough(change, word):
    assert likeness(PHOTOGRAPHS).similar
    found = likeness(Traits(**{**{name: getattr(PHOTOGRAPHS, name) for name in Traits.__dataclass_fields__}, **change}))
    assert not found.similar
    assert word in found.reasons[0]
