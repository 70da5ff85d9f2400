"""What stands on each person's first page, as plain values that the templates print.

In: sheets, queries and the viewer. Out: frozen dataclasses. Called by the views of the homes.
"""

__all__: list[str] = []
