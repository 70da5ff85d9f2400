"""Unique pupil numbers that can be nobody's: their local authority does not exist."""

from sightline.synthetic.lines import Ints

__all__ = ["upn", "upns"]

ALPHABET = "ABCDEFGHJKLMNPQRTUVWXYZ"


def upn(body: str) -> str:
    """A unique pupil number: its check letter and these twelve characters."""
    total = sum(
        (int(sign) if sign.isdigit() else ALPHABET.index(sign)) * place
        for place, sign in enumerate(body, start=2)
    )
    return ALPHABET[total % 23] + body


def upns(school: int, year_of: Ints, sizes: list[int]) -> list[str]:
    """LA 999 is allocated to nobody; establishment from the school's number; year of Reception."""
    places = [place for size in sizes for place in range(size)]
    return [
        upn(
            f"999{(1000 + school) % 10000:04d}"
            f"{(25 - group + 14 * (place // 1000)) % 100:02d}{place % 1000:03d}"
        )
        for group, place in zip(year_of.tolist(), places, strict=True)
    ]
