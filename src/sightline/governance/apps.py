"""Django's handle on the room."""

from django.apps import AppConfig


class GovernanceConfig(AppConfig):
    """See the room's own description."""

    name = "sightline.governance"
    label = "governance"
    default_auto_field = "django.db.models.BigAutoField"
