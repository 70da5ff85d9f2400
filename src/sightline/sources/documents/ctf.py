"""The Common Transfer File: what a pupil's last school sends with them, as XML.

Read: who the pupil is (to find them, by UPN), results at the end of key stages, and attendance in
each year at each school. Everything else the file carries is left where it is: the school's own
system imports the same file and is asked for it.

Attendance is checked: possible sessions are those attended, authorised and unauthorised, and a run
of marks must add up to the same totals. How codes of two characters are written in a run is not
known, so a run that holds any adds up to something else and is not used.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from types import MappingProxyType

from sightline.kit import plural, sentence_list
from sightline.sources.documents.types import Found, Refused, Remark, Row
from sightline.sources.documents.xml_records import Broken, Node, XmlFile, xml_records

__all__ = ["ATTENDED", "AUTHORISED", "UNAUTHORISED", "VERSIONS", "CtfReader"]

VERSIONS = ("24.0", "25.0")  # this year's and the last
# The codes of one character by what they count as; a J of one character is from before J1.
ATTENDED, AUTHORISED, UNAUTHORISED = "/\\LKVPWBJ", "MSCTRIEHF", "GNOU"
UNCOUNTED = "DXQYZ#-"
YEAR_LIMIT = 2 * 366  # marks
KINDS_LIMIT = 100  # kinds of results counted apart
LEVELS = ("WTS", "EXS", "GDS", "HNM")

PUPIL = ("UPN", "DOB")
YEAR = (
    *("Year", "LEA", "Estab", "SchoolName", "SessionsPossible", "SessionsAttended"),
    *("SessionsAuthorised", "SessionsUnauthorised", "AttendanceStartDate", "AttendanceMarks"),
)
RESULT = ("Year", "Subject", "Method", "Component", "ResultStatus", "Result")
HEADER = ("CTFversion", "DateTime")
CONTAINERS = (
    *("Header", "Pupil", "Attendance", "YearData"),
    *("StageAssessments", "KeyStage", "Stage", "StageAssessment"),
)
KEPT = frozenset(name.lower() for name in (*PUPIL, *YEAR, *RESULT, *HEADER, *CONTAINERS))
# What a pupil's record may hold beside: known, so not worth a word, and not looked into.
PASSED = """
    Surname Forename Sex Gender BasicDetails SENhistory SENneeds FSMhistory LookedAfter NAWdetails
    Contacts SchoolHistory Locale ResultQualifier DocumentName DocumentQualifier DataDescriptor
    SupplierID SourceSchool DestSchool
"""


def _cells(node: Node, names: Iterable[str]) -> dict[str, str]:
    """The texts of the elements of these names directly within, without the empty ones."""
    found = {name: node.value(name.lower()) for name in names}
    return {name: text for name, text in found.items() if text}


class CtfReader:
    """Reads one file. A row's number is the place of its Pupil element in the file."""

    form = "xml"
    views = MappingProxyType(
        {
            "headers": HEADER,
            "pupils": PUPIL,
            "years": (*YEAR, "fault", "found"),
            "results": ("Stage", *RESULT, "scale"),
        }
    )

    def read(self, chunks: Iterable[bytes]) -> Iterator[Found]:
        """The header and every pupil, in whichever order they stand."""
        records = (("header",), ("ctfpupildata", "pupil"))
        file = XmlFile(
            roots=("ctfile",), records=records, kept=KEPT, passed=frozenset(PASSED.lower().split())
        )
        left_out: Counter[str] = Counter()
        record = headers = 0
        for node in xml_records(chunks, file):
            if node.name == "header":
                headers += 1
                yield from _header(node) if headers == 1 else ()
                continue
            record += 1
            if isinstance(node, Broken):
                yield Refused("pupils", record, node.reason, None, node.value)
            else:
                yield from _pupil(node, record, left_out)
        if not headers:
            yield Remark("other_version", "it has no header")
        yield from _remarks(file, left_out, record)


def _header(node: Node | Broken) -> Iterator[Found]:
    """The file's version and day."""
    if isinstance(node, Broken):
        yield Remark("other_version", "its header cannot be read")
        return
    cells = _cells(node, HEADER)
    version = cells.get("CTFversion", "")[:10]
    if version not in VERSIONS:
        said = f"it is of version {version}" if version else "it does not say its version"
        yield Remark("other_version", f"{said}; known are {sentence_list(VERSIONS)}")
    yield Row("headers", 0, cells)


