"""Views: 5-25 lines each; they ask queries, call one action, and render."""

__all__: list[str] = []
