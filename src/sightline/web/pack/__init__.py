"""The meeting pack: the week's list on paper, as a page to print and as a tagged PDF."""

__all__: list[str] = []
