#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The result of every MPI call of the command is checked: it stands in MPI_CHECK, or in MPI_TRY or TRIAL_CALL where its
failure is a result.

    check_mpi_calls.py SOURCE_DIRECTORY

Prints each offending call. Exit status: 0 none, 1 some."""
import pathlib
import re
import sys

# These need no MPI_CHECK: they are called after an error.
FREE = {"MPI_Error_string", "MPI_Abort"}
LOOKED_AFTER = re.compile(r"(MPI_CHECK\(|(TRIAL_CALL|MPI_TRY)\([^()]*, ?)$")


def calls(text):
    """Each MPI call with what stands before it, as (before, name)."""
    text = re.sub(r"/\*.*?\*/", " ", text, flags=re.S)
    text = re.sub(r'"(\\.|[^"\\\n])*"', '""', text)
    text = re.sub(r"\s+", " ", text).replace("( ", "(")
    for match in re.finditer(r"\b(MPI_[A-Z][a-z]\w*)\(", text):
        yield text[max(0, match.start() - 80):match.start()], match.group(1)


def main():
    directory = pathlib.Path(sys.argv[1]) / "drivers"
    seen = 0
    offenders = []
    for path in sorted(directory.rglob("*.c")):
        for before, name in calls(path.read_text(encoding="utf-8")):
            seen += 1
            if name not in FREE and not LOOKED_AFTER.search(before):
                offenders.append(f"{path}: {name} is not in MPI_CHECK or MPI_TRY")
    if seen == 0:
        offenders.append(f"{directory}: no MPI call to check")
    print("\n".join(offenders) or f"{seen} calls")
    sys.exit(1 if offenders else 0)


main()
