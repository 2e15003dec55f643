#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""No file is compiled with a flag that would change its instructions or its rounding, but for the flags
that cmake/paths.cmake gives a path: those are for the files of arch/<path>/.

    check_flags.py COMPILE_COMMANDS ["PATH FLAG..."]...

Each further argument is a compiled path and its flags. Prints the offenders. Exit status: 0 none, 1 some."""
import json
import pathlib
import re
import shlex
import sys

# Forbidden in every file, whatever a path says.
ROUNDING = re.compile(r"-ffast-math|-Ofast|-funsafe.*|-ffp-contract=(fast|on)|-mtune=native|-m(arch|cpu)=native")
# Only in the files of a path, as its line lists them.
INSTRUCTIONS = re.compile(r"-march=.*|-mcpu=.*|-mfpu=.*|-m(avx|fma|sse|ssse|f16c|bmi|popcnt|lzcnt|movbe|sve).*")
# The plain loops of benches, which ask the CPU first and are not installed.
OTHERS = {"bench/escape_plain.c": {"-mfma"}, "bench/deep_plain.c": {"-mfma"}}


def flags_of(source, paths):
    """The flags that are this file's own."""
    place = pathlib.Path(source)
    if place.parent.name in paths and place.parent.parent.name == "arch":
        return paths[place.parent.name]
    return OTHERS.get("/".join(place.parts[-2:]), set())


def main():
    paths = {name: set(flags) for name, *flags in map(str.split, sys.argv[2:])}
    ours = set().union(*paths.values())
    try:
        commands = json.loads(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"))
    except OSError as error:
        sys.exit(f"{sys.argv[1]}: {error.strerror}")
    offenders = []
    for command in commands:
        words = command["arguments"] if "arguments" in command else shlex.split(command["command"])
        own = flags_of(command["file"], paths)
        for word in words[1:]:
            special = word in ours or INSTRUCTIONS.fullmatch(word)
            if ROUNDING.fullmatch(word) or (special and word not in own):
                offenders.append(f"{command['file']}: {word} changes what the code computes or where it runs")
    print("\n".join(offenders) or f"{len(commands)} files")
    sys.exit(1 if offenders or not commands else 0)


main()
