"""Contrast is computed from the tokens, since no checker can judge text within a drawing."""

import re
from collections.abc import Mapping
from pathlib import Path

import brotli
import pytest

import sightline.web
from sightline.web.charts.palette import DARK, LIGHT

CSS = Path(sightline.web.__file__).parent / "static/sightline/app.css"
TEXT = [
    *[(ink, ground) for ink in ("ink", "ink2", "accent", "lens") for ground in ("surface", "page")],
    *[(mark, "surface") for mark in ("att", "beh", "pos", "ach", "note", "sup", "alert")],
    *[(mark, "sunk") for mark in ("ink", "ink2", "att", "beh", "pos", "ach", "note", "sup")],
    ("accent-ink", "accent"),
    ("accent", "accent-tint"),
    ("ink", "accent-tint"),
    ("ink2", "accent-tint"),
    ("lens", "lens-tint"),
    ("ink", "lens-tint"),
    ("alert", "alert-tint"),
    ("ink", "alert-tint"),
]
SHAPES = [("line2", "surface"), ("lens", "lens-soft"), ("att", "att-soft")]


def tokens_of(css: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z0-9-]+):(#[0-9a-f]{6})", css))


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_drawings_and_pages_share_their_colours() -> None:
    light, dark = CSS.read_text().split("@media screen and (prefers-color-scheme:dark)")[:2]
    assert tokens_of(light) == dict(LIGHT)
    assert tokens_of(dark.split("}}")[0]) == dict(DARK)


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
def test_words_can_be_read_on_their_ground(tokens: Mapping[str, str]) -> None:
    poor = [pair for pair in TEXT if contrast(tokens[pair[0]], tokens[pair[1]]) < 4.5]
    assert poor == []


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
def test_shapes_stand_out_from_their_ground(tokens: Mapping[str, str]) -> None:
    poor = [pair for pair in SHAPES if contrast(tokens[pair[0]], tokens[pair[1]]) < 3]
    assert poor == []


def test_the_page_styles_are_small() -> None:
    """As they are served: WhiteNoise compresses each static file with Brotli once."""
    assert len(brotli.compress(CSS.read_bytes())) < 8_192
