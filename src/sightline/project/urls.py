"""The whole product on one screen: every address, and the room that answers it."""

from django.urls import include, path

from sightline.web import errors

urlpatterns = [
    path("accounts/", include("sightline.project.sign_in_urls")),
    path("", include("sightline.web.urls")),
]
handler403 = errors.not_allowed
handler404 = errors.not_found
handler500 = errors.broken
