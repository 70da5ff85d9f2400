"""The rest of governance's rules, as pure functions over plain values; no Django in here."""

__all__: list[str] = []
