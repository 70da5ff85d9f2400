"""The weekly meeting: the recorded list, the three decisions, supports and their reviews.

A Django app: `actions/` writes, `queries.py` reads for others, `rules.py` is pure. An action says
what happened with an Event row; messages reads it. Facts come from `sheets`.
"""

__all__: list[str] = []
