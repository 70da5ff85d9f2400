"""A model field whose text is sealed with the site's key before it reaches the database."""

from base64 import b64decode, b64encode
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import InvalidTag
from django.conf import settings
from django.db import models

from sightline.kit import SightlineError
from sightline.people.keys import Ciphers, Keys

__all__ = ["SealedText", "open_secret", "seal_secret", "secret_is_current"]

SEALED = "sealed:"


class SealedText(models.Field):  # type: ignore[type-arg]
    """Free text, sealed with AES-GCM and bound to its table and column.

    In Python it is `str`; in the database it is bytes that only the site's secret opens. Empty text
    stays empty, so that "nothing was written" needs no key. Raises `missing_key` on reading what
    another secret sealed.
    """

    if TYPE_CHECKING:  # what a model's attribute is

        def __get__(self, instance: Any, owner: Any) -> str: ...
        def __set__(self, instance: Any, value: str) -> None: ...

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", "")
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)

    def get_internal_type(self) -> str:
        return "BinaryField"

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        return connection.Database.Binary(self._seal(str(value)))

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> str:
        data = bytes(value or b"")
        if not data:
            return ""
        try:
            return self.ciphers().open(data, self.bound()).decode()
        except InvalidTag as error:
            what = "a text cannot be opened with this site's secret key"
            raise SightlineError("missing_key", str(self), what) from error

    def to_python(self, value: Any) -> Any:
        return value

    def value_to_string(self, obj: Any) -> str:
        return str(self.value_from_object(obj))

    def bound(self) -> bytes:
        """What a text is bound to: elsewhere it does not open.

        Not to its row: the database gives a row its number only when the sealed text goes in.
        """
        return f"{self.model._meta.db_table}\n{self.column}".encode()

    @staticmethod
    def ciphers() -> Ciphers:
        """What seals and opens texts now."""
        keys: Keys = settings.SITE.keys
        return keys.ciphers("texts")

    def _seal(self, text: str) -> bytes:
        return self.ciphers().seal(text.encode(), self.bound()) if text else b""


def seal_secret(text: str) -> str:
    """A second factor's secret, sealed, as letters that fit in JSON."""
    return SEALED + b64encode(SealedText.ciphers().seal(text.encode(), b"mfa")).decode()


def open_secret(sealed: str) -> str:
    """What `seal_secret` sealed. Raises InvalidTag when another site's key did."""
    if not sealed.startswith(SEALED):
        raise InvalidTag
    return SealedText.ciphers().open(b64decode(sealed.removeprefix(SEALED)), b"mfa").decode()


def secret_is_current(sealed: str) -> bool:
    """Whether the current secret sealed it."""
    data = b64decode(sealed.removeprefix(SEALED))
    return sealed.startswith(SEALED) and SealedText.ciphers().is_current(data, b"mfa")