def _pupil(node: Node, record: int, left_out: Counter[str]) -> Iterator[Found]:
    yield Row("pupils", record, _cells(node, PUPIL))
    for part in node.each("attendance"):
        for year in part.each("yeardata"):
            yield Row("years", record, _year(year))
    for part in node.each("stageassessments"):
        for stage in part.each("keystage"):
            for one in stage.each("stageassessment"):
                result = {"Stage": stage.value("stage").upper()} | _cells(one, RESULT)
                if scale := _scale(result):
                    yield Row("results", record, result | {"scale": scale})
                else:
                    kind = _kind(result)
                    left_out[kind if len(left_out) < KINDS_LIMIT else "others"] += 1


# --- attendance ----------------------------------------------------------------------------------


def _year(node: Node) -> dict[str, str]:
    """A year's attendance; `fault` says what is wrong with its totals or its run of marks."""
    cells = _cells(node, YEAR)
    run = node.find("attendancemarks")
    if run and (marks := "".join(run.parts)).strip():  # a blank at either end is a mark not made
        cells["AttendanceMarks"] = marks.strip() if "\n" in marks else marks
    fault = _fault_of_totals(cells) or _fault_of_marks(cells)
    return cells | (dict(zip(("fault", "found"), fault, strict=True)) if fault else {})


def _totals(cells: dict[str, str]) -> list[int] | None:
    """Possible, attended, authorised and unauthorised sessions, if all four are numbers."""
    names = ("SessionsPossible", "SessionsAttended", "SessionsAuthorised", "SessionsUnauthorised")
    texts = [cells.get(name, "") for name in names]
    if not all(text.isascii() and text.isdigit() and len(text) <= 4 for text in texts):
        return None
    return [int(text) for text in texts]


def _fault_of_totals(cells: dict[str, str]) -> tuple[str, str] | None:
    totals = _totals(cells)
    if totals is None:
        return "totals", "a number of sessions is missing or no number"
    possible, *parts = totals
    if possible != sum(parts):
        return "totals", f"{possible} possible sessions, {sum(parts)} counted"
    return None


def _fault_of_marks(cells: dict[str, str]) -> tuple[str, str] | None:
    """What keeps a run of marks from being used: its length, its codes or its sums."""
    marks, totals = cells.get("AttendanceMarks", ""), _totals(cells) or []
    if not marks:
        return None
    if len(marks) % 2 or len(marks) > YEAR_LIMIT:
        return "run", f"{plural(len(marks), 'character')}, two for each day expected"
    counted = [sum(mark in codes for mark in marks) for codes in _categories()]
    if any(mark not in "".join((*_categories(), UNCOUNTED, " ")) for mark in marks):
        return "marks", "the run holds what is no code of one character"
    if counted != totals[1:]:
        told = " and ".join(
            f"{ours} {what} by its marks, {theirs} by its totals"
            for what, ours, theirs in zip(
                ("attended", "authorised", "unauthorised"), counted, totals[1:], strict=True
            )
            if ours != theirs
        )
        return "marks", told
    return None


def _categories() -> tuple[str, str, str]:
    return ATTENDED, AUTHORISED, UNAUTHORISED


# --- results -------------------------------------------------------------------------------------


def _scale(result: dict[str, str]) -> str:
    """The scale a result is on, of those there are here; empty when on none."""
    value, component = result.get("Result", ""), result.get("Component", "").upper()
    if result["Stage"] not in ("KS1", "KS2"):
        return ""
    if value.upper() in LEVELS:
        return "step"
    scaled = component.startswith("SCA") and value.isascii() and value.isdigit()
    return "scaled_score" if scaled and 80 <= int(value[:4]) <= 120 else ""


def _kind(result: dict[str, str]) -> str:
    """What sort of result it is, for a count: never the result itself."""
    parts = (result.get(name, "") for name in ("Stage", "Subject", "Method", "Component"))
    return " ".join(part[:8] for part in parts if part)


# --- words about the file ------------------------------------------------------------------------


def _remarks(file: XmlFile, left_out: Counter[str], pupils: int) -> Iterator[Found]:
    if not pupils:
        yield Remark("no_rows", "it holds no pupil")
    if left_out:
        count = left_out.total()
        shown = [kind or "without a name" for kind, _ in left_out.most_common(5)]
        more = " and others" if len(left_out) > 5 else ""
        text = f"{plural(count, 'result')} on a scale not used here: {', '.join(shown)}{more}"
        yield Remark("left_out", text, count)
    for names in (file.unknown, file.others):
        if names:
            count = sum(names.values())
            text = f"{plural(count, 'element')} not known here ignored: {file.listed(names)}"
            yield Remark("unknown_element", text, count)
