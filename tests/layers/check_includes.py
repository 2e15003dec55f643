#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Includes point one way: drivers -> kernels -> arch, and between the parts of drivers/ as their lines
plait_part(NAME [MPI] MAY PART...) in drivers/CMakeLists.txt allow.

    check_includes.py SOURCE_DIRECTORY

Prints each offending line. Exit status: 0 none, 1 some."""
import pathlib
import re
import sys

INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', re.M)
PART = re.compile(r"^plait_part\((\w+)( MPI)? MAY ?([a-z ]*)", re.M)

# What may not be included below each directory, in addition to what the parts of drivers/ say.
REFUSED = {
    "arch": r"(.*/)?(plait|kernels|drivers)/|mpi\.h|omp\.h",
    "kernels": r"(.*/)?drivers/|mpi\.h",
    "kernels/include": r"(.*/)?(arch|kernels)/|(.*/)?(cpu|path|select|omp)\.h",
    "drivers": r"(.*/)?(arch|kernels)/|vec_\w*\.h|\w*intrin\.h|arm_neon\.h",
}

# Only this directory names OpenCL: its headers, functions and types.
OPENCL = "arch/opencl"
NAMES_OPENCL = re.compile(r"\b(CL/\w+\.h|cl[A-Z]\w*|cl_\w+|CL_\w+)")


def sources(directory):
    for path in sorted(directory.rglob("*")):
        if path.suffix in (".c", ".h") or path.name.endswith(".h.in"):
            yield path


def includes(path):
    """Each include of the file, as (line number, what it names)."""
    text = path.read_text(encoding="utf-8")
    for match in INCLUDE.finditer(text):
        yield text.count("\n", 0, match.start(1)) + 1, match.group(1)


def read_parts(top):
    """{part: (its own name and the parts that it may include, whether it sees mpi.h)}"""
    text = (top / "drivers/CMakeLists.txt").read_text(encoding="utf-8")
    return {name: ({name, *may.split()}, bool(mpi)) for name, mpi, may in PART.findall(text)}


def main():
    top = pathlib.Path(sys.argv[1])
    offenders = []

    def refuse(path, line, name, why):
        offenders.append(f"{path.relative_to(top)}:{line}: includes {name}: {why}")

    for directory, pattern in REFUSED.items():
        for path in sources(top / directory):
            for line, name in includes(path):
                if re.match(pattern, name):
                    refuse(path, line, name, f"{directory}/ may not")

    for path in (path for part in ("arch", "kernels", "drivers", "bench") for path in sources(top / part)):
        if path.is_relative_to(top / OPENCL):
            continue
        text = path.read_text(encoding="utf-8")
        for match in NAMES_OPENCL.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            offenders.append(f"{path.relative_to(top)}:{line}: names {match[0]}: only {OPENCL}/ may")

    parts = read_parts(top)
    directories = {path.name for path in (top / "drivers").iterdir() if path.is_dir()}
    for part in sorted(directories - parts.keys()):
        offenders.append(f"drivers/{part}: no plait_part({part} ...) in drivers/CMakeLists.txt")
    for part, (may, mpi) in parts.items():
        for path in sources(top / "drivers" / part):
            for line, name in includes(path):
                other = name.split("/")[0]
                if name == "mpi.h" and not mpi:
                    refuse(path, line, name, f"{part} has no MPI")
                # A relative path would go round the directories that a part is compiled with.
                if ".." in name.split("/") or (other in parts and other not in may):
                    refuse(path, line, name, f"{part} may include {' '.join(sorted(may))}")

    print("\n".join(offenders) or f"{len(parts)} parts")
    sys.exit(1 if offenders or not parts else 0)


main()
