"""Throw malformed input at every parser. Usage: fuzz.py [--inputs N] [--parser NAME] [--engine E]

Each parser runs in a process of its own, which is given a limit of time for every input, so that a
crash, a hang or a swelling is one line of the table and not the end of the run. Engines: `random`
(changes to good input), `hypothesis` (the same, drawn by it), `atheris` (guided by which lines of
the parser are reached; a coverage engine of its own process). Exit 1 when anything crashed.
"""

import argparse
import hashlib
import json
import os
import resource
import shutil
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from tempfile import mkdtemp
from types import FrameType

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

LIMIT = 10.0  # seconds for one input
SWELLING = 512  # MB a process may grow by
SHOWN = 3  # crashes shown of each parser


@dataclass
class Figures:
    """What became of one parser's inputs."""

    parser: str
    inputs: int = 0
    accepted: int = 0
    refused: int = 0
    crashes: int = 0
    slowest_ms: float = 0.0
    peak_mb: float = 0.0
    first: list[str] = field(default_factory=list)


class Hang(Exception):
    """An input took longer than it may."""


def _hang(signal_number: int, frame: FrameType | None) -> None:
    raise Hang(f"more than {LIMIT:.0f} s")


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


class Runner:
    """Runs one parser on one input after another and keeps the figures."""

    def __init__(self, name: str, save: Path | None) -> None:
        from fuzz_parsers import PARSERS, told

        self.parser, self.told = PARSERS[name], told
        self.figures, self.save = Figures(name), save
        for good in self.parser.good:  # what is imported or built once is not swelling
            self.told(self.parser, good)
        self._before = _memory()
        signal.signal(signal.SIGALRM, _hang)

    def one(self, data: bytes) -> None:
        figures = self.figures
        began = time.perf_counter()
        signal.setitimer(signal.ITIMER_REAL, LIMIT)
        try:
            tally = self.told(self.parser, data)
            figures.accepted += tally.accepted
            figures.refused += tally.refused
        except Exception as error:
            self._crash(data, error)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
        figures.inputs += 1
        figures.slowest_ms = max(figures.slowest_ms, (time.perf_counter() - began) * 1000)
        figures.peak_mb = _memory() - self._before

    def _crash(self, data: bytes, error: Exception) -> None:
        self.figures.crashes += 1
        name = hashlib.sha256(data).hexdigest()[:12]
        if self.save:
            self.save.mkdir(parents=True, exist_ok=True)
            (self.save / f"{self.figures.parser}-{name}").write_bytes(data)
        if len(self.figures.first) < SHOWN:
            where = "".join(traceback.format_exception(error)[-3:])
            self.figures.first.append(f"input {name} ({len(data)} bytes): {where}")


# --- engines -------------------------------------------------------------------------------------


def hostile() -> Iterator[bytes]:
    """The attacks that chance would not find, before all others."""
    from tests.support.malformed import HOSTILE_JSON, HOSTILE_XML

    yield b""
    for make in (*HOSTILE_XML.values(), *HOSTILE_JSON.values()):
        yield make()


def by_chance(runner: Runner, inputs: int, seed: int) -> None:
    from tests.support.malformed import spoilt

    random = Random(seed)
    for _ in range(inputs):
        runner.one(spoilt(runner.parser.good, random))


def by_hypothesis(runner: Runner, inputs: int, seed: int) -> None:
    from hypothesis import HealthCheck, Phase, given, settings
    from hypothesis import seed as seeded
    from tests.support.malformed import malformed

    @seeded(seed)
    @settings(
        max_examples=inputs,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(malformed(runner.parser.good))
    def run(data: bytes) -> None:
        runner.one(data)

    run()


def by_atheris(runner: Runner, inputs: int, seed: int, done: Callable[[], None]) -> None:
    """libFuzzer ends the process itself, so the figures are handed over after the last input."""
    import atheris

    corpus = Path(mkdtemp(prefix="sightline-fuzz-"))
    for number, good in enumerate(runner.parser.good):
        (corpus / str(number)).write_bytes(good)

    def run(data: bytes) -> None:
        runner.one(data)
        if runner.figures.inputs >= inputs:
            shutil.rmtree(corpus)
            done()
            os._exit(0)

    options = [f"-seed={seed or 1}", "-max_len=4096", "-runs=-1", "-verbosity=0"]
    atheris.Setup([sys.argv[0], *options, str(corpus)], run)
    atheris.Fuzz()


def instrumented() -> None:
    """Import the parsers so that atheris sees which of their lines an input reaches."""
    import atheris

    with atheris.instrument_imports(include=["sightline.sources"], enable_loader_override=False):
        import fuzz_parsers  # noqa: F401


def work(pipe: Connection, name: str, chosen: argparse.Namespace) -> None:
    """The process of one parser."""
    if chosen.engine == "atheris":
        instrumented()
    runner = Runner(name, chosen.save)
    for data in hostile():
        if runner.figures.inputs < chosen.inputs:
            runner.one(data)
    left = max(0, chosen.inputs - runner.figures.inputs)
    if chosen.engine == "atheris":
        by_atheris(runner, chosen.inputs, chosen.seed, lambda: pipe.send(asdict(runner.figures)))
    elif chosen.engine == "hypothesis":
        by_hypothesis(runner, max(1, left), chosen.seed)
    else:
        by_chance(runner, left, chosen.seed)
    pipe.send(asdict(runner.figures))


# --- the table -----------------------------------------------------------------------------------


def figures_of(name: str, chosen: argparse.Namespace) -> Figures:
    """Run a parser's process and wait for it; one that dies is a crash too."""
    context = get_context("spawn")
    theirs, ours = context.Pipe()
    process = context.Process(target=work, args=(theirs, name, chosen))
    process.start()
    theirs.close()
    try:
        figures = Figures(**ours.recv())
    except EOFError:
        process.join()
        said = f"the process ended with {process.exitcode}"
        figures = Figures(name, crashes=1, first=[said])
    process.join()
    if figures.peak_mb > SWELLING:
        figures.crashes += 1
        figures.first.append(f"grew by {figures.peak_mb:.0f} MB, at most {SWELLING} allowed")
    return figures


HEAD = ("parser", "inputs", "accepted", "refused", "crashes", "slowest ms", "peak MB")


def shown(figures: Figures) -> str:
    counts = (figures.inputs, figures.accepted, figures.refused, figures.crashes)
    cells = [f"{figures.parser:<22}", *(f"{one:>10,}" for one in counts)]
    return " ".join([*cells, f"{figures.slowest_ms:>10,.1f}", f"{figures.peak_mb:>8,.0f}"])


def main(arguments: list[str]) -> int:
    from fuzz_parsers import PARSERS

    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--inputs", type=int, default=100_000, metavar="N")
    parser.add_argument("--parser", choices=sorted(PARSERS), action="append", metavar="NAME")
    parser.add_argument("--engine", choices=("random", "hypothesis", "atheris"), default="random")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--save", type=Path, metavar="FOLDER", help="keep the inputs that crash")
    chosen = parser.parse_args(arguments)
    print(f"{HEAD[0]:<22} " + " ".join(f"{one:>10}" for one in HEAD[1:6]) + f" {HEAD[6]:>8}")
    found = []
    for name in chosen.parser or PARSERS:
        found.append(figures_of(name, chosen))
        print(shown(found[-1]), flush=True)
    for one in found:
        for crash in one.first:
            print(f"\n{one.parser}: {crash}")
    total = {name: sum(getattr(one, name) for one in found) for name in ("inputs", "crashes")}
    print(json.dumps({"parsers": len(found), "engine": chosen.engine, **total}))
    return 1 if total["crashes"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
