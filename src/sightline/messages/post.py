"""Hands one letter to the school's mail relay: the same words as text and as HTML."""

import smtplib
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.utils.html import format_html, format_html_join

from sightline.messages.letters import Letter
from sightline.messages.links import host, link

__all__ = ["Later", "Refusal", "hand_over", "mail_is_set_up", "open_relay", "plain_text"]

WHY = "Sightline sends counts and dates only. What it is about is behind your sign-in."


class Refusal(Exception):
    """The relay answered and will never take this letter."""


class Later(Exception):
    """The relay answered and does not take this letter yet."""


def mail_is_set_up() -> bool:
    """Whether there is a relay to send through; otherwise messages wait."""
    return not str(settings.EMAIL_BACKEND).endswith("dummy.EmailBackend")


def open_relay(timeout: int) -> Any:
    """A connection of its own, which gives up on a silent relay after so many seconds."""
    connection = get_connection(timeout=timeout)
    connection.open()
    return connection


def plain_text(letter: Letter) -> str:
    """The letter as text."""
    parts = [*letter.sentences, f"{letter.link_words}: {letter.link}"]
    if letter.optional:
        parts += [WHY, f"Choose which mails you get: {link('me')}"]
    return "\n\n".join(parts) + "\n"


def hand_over(letter: Letter, address: str, number: int, connection: Any) -> None:
    """Send a letter now. Raises Refusal or Later; OSError or SMTPException when the relay is gone.

    The Message-ID is the message's number, so that a letter sent twice shows once.
    """
    mail = EmailMultiAlternatives(
        letter.subject,
        plain_text(letter),
        settings.DEFAULT_FROM_EMAIL,
        [address],
        connection=connection,
        headers=_headers(letter, number),
    )
    mail.attach_alternative(_html(letter), "text/html")
    try:
        mail.send()
    except smtplib.SMTPRecipientsRefused as error:
        raise _answer(max(code for code, _ in error.recipients.values())) from error
    except smtplib.SMTPResponseException as error:
        raise _answer(error.smtp_code) from error


def _answer(code: int) -> Exception:
    return Refusal(f"refused ({code})") if code >= 500 else Later(f"not yet ({code})")


def _headers(letter: Letter, number: int) -> dict[str, str]:
    name = host().rsplit(":", 1)[0]
    headers = {
        "Message-ID": f"<message-{number}.{settings.SITE.keys.fingerprint}@{name}>",
        "Auto-Submitted": "auto-generated",
    }
    if letter.optional:
        headers["List-Unsubscribe"] = f"<{link('me')}>"
    return headers


def _html(letter: Letter) -> str:
    """The same sentences in the same order as the text."""
    parts = [format_html("<p>{}</p>", one) for one in letter.sentences]
    parts.append(_way(letter.link_words, letter.link))
    if letter.optional:
        parts += [format_html("<p>{}</p>", WHY), _way("Choose which mails you get", link("me"))]
    body = format_html_join("\n", "{}", ((one,) for one in parts))
    page = '<!DOCTYPE html>\n<html lang="en-GB"><body>\n{}\n</body></html>\n'
    return format_html(page, body)


def _way(words: str, address: str) -> str:
    return format_html('<p>{}: <a href="{}">{}</a></p>', words, address, address)
