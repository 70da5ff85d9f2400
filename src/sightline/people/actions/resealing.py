"""Seal every text and second-factor secret in the decisions database anew, while pages go on."""

from collections.abc import Iterator
from typing import Any

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.db import connection, transaction
from django.db.models import Model

from sightline.people.fields import SealedText, open_secret, seal_secret, secret_is_current

__all__ = ["reseal_texts"]

ROWS_AT_ONCE = 200
SECRETS = ("secret", "seed")  # of an authenticator app; of recovery codes


def reseal_texts(rows_at_once: int = ROWS_AT_ONCE) -> int:
    """Seal with the current secret whatever an earlier one sealed; returns how many values.

    Small transactions, so that nobody waits. A text changed meanwhile is left as it is: whoever
    wrote it sealed it with the current secret. Killed half-way, the next call does the rest.
    """
    done = sum(_reseal_column(model, one, rows_at_once) for model, one in _columns())
    return done + _reseal_secrets()


def _columns() -> Iterator[tuple[type[Model], SealedText]]:
    for model in apps.get_models():
        for field in model._meta.local_fields:
            if isinstance(field, SealedText):
                yield model, field


def _reseal_column(model: type[Model], field: SealedText, rows_at_once: int) -> int:
    quoted = connection.ops.quote_name
    table, column = quoted(model._meta.db_table), quoted(field.column)
    key = quoted(model._meta.pk.column)
    ciphers, bound = field.ciphers(), field.bound()
    done, last = 0, 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {key}, {column} FROM {table} WHERE {key} > %s AND length({column}) > 0 "
                f"ORDER BY {key} LIMIT {rows_at_once}",
                [last],
            )
            rows = [(pk, bytes(sealed)) for pk, sealed in cursor.fetchall()]
            for pk, sealed in rows:
                if not ciphers.is_current(sealed, bound):
                    new = ciphers.seal(ciphers.open(sealed, bound), bound)
                    done += _replace(cursor, (table, column, key), pk, (sealed, new))
        if not rows:
            return done
        last = rows[-1][0]


def _replace(cursor: Any, names: tuple[str, str, str], pk: int, texts: tuple[bytes, bytes]) -> int:
    table, column, key = names
    old, new = (connection.Database.Binary(text) for text in texts)
    cursor.execute(
        f"UPDATE {table} SET {column} = %s WHERE {key} = %s AND {column} = %s", [new, pk, old]
    )
    return int(cursor.rowcount)


def _reseal_secrets() -> int:
    """All of them: there are few, and each holds one line."""
    done = 0
    for pk in Authenticator.objects.values_list("pk", flat=True):
        with transaction.atomic():
            one = Authenticator.objects.select_for_update().filter(pk=pk).first()
            if one is None:
                continue
            held = [name for name in SECRETS if name in one.data]
            held = [name for name in held if not secret_is_current(one.data[name])]
            one.data |= {name: seal_secret(open_secret(one.data[name])) for name in held}
            one.save(update_fields=["data"])
            done += len(held)
    return done
