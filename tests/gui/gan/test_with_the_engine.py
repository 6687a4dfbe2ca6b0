"""The panel with a trained generator and the real engine: sampled, moved, walked, compared, measured."""

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from tests.engine.generating.tiny import LATENT, tiny_gan
from tests.gui.gan.test_watching import texts
from workbench.evaluation.latents import latents, slerp, truncated
from workbench.ui.notices import Level


def test_a_person_samples_moves_walks_and_compares(gan, tmp_path, monkeypatch):
    walk_at_once(gan)
    choose_samples(gan)
    move_along_directions(gan)
    walk_between_picked_samples(gan, tmp_path, monkeypatch)
    find_the_nearest(gan)
    slide(gan)
    save_samples(gan, tmp_path, monkeypatch)
    explore_a_tile(gan)


def test_a_person_measures_cancels_and_loses_the_engine(gan, person):
    distances = measure(gan)
    second = person()
    second.wait(lambda: second.panel.history is not None)
    assert [point["frechet"] for point in second.panel.quality._points] == pytest.approx(distances)
    cancel_a_measurement(gan)
    kill_the_engine(gan)


def test_sampling_waits_for_a_training_and_comes_after_it(gan):
    gan.tab("Samples")
    gan.window.session.start(tiny_gan(epochs=1))
    gan.wait(lambda: gan.window.training.can_train)
    gan.window.training.train()
    gan.wait(lambda: gan.window.training.session.job is not None)
    gan.panel._touched = True
    gan.click(gan.panel.samples.controls.sample)
    assert gan.panel.status.text() == "Waits for the training to end"
    gan.wait(lambda: gan.panel.samples.made is not None)
    assert gan.window.training.session.job is None


# -- what a person does, step by step
def sample_anew(gan):
    """All fields as they were at first."""
    controls = gan.panel.samples.controls
    for spin, value in ((controls.count, 64), (controls.seed, 0), (controls.truncation, 0)):
        spin.setValue(value)
    for combo in (controls.label, controls.epoch):
        combo.setCurrentIndex(0)
    gan.sample()


def save_samples(gan, tmp_path, monkeypatch):
    p = gan.panel.samples
    gan.pick(p.grid, 5)
    for entry, name in (("Samples as PNG", "samples.png"), ("Selected", "one.png"), (".npz", "arrays.npz")):
        path = tmp_path / name
        gan.save(p.save, entry, path, monkeypatch)
        gan.wait(lambda path=path: path.exists() and not gan.panel.saver.work.runs)
    assert Image.open(tmp_path / "samples.png").size == (8 * 10 + 2, 8 * 10 + 2)
    np.testing.assert_array_equal(np.asarray(Image.open(tmp_path / "one.png")), p.made.images[5, ..., 0])
    with np.load(tmp_path / "arrays.npz") as arrays:
        assert arrays["latents"].tobytes() == p.made.latents.tobytes()


def choose_samples(gan):
    p, controls = gan.panel.samples, gan.panel.samples.controls
    gan.tab("Samples")
    assert p.empty.isVisible()
    gan.click(p.empty.findChild(QPushButton))
    gan.wait(lambda: p.made is not None)
    made = p.made
    assert p.grid.isVisible()
    np.testing.assert_array_equal(made.latents, latents(0, 64, LATENT))
    assert made.labels.tolist() == [number % 10 for number in range(64)]

    gan.write(controls.count, "10")
    gan.wait(lambda: len(p.made) == 10 and not gan.panel.questions.busy)
    gan.write(controls.seed, "5")
    gan.wait(lambda: p.made.latents.tobytes() == latents(5, 10, LATENT).tobytes())
    again = p.made.images.tobytes()
    gan.click(controls.fresh)
    gan.wait(lambda: controls.seed.value() != 5 and p.made.images.tobytes() != again)
    gan.write(controls.seed, "5")
    gan.wait(lambda: p.made.images.tobytes() == again)

    gan.write(controls.truncation, "0.5")
    gan.wait(lambda: p.made.latents.tobytes() == truncated(latents(5, 10, LATENT), 0.5).tobytes())
    gan.choose(controls.label, "7")
    assert gan.sample().labels.tolist() == [7] * 10
    trained = p.made.images.tobytes()
    gan.choose(controls.epoch, "untrained")
    assert gan.sample().images.tobytes() != trained


