"""What the pages about one pupil are given: plain values, as far as the viewer may see them."""

__all__: list[str] = []
