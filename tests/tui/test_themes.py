"""Our own themes can be read: the contrast of each text on each surface that it stands on is at least WCAG AA's."""

from __future__ import annotations

import pytest
from textual.app import App
from textual.color import Color

from tellme.tui import themes

AA = 4.5

TEXTS = ("foreground", "text-muted", "text-disabled", "primary", "secondary", "accent", "success", "warning", "error")
SURFACES = ("background", "surface", "panel")
ROWS = ("block-cursor-background", "block-cursor-blurred-background", "block-hover-background")
"""Backgrounds of rows in lists, which hold texts of these colours."""

PAIRS = [
    *((text, surface) for text in (*TEXTS, "link-color", "footer-foreground") for surface in SURFACES),
    *((text, row) for text in (*TEXTS, "block-cursor-foreground") for row in ROWS if text != "text-disabled"),
    ("block-cursor-blurred-foreground", "block-cursor-blurred-background"),
    ("footer-key-foreground", "footer-background"),
    ("footer-description-foreground", "footer-background"),
    ("input-cursor-foreground", "input-cursor-background"),
    ("input-selection-foreground", "input-selection-background"),
    ("foreground", "screen-selection-background"),
    ("link-color-hover", "link-background-hover"),
    ("button-foreground", "surface"),
]


@pytest.mark.parametrize("theme", themes.OWN, ids=lambda theme: theme.name)
def test_texts_can_be_read(theme: themes.Theme) -> None:
    variables = _variables(theme)
    poor = {
        f"{text} on {surface}": round(contrast, 2)
        for text, surface in PAIRS
        if (contrast := _contrast(variables[text], variables[surface], variables["background"])) < AA
    }
    assert poor == {}


@pytest.mark.parametrize("theme", themes.OWN, ids=lambda theme: theme.name)
def test_what_frames_and_scrolls_can_be_seen(theme: themes.Theme) -> None:
    variables = _variables(theme)
    for what in ("border", "scrollbar-active"):
        assert _contrast(variables[what], variables["background"], variables["background"]) >= 3, what


def test_a_dark_and_a_light_one() -> None:
    assert [theme.dark for theme in themes.OWN] == [True, False]
    assert all(theme.name.startswith("tellme-") for theme in themes.OWN)


def _variables(theme: themes.Theme) -> dict[str, str]:
    app: App[None] = App()
    app.register_theme(theme)
    app.theme = theme.name
    app.get_css_variables()
    return app.theme_variables


def _contrast(text: str, surface: str, below: str) -> float:
    """Compute the contrast ratio of WCAG 2.2; ``auto`` colours are the ones that Textual chooses."""
    background = Color.parse(below) + Color.parse(surface)
    color = background + (_auto(text, background) if text.startswith("auto") else Color.parse(text))
    lighter, darker = sorted((_luminance(color), _luminance(background)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _auto(text: str, background: Color) -> Color:
    return background.get_contrast_text(float(text.split()[1].rstrip("%")) / 100)


def _luminance(color: Color) -> float:
    channels = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in color.normalized]
    return 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2]
