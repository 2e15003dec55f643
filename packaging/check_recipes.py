#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Every recipe names the version of CMakeLists.txt and says ON or OFF of each feature that it has, and of no other.

    check_recipes.py SOURCE_DIRECTORY

Prints each offender. Exit status: 0 none, 1 some."""
import pathlib
import re
import sys

VERSION = re.compile(r"^project\(plait VERSION ([0-9.]+) ", re.M)
OPTION = re.compile(r"^ *option\(PLAIT_([A-Z0-9]+) ", re.M)
PATH = re.compile(r"^plait_path\((\w+) ", re.M)
# In a recipe: -DPLAIT_MPI=ON, or "PLAIT_MPI" between quotes.
GIVEN = re.compile(r"""-DPLAIT_([A-Z0-9]+)=|["']PLAIT_([A-Z0-9]+)["']""")

# What a recipe need not say: for developers, or without meaning where tests and benchmarks are OFF.
FREE = {"PCG", "FUZZ", "WERROR"}
RECIPES = {
    "packaging/spack/package.py": True,
    "packaging/easybuild/Plait-VERSION-foss-2025a.eb": True,
    "packaging/conda/meta.yaml": False,
    "packaging/conda/build.sh": True,
    "packaging/container/Dockerfile": True,
    "packaging/container/plait.def": True,
    "CITATION.cff": False,
    # Not in tarballs.
    "debian/changelog": False,
    "debian/rules": True,
}
# Where the version is that of a file's own name, or of the changelog next to it.
NO_VERSION = {"packaging/conda/build.sh", "debian/rules"}


def main():
    top = pathlib.Path(sys.argv[1])
    build = (top / "CMakeLists.txt").read_text(encoding="utf-8")
    version = VERSION.search(build).group(1)
    features = set(OPTION.findall(build))
    allowed = features | {name.upper() for name in PATH.findall((top / "cmake/paths.cmake").read_text(encoding="utf-8"))}
    offenders = [] if features else ["CMakeLists.txt: no option found"]
    for name, has_options in RECIPES.items():
        path = top / name.replace("VERSION", version)
        if name.startswith("debian/") and not (top / "debian").is_dir():
            continue
        if not path.is_file():
            offenders.append(f"{path.relative_to(top)}: missing: is it of another version than {version}?")
            continue
        text = path.read_text(encoding="utf-8")
        if name not in NO_VERSION and not re.search(rf"(?<![0-9.]){re.escape(version)}(?![0-9]|\.[0-9])", text):
            offenders.append(f"{path.relative_to(top)}: does not name the version {version}")
        for other in re.findall(r"(?i)plait[-:_ ]\(?v?([0-9]+\.[0-9]+\.[0-9]+)", text):
            if other != version:
                offenders.append(f"{path.relative_to(top)}: names plait {other}, this is {version}")
        given = {a or b for a, b in GIVEN.findall(text)}
        if has_options:
            offenders += [f"{path.relative_to(top)}: says nothing of PLAIT_{option}" for option in
                          sorted(features - FREE - given)]
        offenders += [f"{path.relative_to(top)}: PLAIT_{option} is no option" for option in sorted(given - allowed)]
    print("\n".join(offenders) or f"{len(RECIPES)} recipes, version {version}, {len(features)} options")
    sys.exit(1 if offenders else 0)


main()
