"""Changes of this room's tables, in order."""

__all__: list[str] = []
