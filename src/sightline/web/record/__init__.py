"""What the pages of the record are made of: searches, tables for files, cards of thresholds."""

__all__: list[str] = []
