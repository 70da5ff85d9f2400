"""Django's handle on the room."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """See the room's own description."""

    name = "sightline.web"
    label = "web"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from allauth.mfa.signals import authenticator_added

        from sightline.web.second_factor import just_added

        authenticator_added.connect(just_added, dispatch_uid="second_factor_just_added")
