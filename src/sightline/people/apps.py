"""Django's handle on the room."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Accounts and what each may see."""

    name = "sightline.people"
    label = "people"
    default_auto_field = "django.db.models.BigAutoField"
