"""The only code of this room that writes: check, change, record, announce."""

__all__: list[str] = []
