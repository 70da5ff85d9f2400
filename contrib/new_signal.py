"""Start a signal: `make signal NAME=theme/name` makes its folder, with everything still to be said.

The folder can be read at once, and its query answers `cannot_tell` for everybody: the examples
fail until the rule is written.
"""

import re
import shutil
import sys
from pathlib import Path

LIBRARY = Path(__file__).resolve().parents[1] / "src" / "sightline" / "signals" / "library"
TEMPLATE = Path(__file__).with_name("signal_template")


def main(arguments: list[str]) -> int:
    name = arguments[0] if arguments else ""
    library = Path(arguments[1]) if len(arguments) > 1 else LIBRARY
    if not re.fullmatch(r"[a-z]+/[a-z]+(_[a-z]+)*", name):
        print("Give a theme and a name: make signal NAME=attendance/late_arrivals", file=sys.stderr)
        return 2
    folder = library / name
    if folder.exists() or list(library.glob(f"*/{folder.name}")):
        print(f"There is a signal {folder.name} already. Choose another name.", file=sys.stderr)
        return 2
    shutil.copytree(TEMPLATE, folder)
    print(f"Made {folder}. Write examples.yml first, then: make test ARGS='-k {folder.name}'")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
