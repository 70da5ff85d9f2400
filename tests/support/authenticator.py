"""An authenticator app, as RFC 6238 has it: six digits from a shared secret and the time."""

import base64
import hmac
import struct
import time

__all__ = ["Authenticator"]

STEP = 30  # seconds for which a code holds
IN_HAND = 8  # seconds a journey needs to type it and have it checked


class Authenticator:
    """The app on somebody's phone, after the key on the page was typed into it."""

    def __init__(self, secret: str) -> None:
        self._key = base64.b32decode(secret + "=" * (-len(secret) % 8))

    def code(self, *, other_than: str = "") -> str:
        """The code of now, with some seconds left; a later one if `other_than` is that code."""
        while STEP - time.time() % STEP < IN_HAND or self._code() == other_than:
            time.sleep(0.2)
        return self._code()

    def wrong_code(self) -> str:
        """Six digits that the app does not show, now or a moment before or after."""
        near = {self._code(offset) for offset in (-1, 0, 1)}
        return next(code for code in ("000000", "111111", "222222", "333333") if code not in near)

    def _code(self, offset: int = 0) -> str:
        counter = struct.pack(">Q", int(time.time()) // STEP + offset)
        digest = hmac.digest(self._key, counter, "sha1")
        at = digest[-1] & 15
        number = struct.unpack(">I", digest[at : at + 4])[0] & 0x7FFF_FFFF
        return f"{number % 1_000_000:06d}"
