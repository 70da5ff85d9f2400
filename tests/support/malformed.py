"""Input that is nearly right, and input that wishes the reader ill: for every parser there is.

`spoilt` makes one from good examples with a random number generator, quickly; `malformed` is the
same as a hypothesis strategy, which also shrinks. `HOSTILE_XML` and `HOSTILE_JSON` are the attacks
that random changes would hardly find.
"""

import json
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

from hypothesis import strategies as st

__all__ = [
    "HOSTILE_JSON",
    "HOSTILE_XML",
    "as_json",
    "json_statements",
    "malformed",
    "spoilt",
    "xml_files",
]

HOSTILE_XML: dict[str, Callable[[], bytes]] = {
    "entities in entities": lambda: (
        b'<!DOCTYPE x [<!ENTITY a "ha">'
        + b"".join(b'<!ENTITY %c "&%c;&%c;">' % (n + 1, n, n) for n in range(97, 120))
        + b"]><CTfile>&x;</CTfile>"
    ),
    "a file from outside": lambda: (
        b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><CTfile>&a;</CTfile>'
    ),
    "an outside document type": lambda: b'<!DOCTYPE x SYSTEM "http://127.0.0.1/x"><CTfile/>',
    "depth": lambda: b"<CTfile>" + b"<a>" * 200_000,
    "a tag without an end": lambda: b"<CTfile " + b"a" * (3 << 20),
    "an attribute without an end": lambda: b'<CTfile a="' + b"x" * (3 << 20),
    "a comment without an end": lambda: b"<CTfile><!--" + b"x" * (3 << 20),
    "many attributes": lambda: (
        b"<CTfile " + b" ".join(b'a%d="1"' % n for n in range(50_000)) + b"></CTfile>"
    ),
    "many kinds of elements": lambda: b"<CTfile>" + b"".join(b"<a%d/>" % n for n in range(50_000)),
    "one endless text": lambda: (
        b"<CTfile><CTFpupilData><Pupil><UPN>" + b"x" * (3 << 20) + b"</UPN></Pupil>"
        b"</CTFpupilData></CTfile>"
    ),
    "a pupil without end": lambda: (
        b"<CTfile><CTFpupilData><Pupil>" + b"<Attendance/>" * 25_000 + b"</Pupil>"
        b"</CTFpupilData></CTfile>"
    ),
    "an unknown encoding": lambda: b'<?xml version="1.0" encoding="klingon"?><CTfile/>',
    "an encoding of several bytes": lambda: b'<?xml version="1.0" encoding="shift_jis"?><CTfile/>',
    "UTF-16 cut short": lambda: "<CTfile><Header>".encode("utf-16")[:-1],
}
HOSTILE_JSON: dict[str, Callable[[], bytes]] = {
    "depth in an array": lambda: b"[" * 200_000,
    "depth in a line": lambda: b'{"a":' * 200_000,
    "one endless text": lambda: b'["' + b"x" * (6 << 20),
    "one endless line": lambda: b'{"a":"' + b"x" * (6 << 20),
    "a number of a million digits": lambda: b"[" + b"9" * 1_000_000 + b",1]",
    "half a character": lambda: b'[{"id": "\\ud800", "actor": {"account": {"name": "\\u0000"}}}]',
    "bytes that are no text": lambda: b'[{"id": "\xff"}]',
    "not a number": lambda: b"[NaN, Infinity]",
    "the same key twice": lambda: b'[{"id": "1", "id": {"id": []}}]',
    "blanks": lambda: b"[" + b" " * (6 << 20),
}
SPLICES = (
    *(b"<", b">", b"</", b"<!--", b"-->", b"<![CDATA[", b"]]>", b"<?", b"&amp;", b"&#0;", b"&x;"),
    *(b'"', b'""', b"'", b",", b";", b"\t", b"\n", b"\r", b"\r\n", b"\0", b"\\", b"#"),
    *(b"{", b"}", b"[", b"]", b":", b"null", b"true", b"-1e999", b"\\u0000", b"\\ud800"),
    *(b"\xff", b"\xef\xbb\xbf", b"\xff\xfe", b"\xc3", b"\xf0\x9f\x98\x80", b"\xe2\x80\xae"),
    *(b"", b" " * 50, b"0" * 30, b"9999-99-99", b"2025-02-30", b"A" * 300),
)


