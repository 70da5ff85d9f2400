"""The record of every look and every change: append-only, and each row holds the one before.

In: references and reasons, in the transaction they speak of. Out: the rows, and whether the chain
still holds. Any room that shows or changes something about people may call it; it knows none.
"""

__all__: list[str] = []
