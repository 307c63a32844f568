"""``python -m tests.dialects [--quiet]``: print the measure; exit code 1 unless all of it holds."""

from __future__ import annotations

import sys

from tests.dialects.measuring import add_up, measure_corpus
from tests.dialects.report import render_measures


def main(arguments: list[str]) -> int:
    measures = measure_corpus()
    for line in render_measures(measures, faults="--quiet" not in arguments):
        sys.stdout.write(f"{line}\n")
    return 0 if add_up(measures).holds() else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
