"""Colours by token. On a screen a mark has the token's class; on paper the colour itself.

Paper's engine ignores a page's styles inside a drawing, and screens must follow dark mode and
forced colours, so the same drawing is painted in one of two ways.
"""

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["DARK", "LIGHT", "PAPER", "SCREEN", "Palette"]

LIGHT: Mapping[str, str] = {
    "page": "#f3f5f6",
    "surface": "#ffffff",
    "sunk": "#f7f9fa",
    "ink": "#17242f",
    "ink2": "#4a5a66",
    "line": "#d9e0e4",
    "line2": "#8695a0",
    "accent": "#0a5c67",
    "accent-ink": "#ffffff",
    "accent-tint": "#e4f1f2",
    "lens": "#5a3577",
    "lens-tint": "#f5f0f9",
    "lens-soft": "#dfd3ea",
    "att": "#1f5c9e",
    "att-soft": "#d5e3f2",
    "beh": "#a3431c",
    "pos": "#2f6f3e",
    "ach": "#6b3fa0",
    "note": "#4a5a66",
    "sup": "#0a5c67",
    "alert": "#8f2130",
    "alert-tint": "#fbf0f1",
    "hol": "#e6ebee",
    "week": "#e3e9ec",
}
DARK: Mapping[str, str] = {
    "page": "#12181d",
    "surface": "#1a2229",
    "sunk": "#161d23",
    "ink": "#e8eef2",
    "ink2": "#aebcc6",
    "line": "#2f3b44",
    "line2": "#71828e",
    "accent": "#6fd0d8",
    "accent-ink": "#07252a",
    "accent-tint": "#143037",
    "lens": "#d3b5ee",
    "lens-tint": "#271d31",
    "lens-soft": "#44355a",
    "att": "#8dbdf0",
    "att-soft": "#24384d",
    "beh": "#f2a27d",
    "pos": "#8fd19e",
    "ach": "#c3a6ee",
    "note": "#aebcc6",
    "sup": "#6fd0d8",
    "alert": "#f5a3ab",
    "alert-tint": "#331d21",
    "hol": "#222c34",
    "week": "#27323a",
}


@dataclass(frozen=True)
class Palette:
    """How a token becomes attributes: classes of app.css, or literal `colours`."""

    colours: Mapping[str, str] | None = None

    def paint(self, *, fill: str = "", stroke: str = "") -> dict[str, str]:
        """Attributes that fill and stroke with tokens; without a fill, nothing is filled."""
        if self.colours is None:
            names = [f"f-{fill}"] * bool(fill) + [f"s-{stroke}"] * bool(stroke)
            found = {"class": " ".join(names)} if names else {}
            return found if fill else {**found, "fill": "none"}
        found = {"fill": self.colours[fill] if fill else "none"}
        return {**found, "stroke": self.colours[stroke]} if stroke else found


SCREEN = Palette()
PAPER = Palette(LIGHT)