def move_along_directions(gan):
    p, explorer = gan.panel.samples, gan.panel.samples.explorer
    gan.tab("Samples")
    sample_anew(gan)
    made = p.made
    gan.pick(p.grid, 12)
    assert explorer.title.text() == "Sample 12 of seed 0, class 2"
    np.testing.assert_array_equal(explorer.point.image, made.images[12])
    gan.wait(lambda: len(explorer.sliders) == LATENT)
    gan.drag(explorer.sliders[0], 1.0)
    gan.wait(lambda: explorer.title.text().endswith("moved") and not gan.panel.questions.busy)
    gan.wait(lambda: np.allclose(explorer.point.latent, made.latents[12] + 3 * explorer._vectors[0], atol=1e-5))
    assert explorer._values[0].text() == "+3.0"
    assert not np.array_equal(explorer.point.image, made.images[12])
    moved = explorer.point.image.tobytes()

    QTest.keyClick(explorer.sliders[1], Qt.Key.Key_PageUp)
    gan.wait(lambda: explorer.point.image.tobytes() != moved)
    gan.click(explorer.reset)
    assert explorer.amounts() == [0.0] * LATENT
    np.testing.assert_array_equal(explorer.point.image, made.images[12])
    assert not explorer.reset.isEnabled()
    QTest.keyClick(p.grid, Qt.Key.Key_Right)
    assert explorer.title.text() == "Sample 13 of seed 0, class 3"


def walk_between_picked_samples(gan, tmp_path, monkeypatch):
    p, walk = gan.panel.samples, gan.panel.walk
    gan.tab("Samples")
    made = gan.sample()
    for number, button in ((4, p.explorer.start), (9, p.explorer.end)):
        gan.pick(p.grid, number)
        gan.click(button)
    assert p.grid._marks == {4: "A", 9: "B"}
    gan.tab("Walk")
    assert [title.text() for title in walk.titles] == [
        "Start: sample 4 of seed 0, class 4",
        "End: sample 9 of seed 0, class 9",
    ]
    gan.write(walk.frames, "21")
    gan.click(walk.walk)
    gan.wait(lambda: walk.made is not None)
    np.testing.assert_array_equal(walk.made.latents, slerp(made.latents[4], made.latents[9], np.arange(21) / 20))
    np.testing.assert_array_equal(walk.made.images[[0, -1]], made.images[[4, 9]])
    frames = walk.made.images.tobytes()

    gan.wait(lambda: walk.scrubber.value() > 2)  # it plays
    gan.drag(walk.scrubber, 1.0)
    assert not walk.play.isChecked()
    assert walk.place.text() == "frame 21 of 21"
    gan.click(walk.swap)
    assert not walk.scrubber.isEnabled()
    gan.click(walk.swap)
    gan.click(walk.walk)
    gan.wait(lambda: walk.made is not None)
    assert walk.made.images.tobytes() == frames

    path = tmp_path / "walk.gif"
    gan.save(walk.save, "GIF", path, monkeypatch)
    gan.wait(path.exists)
    with Image.open(path) as film:
        film.seek(20)
        frame = np.asarray(film.convert("L"))
    times = frame.shape[0] // 8
    np.testing.assert_array_equal(frame[::times, ::times], made.images[9, ..., 0])
    gan.click(walk.closed)
    gan.click(walk.walk)
    gan.wait(lambda: walk.made.images.tobytes() != frames)
    assert np.array_equal(walk.made.images[0], made.images[4])


def walk_at_once(gan):
    walk = gan.panel.walk
    gan.tab("Walk")
    gan.click(walk.walk)
    gan.wait(lambda: walk.made is not None)
    assert len(walk.made) == 60
    np.testing.assert_array_equal(walk.made.latents[[0, -1]], latents(0, 2, LATENT))


