"""Addresses in mails and calendars. Each leads to a page that asks its reader to sign in."""

from typing import Any

from django.conf import settings
from django.urls import reverse

__all__ = ["host", "link"]


def host() -> str:
    """The name under which this site is reached."""
    names: list[str] = settings.SITE.settings["hosts"].split()
    return names[0] if names else "127.0.0.1:8000"


def link(page: str, **parts: Any) -> str:
    """The whole address of a page."""
    scheme = "https" if settings.SITE.settings["hosts"].split() else "http"
    return f"{scheme}://{host()}{reverse(page, kwargs=parts)}"
