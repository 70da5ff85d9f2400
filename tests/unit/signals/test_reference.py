"""The reference page of the signals has all that a reader is promised."""

from pathlib import Path

import pytest

from sightline.signals import read_library
from sightline.signals.examples import read_examples
from sightline.signals.reference import signals_markdown

LIBRARY = read_library()
PAGE = signals_markdown()


@pytest.mark.parametrize("name", LIBRARY)
def test_every_signal_has_its_section(name: str) -> None:
    signal = LIBRARY[name]
    section = PAGE.split(f"\n## {name}\n")[1].split("\n## ")[0]
    for text in (signal.title, signal.question, signal.why_it_matters, signal.do_first):
        assert text in section
    for parameter in signal.parameters:
        assert f"`{name}.{parameter.name}`" in section
        assert parameter.owner in section
    for reason in signal.cannot_tell:
        assert f"| `{reason}` | " in section
    for example in read_examples(signal)[:2]:
        assert example.then.because in section
    assert f"to be reviewed by {signal.review_by}" in section


def test_no_placeholder_is_left_on_the_page() -> None:
    assert "{" not in PAGE


def test_the_links_lead_to_files(root: Path) -> None:
    folder = root / "docs" / "reference"
    links = [part.split(")")[0] for part in PAGE.split("](")[1:]]
    files = [link for link in links if not link.startswith("#")]
    assert len(files) > len(LIBRARY)
    assert [link for link in files if not (folder / link).resolve().is_file()] == []
