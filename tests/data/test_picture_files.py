"""Pictures and films, read back by programs that did not write them."""

import threading

import numpy as np
import pytest
from PIL import Image

from workbench.data.mosaic import columns_for, enlarged, mosaic
from workbench.data.opencv import cv2
from workbench.data.picture_files import CannotWrite, write_film, write_png
from workbench.data.progress import Cancelled


def frames(count=6, height=24, width=32, channels=3):
    """A bright bar that moves to the right over a ramp."""
    made = np.zeros((count, height, width, channels), np.uint8)
    made += np.linspace(0, 120, height, dtype=np.uint8)[:, None, None]
    for number in range(count):
        made[number, :, number * 5 : number * 5 + 4] = 250
    return made


def test_a_mosaic_is_in_reading_order():
    pictures = np.arange(5 * 2 * 3, dtype=np.uint8).reshape(5, 2, 3, 1)
    made = mosaic(pictures, columns=2, gap=1)
    assert made.shape == (3 * 3 + 1, 2 * 4 + 1, 1)
    np.testing.assert_array_equal(made[1:3, 1:4], pictures[0])
    np.testing.assert_array_equal(made[1:3, 5:8], pictures[1])
    np.testing.assert_array_equal(made[7:9, 1:4], pictures[4])
    assert np.all(made[7:9, 5:8] == 255)
    assert mosaic(pictures, columns=9, gap=0).shape == (2, 15, 1)
    assert [columns_for(count) for count in (0, 1, 2, 64, 65)] == [1, 1, 2, 8, 9]
    assert enlarged(made, 100).shape == (100, 90, 1)
    assert enlarged(made, 5).shape == made.shape


@pytest.mark.parametrize("channels", [1, 3])
def test_a_png_holds_every_pixel_and_what_it_is_about(tmp_path, channels):
    path, picture = tmp_path / "grid.png", frames(channels=channels)[3]
    write_png(path, picture, '{"seed": 7}')
    with Image.open(path) as image:
        np.testing.assert_array_equal(np.asarray(image), picture[..., 0] if channels == 1 else picture)
        assert image.info["Comment"] == '{"seed": 7}'
    assert [item.name for item in tmp_path.iterdir()] == ["grid.png"]


@pytest.mark.parametrize("channels", [1, 3])
def test_a_gif_shows_every_frame_in_time_and_goes_round(tmp_path, channels):
    path, told = tmp_path / "walk.gif", []
    write_film(path, frames(channels=channels), rate=10, progress=lambda *news: told.append(news))
    with Image.open(path) as film:
        assert (film.info["duration"], film.info["loop"]) == (100, 0)
        for number, frame in enumerate(frames(channels=channels)):
            film.seek(number)
            shown = np.asarray(film.convert("RGB")).astype(int)
            assert np.abs(shown - frame).max() <= (0 if channels == 1 else 6)
    assert told[-1][:2] == (6, 6)


@pytest.mark.parametrize(("height", "width", "channels"), [(24, 32, 3), (25, 33, 1)])
def test_an_mp4_is_played_by_opencv(tmp_path, height, width, channels):
    path = tmp_path / "walk.mp4"
    made = frames(12, height, width, channels)
    write_film(path, made, rate=25)
    film = cv2.VideoCapture(str(path))
    assert film.get(cv2.CAP_PROP_FPS) == 25
    shown = []
    while (read := film.read())[0]:
        shown.append(read[1][..., ::-1])
    film.release()
    assert len(shown) == 12
    assert shown[0].shape[:2] == (height + height % 2, width + width % 2)
    for frame, expected in zip(shown, made, strict=True):
        assert np.abs(frame[:height, :width].astype(int) - expected).mean() < 12


def test_a_film_without_an_encoder_says_so_and_leaves_nothing(tmp_path, monkeypatch):
    class Closed:
        fourcc = staticmethod(lambda *letters: 0)

        def __init__(self, *_):
            pass

        def isOpened(self):
            return False

        def release(self):
            pass

    monkeypatch.setattr(cv2, "VideoWriter", Closed)
    (tmp_path / "walk.mp4").write_bytes(b"an older film")
    with pytest.raises(CannotWrite, match=r"walk.mp4: .* no encoder for mp4v video; save a GIF instead"):
        write_film(tmp_path / "walk.mp4", frames())
    assert (tmp_path / "walk.mp4").read_bytes() == b"an older film"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_cancelled_film_leaves_the_old_one(tmp_path):
    cancel = threading.Event()
    path = tmp_path / "walk.gif"
    path.write_bytes(b"an older film")
    with pytest.raises(Cancelled):
        write_film(path, frames(), progress=lambda *_: cancel.set(), cancel=cancel)
    assert path.read_bytes() == b"an older film"
    assert len(list(tmp_path.iterdir())) == 1


def test_what_cannot_be_written_is_told(tmp_path):
    with pytest.raises(CannotWrite, match=r"nowhere/a.png: there is no such folder"):
        write_png(tmp_path / "nowhere" / "a.png", frames()[0])
    with pytest.raises(CannotWrite, match=r"a.avi: expected a name that ends in .gif or .mp4"):
        write_film(tmp_path / "a.avi", frames())
    with pytest.raises(CannotWrite, match="no frames"):
        write_film(tmp_path / "a.gif", [])
    with pytest.raises(CannotWrite, match=r"0.1 to 100 frames a second. Received: 0"):
        write_film(tmp_path / "a.gif", frames(), rate=0)
    (tmp_path / "taken.png").mkdir()
    with pytest.raises(CannotWrite, match=r"taken.png: cannot be written: Is a directory"):
        write_png(tmp_path / "taken.png", frames()[0])