# --- changes -------------------------------------------------------------------------------------


def spoilt(good: Sequence[bytes], random: Random) -> bytes:
    """One of the good examples after a few random changes, or sheer noise."""
    if random.random() < 0.02:
        return random.randbytes(random.randrange(200))
    data = random.choice(good)
    for _ in range(random.choice((0, 1, 1, 2, 3, 8))):
        data = _changed(data, random, good)
    return data


def _changed(data: bytes, random: Random, good: Sequence[bytes]) -> bytes:
    start = random.randrange(len(data) + 1)
    end = min(len(data), start + random.choice((0, 1, 1, 4, 20, 200)))
    what = random.randrange(6)
    if what == 0:  # something put in, or in place of something
        return data[:start] + random.choice(SPLICES) + data[end:]
    if what == 1:  # cut off
        return data[:start]
    if what == 2:  # a part twice, or many times
        return data[:end] + data[start:end] * random.choice((1, 2, 30)) + data[end:]
    if what == 3:  # a part gone
        return data[:start] + data[end:]
    if what == 4:  # another byte
        return data[:start] + bytes([random.randrange(256)]) + data[start + 1 :]
    other = random.choice(good)  # the head of one and the tail of another
    return data[:start] + other[random.randrange(len(other) + 1) :]


@st.composite
def malformed(draw: st.DrawFn, good: Sequence[bytes]) -> bytes:
    """As `spoilt`, each change drawn so that a failure shrinks."""
    return spoilt(good, draw(st.randoms(use_true_random=False)))


# --- from the shape of the thing -----------------------------------------------------------------

NAMES = st.sampled_from(
    [
        *("CTfile", "Header", "CTFversion", "CTFpupilData", "Pupil", "UPN", "DOB", "Attendance"),
        *("YearData", "SessionsPossible", "AttendanceMarks", "StageAssessments", "KeyStage"),
        *("StageAssessment", "Result", "Stage", "InterchangeStudent", "Student", "Name", "x:y"),
        *("StudentUniqueId", "CalendarDate", "CalendarEvent", "Horoscope"),
    ]
)
TEXTS = st.one_of(
    st.sampled_from(
        ["", "10", "-1", "1e9", "KS2", "104", "/\\/\\", "2025-09-01", "uri://a#b", " "]
    ),
    st.text(max_size=20),
)
PLAIN = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20))


def _element(children: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.builds(
        lambda name, inner: f"<{name}>{''.join(inner)}</{name}>", NAMES, st.lists(children)
    )


def xml_files() -> st.SearchStrategy[bytes]:
    """Well-formed for the most part: known elements in any order and at any place."""
    tree = st.recursive(TEXTS, _element, max_leaves=30)
    roots = st.sampled_from(["CTfile", "InterchangeStudent", "Pupil"])
    whole = st.builds(
        lambda root, parts: f"<{root}>{''.join(parts)}</{root}>", roots, st.lists(tree)
    )
    return whole.map(lambda text: text.encode("utf-8", "surrogatepass"))


def json_statements() -> st.SearchStrategy[Any]:
    """Anything JSON can hold, with the members of a statement at the places they may have."""
    names = st.sampled_from(
        [
            *("id", "actor", "account", "name", "verb", "object", "definition", "type", "result"),
            *("extensions", "context", "completion", "score", "raw", "timestamp", "statements"),
            *("http://xapi.jisc.ac.uk/starttime", "http://xapi.jisc.ac.uk/courseArea"),
        ]
    )
    return st.recursive(
        PLAIN, lambda inner: st.lists(inner) | st.dictionaries(names, inner), max_leaves=30
    )


def as_json(value: Any) -> bytes:
    """The value as a file, with the constants that JSON does not have."""
    return json.dumps(value).encode()
