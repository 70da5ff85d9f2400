"""Names for made-up people and places. None is a word that other text could contain."""

from importlib.resources import files

__all__ = ["BOYS", "FAMILIES", "GIRLS", "PLACES", "TITLES"]


def _text(name: str) -> str:
    return files("sightline.synthetic").joinpath("words").joinpath(name).read_text("utf-8")


GIRLS = tuple(_text("girls.txt").split())
BOYS = tuple(_text("boys.txt").split())
FAMILIES = tuple(_text("families.txt").split())
PLACES = tuple(_text("places.txt").splitlines())
TITLES = ("Miss", "Mr", "Mrs", "Ms", "Mr", "Ms", "Dr")
