"""Accounts and what each may see: users, grants, caseloads, emergency access, invitations."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from sightline.people.fields import SealedText

__all__ = ["EmergencyAccess", "Grant", "GrantedPupil", "Invitation", "ProposedGrant", "User"]


class Accounts(BaseUserManager["User"]):
    """Finds accounts by e-mail address, whatever its capitals."""

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """A member of staff who may sign in. `staff_id` ties the account to the staff table."""

    PRIVACY = {
        "purpose": "Let staff sign in, and say who decided and who looked.",
        "keep": "until a year after the account was closed",
        "fields": {
            "id": "pseudonymous",
            "password": "secret",
            "last_login": "personal",
            "email": "identity",
            "name": "identity",
            "school_id": "personal",
            "staff_id": "pseudonymous",
            "is_active": "personal",
            "created_at": "personal",
            "closed_at": "personal",
            "trained_until": "personal",
            "digest_at": "personal",
            "shortcuts": "personal",
            "reading": "personal",
        },
    }
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    school_id = models.CharField(max_length=64, blank=True)
    staff_id = models.CharField(max_length=64, blank=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    trained_until = models.DateField(null=True, blank=True)
    digest_at = models.CharField(max_length=8, default="monday")  # monday, sunday or never
    shortcuts = models.BooleanField(default=True)
    reading = models.CharField(max_length=60, blank=True)  # words of the Reading menu

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]
    objects = Accounts()

    def __str__(self) -> str:
        return f"user {self.pk}"


class Grant(models.Model):
    """One role held over one scope between two dates. Ended, never deleted.

    `value` is the year group, tutor group, subject or caseload's name; empty for a trust, a school
    and for the classes a teacher teaches, which the timetable knows.
    """

    PRIVACY = {
        "purpose": "Say what each member of staff may see, why, and since when.",
        "keep": "as long as the audit record",
        "fields": {
            "id": "pseudonymous",
            "user": "pseudonymous",
            "role": "personal",
            "scope": "personal",
            "school_id": "personal",
            "value": "personal",
            "from_on": "personal",
            "to_on": "personal",
            "reason": "personal",
            "given_by": "pseudonymous",
            "given_at": "personal",
            "confirmed_by": "pseudonymous",
        },
    }
    user = models.ForeignKey(User, models.CASCADE, related_name="grants")
    role = models.CharField(max_length=24)
    scope = models.CharField(max_length=16)
    school_id = models.CharField(max_length=64, blank=True)
    value = models.CharField(max_length=64, blank=True)
    from_on = models.DateField()
    to_on = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=120, blank=True)
    given_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    given_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")


class ProposedGrant(models.Model):
    """An administrator's role for a colleague, which a second administrator has yet to confirm.

    It allows nothing: only the Grant that a confirmation makes does.
    """

    PRIVACY = {
        "purpose": "Let nobody make an administrator alone.",
        "keep": "as long as the audit record",
        "fields": {
            "id": "pseudonymous",
            "user": "pseudonymous",
            "role": "personal",
            "scope": "personal",
            "school_id": "personal",
            "reason": "personal",
            "proposed_by": "pseudonymous",
            "proposed_at": "personal",
            "settled_by": "pseudonymous",
            "settled_at": "personal",
            "agreed": "personal",
        },
    }
    user = models.ForeignKey(User, models.CASCADE, related_name="proposed_grants")
    role = models.CharField(max_length=24)
    scope = models.CharField(max_length=16)
    school_id = models.CharField(max_length=64, blank=True)
    reason = models.CharField(max_length=120, blank=True)
    proposed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    proposed_at = models.DateTimeField()
    settled_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)
    agreed = models.BooleanField(null=True)


class GrantedPupil(models.Model):
    """A pupil on a caseload, or one named in a grant."""

    PRIVACY = {
        "purpose": "Say which pupils are on whose caseload.",
        "keep": "as long as the grant",
        "fields": {"id": "pseudonymous", "grant": "pseudonymous", "pupil_ref": "pseudonymous"},
    }
    grant = models.ForeignKey(Grant, models.CASCADE, related_name="pupils")
    pupil_ref = models.CharField(max_length=12)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["grant", "pupil_ref"], name="pupil_once_in_grant")
        ]


class EmergencyAccess(models.Model):
    """Break-glass: one person, one pupil, one hour, one reason; told to another, reviewed later."""

    PRIVACY = {
        "purpose": "Let staff see a pupil in an emergency, openly and for an hour.",
        "keep": "as long as the audit record",
        "fields": {
            "id": "pseudonymous",
            "user": "pseudonymous",
            "school_id": "personal",
            "pupil_ref": "pseudonymous",
            "reason": "special_category",
            "started_at": "personal",
            "ends_at": "personal",
            "told": "pseudonymous",
            "reviewed_by": "pseudonymous",
            "reviewed_at": "personal",
            "outcome": "personal",
            "review_note": "special_category",
        },
    }
    user = models.ForeignKey(User, models.PROTECT, related_name="emergencies")
    school_id = models.CharField(max_length=64)
    pupil_ref = models.CharField(max_length=12)
    reason = SealedText()
    started_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    told = models.ForeignKey(User, models.PROTECT, related_name="+")
    reviewed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=16, blank=True)  # justified or not_justified
    review_note = SealedText()


class Invitation(models.Model):
    """A one-time way in: for a colleague's account, or for the first administrator (no user)."""

    PRIVACY = {
        "purpose": "Let a new account set its own password, once.",
        "keep": "30 days",
        "fields": {
            "id": "pseudonymous",
            "user": "pseudonymous",
            "token_hash": "secret",
            "made_at": "personal",
            "expires_at": "personal",
            "used_at": "personal",
        },
    }
    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="invitations")
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
