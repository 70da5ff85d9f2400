"""Django's handle on the room."""

from django.apps import AppConfig


class MessagesConfig(AppConfig):
    """See the room's own description."""

    name = "sightline.messages"
    label = "outbox"
    default_auto_field = "django.db.models.BigAutoField"
