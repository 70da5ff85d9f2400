"""Answering for it: who may see what, the record of every look, objections, complaints, exports.

`rules` is pure. The rest is a Django app: `actions/` writes, `queries.py` reads for others.
"""

__all__: list[str] = []
