"""A person's own calendar addresses, wherever the part that lists them is included."""

from typing import Any

from django import template

from sightline.messages.feed import feeds_of

__all__ = ["own_feeds"]

register = template.Library()


@register.simple_tag(takes_context=True)
def own_feeds(context: template.Context) -> list[Any]:
    """The addresses of whoever is signed in."""
    user = context["request"].user
    return feeds_of(user) if user.is_authenticated else []
