#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs a command, one rank of a job, and adds a line with the peak of its resident memory in KiB to
a file.

    peak_memory.py FILE COMMAND ARGUMENT...

Exit status: that of the command; 1 if it was killed."""
import os
import resource
import sys


def main():
    if len(sys.argv) < 3:
        print("usage: peak_memory.py FILE COMMAND ARGUMENT...", file=sys.stderr)
        return 2
    # fork and exec keep open what the launcher has opened for the rank; subprocess would close it.
    child = os.fork()
    if child == 0:
        os.execvp(sys.argv[2], sys.argv[2:])
    _, status = os.waitpid(child, 0)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    with open(sys.argv[1], "a", encoding="ascii") as file:
        file.write(f"{peak}\n")
    return os.WEXITSTATUS(status) if os.WIFEXITED(status) else 1


sys.exit(main())
