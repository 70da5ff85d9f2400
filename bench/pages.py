"""How fast the pages are: readers and decisions at a fixed rate against `sightline serve`.

    python bench/pages.py SITE [--rate 20] [--seconds 60] [--processes 4]

SITE is a loaded and prepared site of several schools (bench/README.md says how one is made). The
script makes accounts in it, so give it a copy. The database is the one SIGHTLINE_DATABASE_URL
names, else SQLite: `contrib/with-postgres python bench/pages.py SITE`. Requests start on a fixed
clock whatever the answers do, so that a slow answer delays no later one.
"""

import argparse
import concurrent.futures
import gzip
import http.client
import json
import os
import random
import subprocess
import sys
import time
import urllib.parse
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PORT = 8765
MIX = ("week", "pupil", "decide", "lesson", "week", "pupil", "lesson", "pupil", "week", "class")
LIMITS = {"week": 150, "pupil": 200, "decide": 100}  # p95, milliseconds
MONDAY = date(2026, 3, 9)


@dataclass
class Reader:
    """Somebody signed in, and the addresses they open."""

    role: str
    cookie: str
    week: str = ""
    pupils: list[str] = field(default_factory=list)
    classes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Answer:
    """One request: what it was, how it ended, how long it took and how much came."""

    what: str
    status: int
    seconds: float
    size: int
    body: str
    location: str = ""


class Forms(HTMLParser):
    """The forms of a page: action and the fields a browser would send untouched."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.forms: list[tuple[str, dict[str, str]]] = []
        self.links: list[str] = []
        self._in: str | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "a":
            self.links.append(found.get("href", ""))
        if tag == "form":
            self.forms.append((found.get("action", ""), {}))
        if tag == "option" and self._in and self.forms and not self.forms[-1][1][self._in]:
            self.forms[-1][1][self._in] = found.get("value", "")  # the first that says something
        if not self.forms or "name" not in found or found.get("form"):
            return
        fields = self.forms[-1][1]
        if tag == "input" and found.get("type") not in ("radio", "checkbox", "submit"):
            fields[found["name"]] = found.get("value", "")
        if tag == "select":
            self._in = found["name"]
            fields[found["name"]] = ""
        if tag == "textarea":
            fields.setdefault(found["name"], "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._in = None


def ask(reader: Reader, what: str, path: str, data: dict[str, str] | None = None) -> Answer:
    """One request on a connection of its own, as a browser under a proxy would make it."""
    started = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=30)
    headers = {"Cookie": reader.cookie, "Accept-Encoding": "br, gzip", "Host": "127.0.0.1"}
    body = None
    if data is not None:
        body = urllib.parse.urlencode(data)
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    connection.request("POST" if data is not None else "GET", path, body, headers)
    answer = connection.getresponse()
    raw = answer.read()
    seconds = time.perf_counter() - started
    connection.close()
    text = gzip.decompress(raw) if answer.headers.get("Content-Encoding") == "gzip" else raw
    location = answer.headers.get("Location", "")
    return Answer(what, answer.status, seconds, len(raw), text.decode("utf-8", "replace"), location)


def make_readers(site: Path) -> list[Reader]:
    """A head of year and a class teacher for each school, signed in."""
    from sightline.cli.django_start import start_django

    start_django(site)
    from django.conf import settings

    from sightline.project.ready import make_ready
    from sightline.sheets import open_sheets, sheet_schools

    make_ready()
    readers = []
    for school_id in sheet_schools(settings.SITE):
        sheets = open_sheets(settings.SITE, school_id)
        assert sheets is not None
        head = Reader("head of year", _session(school_id, "head_of_year", "year", "9", ""))
        head.week = f"/week/{school_id.lower()}-year-9/"
        refs = [place.pupil_ref for place in sheets.places(year_group=9)]
        head.pupils = [f"/pupil/{ref}/" for ref in refs]
        readers.append(head)
        teacher = sheets.slots(MONDAY)[0].staff_id
        cookie = _session(school_id, "class_teacher", "taught", "", teacher)
        reader = Reader("class teacher", cookie)
        reader.classes = [f"/classes/{one}/" for one in sheets.taught_by(teacher, MONDAY)]
        readers.append(reader)
    return readers


def _session(school_id: str, role: str, scope: str, value: str, staff_id: str) -> str:
    """A new account with a session; the cookies a browser would hold."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from sightline.people.models import Grant, User

    at = datetime.combine(MONDAY, datetime.min.time(), UTC)
    user = User.objects.create(
        email=f"{role}.{school_id}.{time.time_ns()}@bench.example",
        name=role,
        school_id=school_id,
        staff_id=staff_id,
        created_at=at,
        trained_until=date(2027, 8, 31),
    )
    Grant.objects.create(
        user=user,
        role=role,
        scope=scope,
        value=value,
        school_id=school_id,
        from_on=date(2025, 9, 1),
        given_at=at,
    )
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    csrf = "b" * 32
    return (
        f"{settings.SESSION_COOKIE_NAME}={session.session_key}; {settings.CSRF_COOKIE_NAME}={csrf}"
    )


