"""Django's settings, read from one site's folder (environment variable SIGHTLINE_SITE)."""

import os
from pathlib import Path

from csp.constants import NONE, SELF
from huey.serializer import SignedSerializer

from sightline.kit import SightlineError
from sightline.project.database import database
from sightline.project.providers import read_providers
from sightline.site import open_site

SITE = open_site(Path(os.environ.get("SIGHTLINE_SITE", ".")).resolve())
DEMO = SITE.settings["demo"] == "yes"
if DEMO and not (SITE.folder / "exports" / "truth.json").exists():
    raise SightlineError(
        "bad_settings", "settings.toml", "`demo` is only for the made-up school of the demo"
    )
DATA_DAY = (
    SITE.settings["today"] if DEMO else ""
)  # the demo's "today": its data ends the day before

SECRET_KEY = SITE.keys.sessions
DEBUG = False
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", *SITE.settings["hosts"].split()]
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in SITE.settings["hosts"].split()]
ROOT_URLCONF = "sightline.project.urls"
WSGI_APPLICATION = "sightline.project.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {"default": database(SITE)}
CACHES = {
    "default": {
        # Shared by all processes: sign-in limits count over all of them.
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
    }
}

INSTALLED_APPS = [
    "sightline.record",
    "sightline.people",
    "sightline.governance",
    "sightline.triage",
    "sightline.messages",
    "sightline.web",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.socialaccount.providers.saml",
    "allauth.usersessions",
    "csp",
    "django_tasks",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "sightline.web.middleware.SafePages",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "sightline.web.context.around",
            ],
        },
    }
]

# ------------------------------------------------------------------------------------ sign-in
AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 15},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "sightline.project.sign_in.AccountAdapter"
SOCIALACCOUNT_ADAPTER = "sightline.project.sign_in.SocialAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "reset_password": "20/m/ip,5/m/key",
    "reauthenticate": "10/m/user",
}
MFA_ADAPTER = "sightline.project.sign_in.MfaAdapter"
MFA_RECOVERY_CODES_SHOW_ONCE = True
# Limits count the reader's address, which the web server in front passes on.
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if SITE.settings["hosts"] else 0
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Sightline"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEMO
MFA_REQUIRED = not DEMO
SOCIALACCOUNT_PROVIDERS, SIGN_IN_ORIGINS = read_providers(SITE.folder / "signin.yml")
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False  # issuer and subject identify a person, never an address
SOCIALACCOUNT_AUTO_SIGNUP = False

SESSION_COOKIE_AGE = 10 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_IDLE_SECONDS = 30 * 60
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not DEMO
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "session", "csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "sightline.web.errors.stale_form"
USERSESSIONS_TRACK_ACTIVITY = False

# --------------------------------------------------------------------------------- the browser
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF, *SIGN_IN_ORIGINS],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 0 if DEMO else 31_536_000
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
STATIC_URL = "/static/"
STATIC_ROOT = SITE.folder / "static"
STORAGES = {
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
if os.environ.get("SIGHTLINE_TESTS"):  # no copying of files, and no slow hashing, before each run
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    WHITENOISE_USE_FINDERS = True

# ---------------------------------------------------------------------------- words, time, mail
LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_TZ = True
EMAIL_HOST = SITE.settings["mail_host"]
EMAIL_PORT = SITE.settings["mail_port"]
EMAIL_HOST_USER = SITE.settings["mail_user"]
EMAIL_HOST_PASSWORD = os.environ.get("SIGHTLINE_MAIL_PASSWORD", "")
EMAIL_USE_TLS = EMAIL_PORT == 587
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = SITE.settings["mail_from"] or "sightline@localhost"
if not EMAIL_HOST:  # mail not set up: messages wait in the outbox
    EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"

# ----------------------------------------------------------------------------- background work
TASKS = {"default": {"BACKEND": "huey.contrib.djhuey.tasks_backend.HueyBackend"}}
HUEY = {
    "huey_class": "huey.SqliteHuey",
    "name": "sightline",
    "filename": str(SITE.folder / "work.sqlite"),
    "serializer": SignedSerializer(SITE.keys.sessions, "work"),  # huey reads pickles: only our own
    "utc": False,  # the hours of work.py are the school's
    "immediate": bool(os.environ.get("SIGHTLINE_TESTS")),  # in the caller, and in memory
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": True,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
}
SILENCED_SYSTEM_CHECKS = [
    "security.W008",  # the proxy in front turns http into https: docs/how-to/put-it-online.md
]
