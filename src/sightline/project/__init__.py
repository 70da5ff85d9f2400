"""Django's settings, addresses and entry point for one site."""

__all__: list[str] = []
