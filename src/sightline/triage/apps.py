"""Django's handle on the room."""

from django.apps import AppConfig


class TriageConfig(AppConfig):
    """See the room's own description."""

    name = "sightline.triage"
    label = "triage"
    default_auto_field = "django.db.models.BigAutoField"
