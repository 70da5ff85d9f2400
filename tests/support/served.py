"""The demo as a stranger runs it: `sightline demo`, then `sightline serve`, as real processes."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Served", "SignIn", "environment", "make_demo", "run", "running", "serving"]

# name, e-mail and password as `sightline demo` prints them
LINE = re.compile(r"^  (?P<role>\S.*?)  +(?P<email>\S+@\S+)  +(?P<password>\S+)$", re.MULTILINE)
START = 60.0  # seconds a server may take to answer


@dataclass(frozen=True)
class SignIn:
    """One printed way in."""

    role: str
    email: str
    password: str


@dataclass(frozen=True)
class Served:
    """A running site: its address, its folder and the demo's sign-ins by role's title."""

    address: str
    folder: Path
    sign_ins: Mapping[str, SignIn]

    @property
    def console(self) -> str:
        """What the server has printed so far."""
        return (self.folder / "server.log").read_text(encoding="utf-8")

    def sign_in(self, role: str) -> SignIn:
        """The sign-in whose title begins so."""
        return next(one for title, one in self.sign_ins.items() if title.startswith(role))


def environment() -> dict[str, str]:
    """The tests' own settings stay out of the processes under test."""
    ours = ("SIGHTLINE_", "DJANGO_")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


def run(*words: str | Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run `sightline` with these words, as somebody at the console does."""
    return subprocess.run(
        [sys.executable, "-m", "sightline.cli", *map(str, words)],
        env=environment() | settings,
        capture_output=True,
        text=True,
        check=False,
    )


def make_demo(folder: Path) -> Mapping[str, SignIn]:
    """Make the demo without serving it, if it is not there; returns the sign-ins it printed."""
    printed = folder / "printed.txt"
    if not printed.exists():
        done = run("demo", folder, SIGHTLINE_DEMO_NO_SERVE="1")
        assert done.returncode == 0, done.stderr[-3000:]
        printed.write_text(done.stdout, encoding="utf-8")
    found = [SignIn(**one.groupdict()) for one in LINE.finditer(printed.read_text("utf-8"))]
    assert found, printed.read_text("utf-8")[-3000:]
    return {one.role: one for one in found}


@contextmanager
def serving(
    template: Path, folder: Path, sign_ins: Mapping[str, SignIn], *, today: str = ""
) -> Iterator[Served]:
    """Serve a copy of the demo until the block ends; `today` moves its day."""
    shutil.copytree(template, folder, ignore=shutil.ignore_patterns("*.csv"))
    if today:
        settings = folder / "settings.toml"
        moved = re.sub(r'(?m)^today = ".*"$', f'today = "{today}"', settings.read_text("utf-8"))
        settings.write_text(moved, encoding="utf-8")
    with running(folder, sign_ins) as served:
        yield served


@contextmanager
def running(folder: Path, sign_ins: Mapping[str, SignIn]) -> Iterator[Served]:
    """Serve a site on a free port until the block ends."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "sightline.cli", "serve", "--site", str(folder)]
    with (folder / "server.log").open("w") as log:
        process = subprocess.Popen(
            [*command, "--port", str(port)], env=environment(), stdout=log, stderr=log
        )
        try:
            _wait_for(address, process, folder / "server.log")
            yield Served(address, folder, sign_ins)
        finally:
            process.terminate()
            process.wait(timeout=30)


def _wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + START
    while time.monotonic() < until:
        assert process.poll() is None, log.read_text()
        try:
            with urllib.request.urlopen(f"{address}/accounts/login/", timeout=5) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"no answer from {address}: {log.read_text()[-2000:]}")
