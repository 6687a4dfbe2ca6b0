"""Colours can be read, told apart by everyone, and follow the system or the user's choice."""

import json
from itertools import combinations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from workbench import locations
from workbench.layers import Category
from workbench.ui import icons
from workbench.ui.theme import Theme, ThemeChoice

# Machado, Oliveira and Fernandes (2009), severity 1, on linear RGB.
VISIONS = {
    "normal": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.01182, 0.04294, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.3039)),
}
TO_XYZ = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
READ_ON = {
    "text": ("window", "surface", "surface_raised", "surface_hover", "accent_surface", "canvas", "node"),
    "text_muted": ("window", "surface", "canvas", "node"),
    "text_on_accent": ("accent",),
    "error": ("window", "surface", "error_surface"),
    "warning": ("window", "surface", "warning_surface"),
    "ok": ("window", "surface", "ok_surface"),
    "link": ("window", "surface"),
}


def linear(color: QColor) -> tuple[float, ...]:
    channels = (color.redF(), color.greenF(), color.blueF())
    return tuple(c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)


def times(matrix, vector) -> tuple[float, ...]:
    return tuple(sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix)


def lab(rgb: tuple[float, ...]) -> tuple[float, float, float]:
    white = times(TO_XYZ, (1, 1, 1))
    scaled = [value / reference for value, reference in zip(times(TO_XYZ, rgb), white, strict=True)]
    x, y, z = (value ** (1 / 3) if value > 0.008856 else 7.787 * value + 16 / 116 for value in scaled)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def distance(one: QColor, other: QColor, vision: str) -> float:
    seen = [tuple(min(max(c, 0), 1) for c in times(VISIONS[vision], linear(color))) for color in (one, other)]
    return sum((a - b) ** 2 for a, b in zip(lab(seen[0]), lab(seen[1]), strict=True)) ** 0.5


def contrast(one: QColor, other: QColor) -> float:
    bright, dim = sorted((times(TO_XYZ, linear(color))[1] for color in (one, other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


@pytest.fixture(params=[ThemeChoice.LIGHT, ThemeChoice.DARK])
def either(request, theme: Theme) -> Theme:
    theme.choose(request.param)
    return theme


def test_text_can_be_read_where_it_stands(either: Theme):
    for text, grounds in READ_ON.items():
        for ground in grounds:
            assert contrast(either.color(text), either.color(ground)) >= 4.5, (text, ground)


def test_controls_stand_out_from_their_ground(either: Theme):
    for token, ground in (("border_strong", "surface"), ("accent", "window"), ("wire", "canvas"), ("frozen", "node")):
        assert contrast(either.color(token), either.color(ground)) >= 3, (token, ground)


@pytest.mark.parametrize("vision", VISIONS)
def test_categories_are_told_apart(either: Theme, vision: str):
    close = [
        (one, other)
        for one, other in combinations(Category, 2)
        if distance(either.category(one), either.category(other), vision) < 15
    ]
    assert not close


def test_categories_stand_out_on_nodes(either: Theme):
    assert all(contrast(either.category(category), either.color("node")) >= 3 for category in Category)


def test_both_themes_name_the_same_colours():
    light, dark = (
        json.loads((locations.resources() / "themes" / f"{name}.json").read_text()) for name in ("light", "dark")
    )
    assert light["colors"].keys() == dark["colors"].keys()
    assert light["categories"].keys() == dark["categories"].keys() == {category.value for category in Category}


def test_the_system_is_followed_until_a_theme_is_chosen(qapp, theme: Theme, monkeypatch):
    def system_turns(dark: bool) -> None:
        monkeypatch.setattr("workbench.ui.theme.system_is_dark", lambda: dark)
        qapp.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Dark if dark else Qt.ColorScheme.Light)

    theme.choose(ThemeChoice.SYSTEM)
    seen = []
    for dark in (True, False):
        system_turns(dark)
        seen.append(theme.name)
    theme.choose(ThemeChoice.DARK)
    system_turns(False)
    assert [*seen, theme.name] == ["dark", "light", "dark"]


def test_changing_the_theme_tells_once(qtbot, theme: Theme):
    heard = []
    theme.changed.connect(lambda: heard.append(theme.name))
    theme.choose(ThemeChoice.LIGHT)
    theme.choose(ThemeChoice.DARK)
    theme.choose(ThemeChoice.DARK)
    assert heard == ["dark"]


@pytest.mark.parametrize("path", sorted((locations.resources() / "icons").glob("*.svg")), ids=lambda path: path.stem)
def test_every_icon_draws_in_the_colour_it_is_given(qapp, path):
    image = icons.pixmap(path.stem, QColor("#ff0000"), 24).toImage()
    seen = {image.pixelColor(x, y).name() for x in range(24) for y in range(24) if image.pixelColor(x, y).alpha() > 250}
    assert seen
    assert path.stem == "application" or all(color.endswith("0000") for color in seen)


def test_every_category_has_a_symbol(qapp):
    for category in Category:
        assert icons.renderer(icons.category_icon(category), QColor("black")).isValid()