def decisions(reader: Reader) -> Iterator[tuple[str, dict[str, str]]]:
    """Forms that decide, one for each pupil on the reader's list, as the page offers them."""
    page = ask(reader, "week", reader.week)
    assert page.status == 200, (page.status, reader.week)
    opened = [link for link in Forms(page.body).links if "open=" in link]
    for address in [reader.week, *opened]:
        path = urllib.parse.urljoin(reader.week, address.partition("#")[0])
        forms = Forms(ask(reader, "week", path).body).forms
        for action, fields in forms:
            if "/decide/" in action:
                fields |= {"kind": "not_now", "reason": "already_better", "adjustments": "yes"}
                fields |= dict.fromkeys(("day", "month", "year", "action", "owner"), "")
                fields |= {"csrfmiddlewaretoken": "b" * 32}
                yield action, {name: value for name, value in fields.items() if value}


def run(readers: list[Reader], rate: float, seconds: float) -> dict[str, list[Answer]]:
    """The mix at a fixed rate; answers by kind."""
    heads = [one for one in readers if one.role == "head of year"]
    teachers = [one for one in readers if one.role == "class teacher"]
    draw = random.Random(1)
    forms = [(head, *form) for head in heads for form in decisions(head)]
    draw.shuffle(forms)
    found: dict[str, list[Answer]] = defaultdict(list)
    count = int(rate * seconds)
    with concurrent.futures.ThreadPoolExecutor(max_workers=32) as pool:
        start, waiting = time.perf_counter(), []
        for number in range(count):
            what = MIX[number % len(MIX)]
            head, teacher = draw.choice(heads), draw.choice(teachers)
            if what == "decide" and forms:
                reader, path, data = forms.pop()
                job = (reader, what, path, data)
            elif what == "decide":
                job = (head, "pupil", draw.choice(head.pupils), None)
            elif what == "lesson":
                job = (teacher, what, "/lesson/", None)
            elif what == "class":
                job = (teacher, what, draw.choice(teacher.classes), None)
            else:
                job = (head, what, head.week if what == "week" else draw.choice(head.pupils), None)
            time.sleep(max(0.0, start + number / rate - time.perf_counter()))
            waiting.append(pool.submit(ask, *job))
        for one in waiting:
            answer = one.result()
            found[answer.what].append(answer)
    return found


def report(found: dict[str, list[Answer]]) -> dict[str, Any]:
    """Median, p95 and worst in milliseconds, sizes in kB, and statuses by kind."""
    told = {}
    for what, answers in sorted(found.items()):
        times = sorted(1000 * one.seconds for one in answers)
        told[what] = {
            "requests": len(times),
            "median_ms": round(times[len(times) // 2]),
            "p95_ms": round(times[int(0.95 * (len(times) - 1))]),
            "worst_ms": round(times[-1]),
            "limit_p95_ms": LIMITS.get(what),
            "kB": round(max(one.size for one in answers) / 1000, 1),
            "statuses": sorted({one.status for one in answers}),
        }
    return told


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("site", type=Path)
    parser.add_argument("--rate", type=float, default=20)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--processes", type=int, default=4)
    chosen = parser.parse_args()
    readers = make_readers(chosen.site)
    command = [sys.executable, "-m", "sightline.cli", "serve", "--site", str(chosen.site)]
    command += ["--port", str(PORT), "--processes", str(chosen.processes)]
    server = subprocess.Popen(command, env=os.environ.copy(), stderr=subprocess.DEVNULL)
    try:
        for _ in range(300):
            try:
                ask(readers[0], "start", "/accounts/login/")
                break
            except OSError:
                time.sleep(0.2)
        for reader in readers:  # each school's sheets are opened once, as on any morning
            ask(reader, "warm", reader.week or "/lesson/")
        print(json.dumps(report(run(readers, chosen.rate, chosen.seconds)), indent=2))
    finally:
        server.terminate()
        server.wait(timeout=30)


if __name__ == "__main__":
    main()
