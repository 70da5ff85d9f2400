"""One of the processes that make schools: reads its plans, prints each school's id when done."""

import json
import sys
from datetime import date
from pathlib import Path

from sightline.synthetic.plan import Plan
from sightline.synthetic.write import write_part


def main() -> None:
    """Plans come as JSON on standard input, the folder as the only argument."""
    folder = Path(sys.argv[1])
    for seed, number, pupils, phase, until in json.load(sys.stdin):
        plan = Plan(seed, number, pupils, phase, date.fromisoformat(until) if until else None)
        write_part(folder, plan)
        sys.stdout.write(plan.school_id + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
