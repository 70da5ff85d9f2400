"""The demo's people: staff who can sign in, and the half term of meetings they have had.

Everything goes through the same actions as on a real site, so the record, the supports and the
reviews are what those actions make of made-up decisions.
"""

from sightline.project.demo.seed import SignIn, seed_demo

__all__ = ["SignIn", "seed_demo"]
