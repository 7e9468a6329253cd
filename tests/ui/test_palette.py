"""The palette, read from the style sheets: every pair that carries words has contrast enough, light, dark and low-vision."""

import re
from pathlib import Path

import pytest
from django.conf import settings

CSS = Path(settings.BASE_DIR, "static", "css")

GROUNDS = ("page", "surface", "sunken", "hover")
WORDS = [
    *((text, ground) for text in ("text", "text-soft", "text-faint") for ground in (*GROUNDS, "accent-soft")),
    *(("accent-text", ground) for ground in (*GROUNDS, "accent-soft")),
    *(("bad-text", ground) for ground in (*GROUNDS, "bad-soft")),
    *((f"{tone}-text", f"{tone}-soft") for tone in ("good", "warn", "info")),
    *((f"hue-{number}-text", f"hue-{number}") for number in range(8)),
    *(("on-accent", ground) for ground in ("accent", "accent-hover")),
    *(("on-bad", ground) for ground in ("bad", "bad-hover")),
    ("surface", "text"),
    ("text", "warn-soft"),
]
SHAPES = [
    *((shape, ground) for shape in ("line-strong", "focus") for ground in ("page", "surface")),
    *((fill, "hover") for fill in ("accent", "good-fill", "warn-fill")),
]


def colours(name: str, selector: str = ":root") -> dict[str, str]:
    block = re.search(re.escape(selector) + r"\s*{(.*?)}", (CSS / name).read_text(), re.S)
    assert block, f"{selector} is not in {name}"
    return dict(re.findall(r"--([a-z0-9-]+):\s*(#[0-9a-f]{6})", block[1]))


LIGHT = colours("tokens.css")
LOW = LIGHT | colours("vision.css", ':root[data-vision="low"]')
PALETTES = {
    "light": LIGHT,
    "dark": LIGHT | colours("dark.css"),
    "low": LOW,
    "low-dark": LOW | colours("dark.css") | colours("vision.css", ':root[data-vision="low"][data-theme="dark"]'),
}


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, two: str) -> float:
    dark, light = sorted((luminance(one), luminance(two)))
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_computed_as_wcag_does() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def faint(palette: str, pairs: list[tuple[str, str]], least: float) -> list[tuple[str, str]]:
    shades = PALETTES[palette]
    return [pair for pair in pairs if contrast(shades[pair[0]], shades[pair[1]]) < least]


@pytest.mark.parametrize("palette", PALETTES)
def test_words_are_legible(palette: str) -> None:
    assert faint(palette, WORDS, 4.5) == []


@pytest.mark.parametrize("palette", PALETTES)
def test_shapes_are_seen(palette: str) -> None:
    assert faint(palette, SHAPES, 3) == []


@pytest.mark.parametrize("palette", ["low", "low-dark"])
def test_the_low_vision_version_has_strong_contrast(palette: str) -> None:
    words = [(text, "surface") for text in ("text", "text-soft", "text-faint", "accent-text")]
    assert faint(palette, words, 7) == []


def test_the_dark_answers_for_every_colour_of_the_light() -> None:
    assert colours("dark.css").keys() == LIGHT.keys()


@pytest.mark.parametrize("sheet", sorted(path.name for path in CSS.glob("*.css")))
def test_only_the_palette_names_colours(sheet: str) -> None:
    if sheet in ("tokens.css", "dark.css", "vision.css", "print.css"):
        return
    named = re.findall(r"#[0-9a-fA-F]{3,8}\b|\brgba?\(|\bhsla?\(", (CSS / sheet).read_text())
    assert [colour for colour in named if colour != "#ffffff"] == []


@pytest.mark.parametrize("sheet", sorted(path.name for path in CSS.glob("*.css")))
def test_every_rule_is_in_a_layer(sheet: str) -> None:
    """A rule outside the layers would win over the print and low-vision versions."""
    text = re.sub(r"/\*.*?\*/", "", (CSS / sheet).read_text(), flags=re.S)
    depth, outside = 0, ""
    for letter in text:
        depth += (letter == "{") - (letter == "}")
        outside += letter if depth == 0 and letter not in "{}" else ""
    starts = [line.strip() for line in re.split(r"[;\n]", outside) if line.strip()]
    assert [start for start in starts if not start.startswith("@layer")] == []
