"""What the pages of the four instruments need: rows and sentences ready for a template."""

__all__: list[str] = []
