#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""No error of an MPI call of the command is dropped: the call stands in MPI_CHECK, in MPI_TRY or TRIAL_CALL where
its failure is a result, or in an expression that uses its code.

    check_mpi_calls.py SOURCE_FOLDER

Prints each offending call. Exit status: 0 none, 1 some."""
import pathlib
import re
import sys

# MPI's word for an error, and the end of the job, are for those who have looked.
FREE = {"MPI_Error_string", "MPI_Abort"}
# What stands before a call that is a statement of its own: the end of another one, a label, a condition.
DROPPED = re.compile(r"([;{}):]|\belse|\bdo|^) ?$")


def calls(text):
    """Each MPI call with what stands before it, as (before, name)."""
    text = re.sub(r"/\*.*?\*/", " ", text, flags=re.S)
    text = re.sub(r'"(\\.|[^"\\\n])*"', '""', text)
    text = re.sub(r"\s+", " ", text).replace("( ", "(")
    for match in re.finditer(r"\b(MPI_[A-Z][a-z]\w*)\(", text):
        yield text[max(0, match.start() - 80):match.start()], match.group(1)


def main():
    folder = pathlib.Path(sys.argv[1]) / "drivers"
    seen = 0
    offenders = []
    for path in sorted(folder.rglob("*.c")):
        for before, name in calls(path.read_text(encoding="utf-8")):
            seen += 1
            if name not in FREE and DROPPED.search(before):
                offenders.append(f"{path}: the error of {name} is dropped: put the call into MPI_CHECK")
    if seen == 0:
        offenders.append(f"{folder}: no MPI call to check")
    print("\n".join(offenders) or f"{seen} calls")
    sys.exit(1 if offenders else 0)


main()
