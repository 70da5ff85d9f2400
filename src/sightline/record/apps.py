"""Django's handle on the room."""

from django.apps import AppConfig


class RecordConfig(AppConfig):
    """See the room's own description."""

    name = "sightline.record"
    label = "record"
    default_auto_field = "django.db.models.BigAutoField"
