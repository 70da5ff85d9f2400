"""Files come from an SFTP server whose key is known, whole although the line is cut."""

from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.support.mis.drops import Watched, write
from tests.support.mis.sftp import PASSWORD, USER, SftpServer, key_text

from sightline.kit import SightlineError
from sightline.sources.connection import Source
from sightline.sources.connectors import connector, drop_pieces, sftp_place

pytestmark = pytest.mark.loopback
LARGE = bytes(range(256)) * 1200  # more than one read


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


@pytest.fixture
def server(inbox: Path) -> Iterator[SftpServer]:
    with SftpServer(inbox.parent) as serving:
        yield serving


@pytest.fixture
def watched(server: SftpServer) -> Watched:
    settings = {"profile": "canonical", "user": USER, "host_key": server.fingerprint}
    source = Source("elm", "sftp", f"sftp://{server.host}/out", settings=settings)
    return Watched(connector("sftp"), source, {"password": PASSWORD})


def code_of(watched: Watched) -> str:
    with pytest.raises(SightlineError) as caught:
        watched.fetch()
    return caught.value.code


def test_files_come_byte_for_byte_and_once(watched: Watched, inbox: Path) -> None:
    write(inbox / "pupil.csv", LARGE)
    write(inbox / "staff.csv", b"")
    write(inbox / ".hidden.csv", b"x")
    assert watched.sync() == {"pupil.csv": LARGE, "staff.csv": b""}
    assert watched.fetch() == []


def test_a_private_key_signs_in(watched: Watched, inbox: Path) -> None:
    write(inbox / "pupil.csv", "a\n")
    own = key_text()
    with SftpServer(inbox.parent, public=own) as server:
        changed = watched.having(host_key=server.fingerprint)
        changed = replace(changed, source=replace(changed.source, address=address_of(server)))
        for written in (own, b64encode(own.encode()).decode()):
            signed_in = replace(changed, secrets={"private_key": written})
            assert signed_in.sync() == {"pupil.csv": b"a\n"}
        assert code_of(replace(changed, secrets={"private_key": key_text()})) == "source_refused"


def address_of(server: SftpServer) -> str:
    return f"sftp://{server.host}/out"


def test_a_server_with_another_key_is_told_nothing(watched: Watched, server: SftpServer) -> None:
    other = watched.having(host_key="SHA256:" + "A" * 43)
    with pytest.raises(SightlineError, match="telephone") as caught:
        other.fetch()
    assert caught.value.code == "unknown_host"
    assert server.fingerprint in caught.value.what
    assert server.sign_ins == 0


def test_a_server_without_a_known_key_is_never_accepted(
    watched: Watched, server: SftpServer
) -> None:
    assert code_of(watched.having(host_key="")) == "unknown_host"
    assert server.sign_ins == 0


def test_the_old_and_the_new_key_may_both_be_named_while_it_changes(
    watched: Watched, server: SftpServer
) -> None:
    both = f"SHA256:{'A' * 43}, {server.fingerprint}="
    assert watched.having(host_key=both).fetch() == []


def test_a_wrong_password_is_tried_once(watched: Watched, server: SftpServer) -> None:
    with pytest.raises(SightlineError) as caught:
        replace(watched, secrets={"password": "wrong one"}).fetch()
    assert caught.value.code == "source_refused"
    assert "wrong one" not in str(caught.value)
    assert server.sign_ins == 1


@pytest.mark.parametrize("secrets", [{}, {"private_key": "no key"}])
def test_credentials_that_cannot_be_used_are_said(
    watched: Watched, secrets: dict[str, str]
) -> None:
    assert code_of(replace(watched, secrets=secrets)) == "source_refused"


def test_a_line_cut_in_the_middle_of_a_file_loses_nothing(
    watched: Watched, server: SftpServer, inbox: Path
) -> None:
    write(inbox / "pupil.csv", LARGE)
    server.cut_after = [100_000, 150_000]
    assert watched.sync() == {"pupil.csv": LARGE}
    assert server.connections == 3
    assert watched.waited == [60, 1, 2]


def test_a_server_that_stays_away_ends_the_sync_and_nothing_is_lost(
    watched: Watched, server: SftpServer, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drop_pieces, "CHUNK", 100_000)
    write(inbox / "pupil.csv", LARGE)
    first = watched.fetch(most=2)
    server.cut_after = [0] * sftp_place.TRIES
    with pytest.raises(SightlineError) as caught:
        watched.fetch(resume=first[-1].next)
    assert caught.value.code == "source_down"
    server.cut_after = []
    assert watched.files(first + watched.fetch(resume=first[-1].next)) == {"pupil.csv": LARGE}


def test_a_file_that_grows_while_it_is_read_ends_the_set(
    watched: Watched, server: SftpServer, inbox: Path
) -> None:
    path = write(inbox / "pupil.csv", LARGE)
    server.on_read = lambda read: write(path, LARGE + b"more") and None
    assert code_of(watched) == "source_unsettled"


def test_a_file_that_vanishes_while_it_is_read_ends_the_set(
    watched: Watched, server: SftpServer, inbox: Path
) -> None:
    write(inbox / "a.csv", "1\n")
    write(inbox / "b.csv", "1\n")
    server.on_read = lambda read: (inbox / "b.csv").unlink(missing_ok=True)
    assert code_of(watched) == "source_unsettled"


def test_a_read_only_server_keeps_its_files(watched: Watched, inbox: Path) -> None:
    watched = watched.having(after="move:done")
    write(inbox / "pupil.csv", "a\n")
    watched.sync()
    assert watched.fetch() == []
    assert "may not be moved" in watched.told[-1]


def test_taken_files_are_moved_where_that_was_agreed(
    watched: Watched, server: SftpServer, inbox: Path
) -> None:
    server.read_only = False
    watched = watched.having(after="move:done")
    write(inbox / "pupil.csv", "a\n")
    watched.sync()
    assert watched.fetch() == []
    assert [one.name for one in (inbox / "done").iterdir()] == ["pupil.csv"]


def test_a_folder_that_is_not_there_is_said(watched: Watched) -> None:
    away = replace(watched, source=replace(watched.source, address=watched.source.address + "/x"))
    assert code_of(away) == "source_refused"


@pytest.mark.parametrize(
    "address",
    ["https://elm.example/out", "sftp:///out", "sftp://me:secret@elm.example/", "sftp://elm:0x/"],
)
def test_an_address_that_cannot_be_used_is_said(watched: Watched, address: str) -> None:
    with pytest.raises(SightlineError) as caught:
        watched.connector.parts(replace(watched.source, address=address))
    assert caught.value.code == "bad_settings"
    assert "secret" not in str(caught.value)


def test_another_host_than_the_sources_own_is_not_called(watched: Watched) -> None:
    nobody = sftp_place.Account("", frozenset(), {})
    with pytest.raises(SightlineError) as caught:
        sftp_place.SftpPlace("other.example", 22, "/", nobody, watched.reach)
    assert caught.value.code == "not_allowed"
