"""What the pages may ask about accounts: who has one, what it allows, when it was last used."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db.models import Count, Q

from sightline.access import read_matrix
from sightline.people.models import Grant, ProposedGrant, User

__all__ = [
    "Account",
    "Held",
    "Session",
    "accounts",
    "held_words",
    "roles_held",
    "sessions_of",
    "staff_with_accounts",
    "user_by_email",
    "user_of",
    "waiting",
]

STALE = timedelta(days=90)
# A browser names its forerunners too, so the order matters.
BROWSERS = (("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("CrOS", "Chromebook"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True)
class Held:
    """One grant in words: what, over whom, since when and why."""

    grant: Grant
    words: str
    why: str


@dataclass(frozen=True)
class Session:
    """One place where somebody is signed in."""

    pk: int
    device: str
    since: datetime
    current: bool


@dataclass(frozen=True)
class Account:
    """One account as the People page lists it."""

    user: User
    held: tuple[Held, ...]
    last_seen: datetime | None
    sessions: int
    second_factor: bool
    link_until: datetime | None
    stale: bool


def accounts(at: datetime, *, users: Iterable[User] | None = None) -> list[Account]:
    """Every account, open ones first and by name, or some of them."""
    wanted = User.objects.order_by("-is_active", "name") if users is None else users
    found = list(wanted)
    ids = [user.pk for user in found]
    grants = _grants(ids, at)
    sessions = dict(
        UserSession.objects.filter(user__in=ids).values_list("user").annotate(Count("pk"))
    )
    secured = set(Authenticator.objects.filter(user__in=ids).values_list("user", flat=True))
    return [_account(user, grants, sessions, secured, at) for user in found]


def _account(
    user: User,
    grants: Mapping[int, list[Grant]],
    sessions: Mapping[int, int],
    secured: set[int],
    at: datetime,
) -> Account:
    link = user.invitations.filter(used_at__isnull=True, expires_at__gt=at).first()
    since = user.last_login or user.created_at
    return Account(
        user=user,
        held=tuple(Held(one, held_words(one), _why(one)) for one in grants.get(user.pk, ())),
        last_seen=user.last_login,
        sessions=sessions.get(user.pk, 0),
        second_factor=user.pk in secured,
        link_until=link.expires_at if link else None,
        stale=user.is_active and at - since > STALE,
    )


def roles_held(user: User, at: datetime) -> tuple[Held, ...]:
    """What somebody holds today, in words."""
    grants = _grants([user.pk], at).get(user.pk, ())
    return tuple(Held(one, held_words(one), _why(one)) for one in grants)


def held_words(grant: Grant | ProposedGrant) -> str:
    """A role and its scope, such as "Head of year or pastoral lead, Year 9"."""
    role = read_matrix().roles.get(grant.role)
    title = str(role["title"]) if role else grant.role
    value = getattr(grant, "value", "")
    scope = {
        "trust": "the whole trust",
        "school": "the whole school",
        "year": f"Year {value}",
        "tutor_group": f"tutor group {value}",
        "taught": "the classes they teach",
        "subject": f"the subject {value}",
        "caseload": "their caseload",
        "pupils": "named pupils",
    }.get(grant.scope, grant.scope)
    return f"{title}, {scope}"


def sessions_of(user: User, current: str) -> list[Session]:
    """Where somebody is signed in, latest first; sessions that have ended are cleared away."""
    found = UserSession.objects.purge_and_list(user)
    return [
        Session(one.pk, _device(one.user_agent), one.created_at, one.session_key == current)
        for one in sorted(found, key=lambda one: one.created_at, reverse=True)
    ]


def _device(agent: str) -> str:
    """A browser and a system by the names people know."""
    browser = next((name for mark, name in BROWSERS if mark in agent), "A browser")
    system = next((name for mark, name in SYSTEMS if mark in agent), "")
    return f"{browser} on {system}" if system else browser


def waiting() -> list[ProposedGrant]:
    """Proposed administrators whom nobody has confirmed or declined yet."""
    found = ProposedGrant.objects.filter(settled_at__isnull=True)
    return list(found.select_related("user", "proposed_by").order_by("proposed_at"))


def _grants(ids: list[int], at: datetime) -> dict[int, list[Grant]]:
    day = at.date()
    held = Grant.objects.filter(Q(to_on__isnull=True) | Q(to_on__gte=day), user__in=ids)
    found: dict[int, list[Grant]] = {}
    for one in held.select_related("given_by", "confirmed_by").order_by("from_on", "pk"):
        found.setdefault(one.user_id, []).append(one)
    return found


def _why(grant: Grant) -> str:
    said = grant.reason or ("Given" if grant.given_by else "Given on the command line")
    said += f" by {grant.given_by.name}" if grant.given_by else ""
    return f"{said}, confirmed by {grant.confirmed_by.name}" if grant.confirmed_by else said


def user_of(pk: int) -> User | None:
    """An account by its number."""
    return User.objects.filter(pk=pk).first()


def staff_with_accounts() -> set[str]:
    """The staff ids that an open account is tied to."""
    return set(User.objects.filter(is_active=True).values_list("staff_id", flat=True)) - {""}


def user_by_email(email: str) -> User | None:
    """An account by its address, whatever its capitals."""
    return User.objects.filter(email__iexact=email.strip()).first()
