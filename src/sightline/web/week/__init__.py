"""What the weekly meeting's page shows, put together from the list, the sheets and the names."""

__all__: list[str] = []