def find_the_nearest(gan):
    p, nearest = gan.panel.samples, gan.panel.samples.nearest
    gan.tab("Samples")
    gan.pick(p.grid, 3)
    gan.click(nearest.search)
    gan.wait(lambda: nearest.thumbnails.model().rowCount() == 8)
    assert "1,257" in nearest.status.text()
    by_pixels = [item.index for item in nearest.thumbnails.images.items]
    distances = [float(item.caption) for item in nearest.thumbnails.images.items]
    assert distances == sorted(distances)
    loader = nearest.thumbnails.images.loader
    gan.wait(lambda: loader.image(by_pixels[0]) is not None)
    assert nearest.by.count() == 2
    nearest.by.setCurrentIndex(1)
    assert nearest.thumbnails.model().rowCount() == 0
    gan.click(nearest.search)
    gan.wait(lambda: nearest.thumbnails.model().rowCount() == 8)
    assert [item.index for item in nearest.thumbnails.images.items] != by_pixels
    gan.pick(p.grid, 4)
    assert nearest.thumbnails.model().rowCount() == 0


def measure(gan):
    quality = gan.panel.quality
    gan.tab("Quality")
    assert quality.empty.isVisible()
    seen = []
    gan.panel.questions.changed.connect(lambda: seen.append(gan.panel.status.text()))
    gan.write(quality.count, "300")
    gan.wait(lambda: quality._points and not gan.panel.questions.busy)
    assert [point["epoch"] for point in quality._points] == [0, 1, 2]
    assert any("of 1,200, 0:0" in text and text.endswith(" left") for text in seen)
    distances = [point["frechet"] for point in quality._points]
    assert quality.frechet.legend == (("", f"{distances[2]:.3f}" if distances[2] < 100 else f"{distances[2]:,.1f}"),)
    assert "300 images each, validation part" in quality.notes.text()
    assert [name for name, _ in quality.shares.rows] == list("0123456789")
    plot = quality.frechet._plot()
    gan.click(quality.frechet, plot.topLeft().toPoint())
    assert quality.shares._title == "Taken for, epoch 0"
    return distances


def cancel_a_measurement(gan):
    quality, panel = gan.panel.quality, gan.panel
    cancelled = []
    panel.questions.failed.connect(lambda *told: cancelled.append(told))
    gan.write(quality.count, "50000")
    assert panel.bar.isVisible()
    gan.click(panel.cancel)
    gan.wait(lambda: not panel.questions.busy)
    assert cancelled == [("quality", "")]
    assert not panel.cancel.isVisible()
    assert gan.window.training.session.job is None
    assert quality.empty.isVisible()


def explore_a_tile(gan):
    panel = gan.panel
    gan.wait(lambda: panel.epochs.grid.image is not None)
    gan.pick(panel.epochs.grid, 13)
    QTest.keyClick(panel.epochs.grid, Qt.Key.Key_Return)
    assert panel.tabs.currentWidget() is panel.samples
    gan.wait(lambda: panel.samples.explorer.title.text().startswith("Sample 13") and not panel.questions.busy)
    tile = panel.epochs.grid.image.copy(3 * 8, 1 * 8, 8, 8)
    grey = np.array([[tile.pixelColor(x, y).red() for x in range(8)] for y in range(8)])
    np.testing.assert_array_equal(panel.samples.explorer.point.image[..., 0], grey)


def kill_the_engine(gan):
    quality, panel = gan.panel.quality, gan.panel
    gan.tab("Quality")
    gan.write(quality.count, "50000")
    gan.wait(lambda: gan.window.training.session.job is not None)
    gan.window.training.session._thread.kill()
    gan.wait(lambda: not panel.questions.busy)
    assert any("ask again" in text for text in texts(gan.window, Level.WARNING))
    gan.tab("Samples")
    assert len(gan.sample()) == 64


def slide(gan):
    """What follows a slider is told neither by the console nor as the engine's last word."""
    p, explorer, training = gan.panel.samples, gan.panel.samples.explorer, gan.window.training
    gan.pick(p.grid, 0)
    gan.wait(lambda: explorer.sliders and not gan.panel.questions.busy)
    lines, outcome = training.console.text.toPlainText(), training.session.outcome
    for value in range(1, 10):
        explorer.sliders[0].setValue(value)
        gan.qtbot.wait(20)
    gan.wait(lambda: not gan.panel.questions.busy)
    assert training.console.text.toPlainText() == lines
    assert training.session.outcome == outcome
