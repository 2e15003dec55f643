#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Values for plait rank, and what NumPy makes of them.

    rank_files.py write DIRECTORY    files of all types and lengths, good and bad ones
    rank_files.py check VALUES.npy RANKS.npy

Exit status of check: 0 the ranks are right, 1 wrong."""
import os
import sys

import numpy

SPECIAL = [numpy.nan, -numpy.nan, 0.0, -0.0, numpy.inf, -numpy.inf, 1.0, 1e-310]


def values_of(kind, count, generator):
    """Many equal ones among few numbers, all sorts of them among many."""
    if kind.startswith("int"):
        limits = numpy.iinfo(kind)
        span = (-3, 3) if count % 2 else (limits.min, limits.max)
        values = generator.integers(*span, count, endpoint=True, dtype=kind)
        values[: count // 3] = limits.min
        return values
    values = generator.normal(size=count).astype(kind)
    places = generator.integers(0, count, count // 4)
    values[places] = generator.choice(numpy.array(SPECIAL, dtype=kind), len(places))
    return values


def write(directory):
    generator = numpy.random.default_rng(7)
    for kind in ("int32", "int64", "float32", "float64"):
        for count in (1, 5, 101, 30000):
            numpy.save(f"{directory}/{kind}_{count}.npy", values_of(kind, count, generator))
        values = values_of(kind, 101, generator)
        numpy.save(f"{directory}/big_{kind}.npy", values.astype(values.dtype.newbyteorder(">")))
    numpy.save(f"{directory}/constant.npy", numpy.zeros(30000))
    numpy.save(f"{directory}/sorted.npy", numpy.arange(30000, dtype="int64"))
    numpy.save(f"{directory}/bad_half.npy", numpy.zeros(3, "float16"))
    numpy.save(f"{directory}/bad_text.npy", numpy.array(["a"]))
    numpy.save(f"{directory}/bad_two.npy", numpy.zeros((2, 3)))
    numpy.save(f"{directory}/bad_none.npy", numpy.array(5))
    numpy.save(f"{directory}/bad_empty.npy", numpy.zeros(0))
    with open(f"{directory}/sorted.npy", "rb") as file:
        content = file.read()
    for name, part in (("bad_cut", content[:-1]), ("bad_header", content[:50]),
                       ("bad_magic", content[1:]), ("bad_nothing", b"")):
        with open(f"{directory}/{name}.npy", "wb") as file:
            file.write(part)
    os.mkdir(f"{directory}/bad_directory.npy")


def check(values, ranks):
    """NumPy's stable sort has the same order: NaN last, -0 equal to 0, equal ones by index."""
    values, ranks = numpy.load(values), numpy.load(ranks)
    expected = numpy.empty(len(values), "int64")
    expected[numpy.argsort(values, kind="stable")] = numpy.arange(len(values))
    sys.exit(0 if ranks.dtype == expected.dtype and numpy.array_equal(ranks, expected) else 1)


if sys.argv[1] == "write":
    write(sys.argv[2])
else:
    check(sys.argv[2], sys.argv[3])
