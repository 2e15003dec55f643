#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Small and edge cases of k-means, as files for plait kmeans and kmeans_by_contract.py.

    kmeans_cases.py make DIRECTORY SEED     writes them, and prints a line for each: its arguments
    kmeans_cases.py same REPORT.json ANSWER.json [LABELS.npy CENTROIDS.npy]

`same` compares what plait wrote with what kmeans_by_contract.py printed, to the bit."""
import json
import os
import random
import struct
import sys


def write_npy(path, code, columns, values):
    shape = "(%d,)" % len(values) if columns == 0 else "(%d, %d)" % (len(values) // columns, columns)
    header = "{'descr': '%s', 'fortran_order': False, 'shape': %s, }" % (code, shape)
    header += " " * (-(len(header) + 11) % 64) + "\n"
    kind = {"<f8": "d", "<f4": "f", "<i8": "q", "|u1": "B", "<i2": "h"}[code]
    with open(path, "wb") as file:
        file.write(b"\x93NUMPY\1\0" + struct.pack("<H", len(header)) + header.encode())
        file.write(struct.pack("<%d%s" % (len(values), kind), *values))


def values_of(kind, draw, column):
    """A value of a kind of points."""
    u = draw.random()
    if kind == "lattice":
        return float(draw.randrange(-2, 3))
    if kind == "copies":
        return draw.randrange(3) * 0.1
    if kind == "offset":
        return 1e15 + draw.randrange(64) * 0.125
    if kind == "large":
        return (u - 0.5) * 2.0**391
    if kind == "small":
        return (u - 0.5) * 2.0**-430
    if kind == "subnormal":
        return (u - 0.5) * 2.0**-1040 if column % 2 else u
    if kind == "groups":
        return draw.randrange(4) * 3 + u
    if kind == "unequal":
        return (u - 0.5) * 10.0 ** (6 * column)
    return u - 0.5


# Kind, points, columns, clusters, further options. W stands for a file of weights, C for one of centroids.
CASES = [
    ("uniform", 1, 1, 1, ""),
    ("uniform", 40, 2, 5, ""),
    ("uniform", 30, 1, 4, "--init random"),
    ("uniform", 12, 3, 12, ""),  # k = N
    ("copies", 30, 2, 14, ""),  # more clusters than different points
    ("copies", 30, 1, 8, "--init random"),
    ("lattice", 60, 2, 7, "--restarts 3"),
    ("lattice", 50, 1, 9, "--init random --restarts 2"),
    ("offset", 40, 3, 6, ""),
    ("large", 40, 2, 5, ""),
    ("small", 40, 2, 5, ""),
    ("subnormal", 40, 2, 5, ""),
    ("groups", 70, 2, 6, "--trials 1 --sample 20"),
    ("groups", 60, 4, 6, "--trials 3 --max-iter 2"),
    ("groups", 60, 2, 9, "--tolerance-points 3 --trials 1"),
    ("uniform", 40, 2, 5, "--init C"),
    ("lattice", 40, 2, 6, "--init C"),
    ("uniform", 30, 3, 5, "--predict C"),
    ("offset", 20, 1, 4, "--predict C"),
    ("uniform", 30, 2, 5, "--weights W"),
    ("lattice", 30, 2, 6, "--weights W --init random"),
    ("copies", 25, 1, 9, "--weights W"),
    ("groups", 40, 2, 5, "--weights W --sample 15 --restarts 2"),
    ("groups", 30, 2, 7, "--weights W --init C --max-iter 3"),
    ("unequal", 40, 3, 4, "--standardise"),
    ("unequal", 30, 3, 4, "--standardise --weights W --init C"),
]


def make(directory, seed):
    for number, (kind, points, columns, clusters, options) in enumerate(CASES):
        draw = random.Random(seed * 1000 + number)
        values = [values_of(kind, draw, i % columns) for i in range(points * columns)]
        name = "case%d" % number
        if number % 2:
            name += ".npy"
            write_npy(os.path.join(directory, name), "<f8", columns, values)
        else:
            name += ".csv"
            with open(os.path.join(directory, name), "w", encoding="ascii") as file:
                for i in range(0, len(values), columns):
                    file.write(",".join(repr(v) for v in values[i : i + columns]) + "\n")
        words = options.split()
        if "W" in words:
            weights = "weights%d.npy" % number
            words[words.index("W")] = weights
            write_npy(os.path.join(directory, weights), "<i8", 0, [draw.choice([0, 1, 1, 2, 5]) for _ in range(points - 1)] + [9])
        if "C" in words:
            given = "given%d.npy" % number
            words[words.index("C")] = given
            rows = [values[i * columns : (i + 1) * columns] for i in draw.sample(range(points), clusters - 1)]
            if kind != "offset":
                rows.append([40 * v for v in rows[0]])  # far outside: an empty cluster
            else:
                rows.append(rows[0])
            write_npy(os.path.join(directory, given), "<f8", columns, sum(rows, []))
        k = [] if "--predict" in words else ["--k", str(clusters)]
        print(" ".join([name, *k, "--seed", str(draw.randrange(2**64)), *words]))


def read_npy(path):
    with open(path, "rb") as file:
        data = file.read()
    start = 10 + struct.unpack_from("<H", data, 8)[0]
    kind, size = {b"<i4": ("i", 4), b"<f8": ("d", 8)}[data[21:24]]
    return list(struct.unpack_from("<%d%s" % ((len(data) - start) // size, kind), data, start))


def same(report, answer, labels=None, centroids=None):
    with open(report, encoding="utf-8") as file:
        got = json.load(file)["result"]
    with open(answer, encoding="utf-8") as file:
        expected = json.load(file)
    wrong = [
        key
        for key, value in (
            ("iterations", got["iterations"] == expected["iterations"]),
            ("potential", int(got["potential"], 16) == int(expected["potential"], 16)),
            ("scale", got["potential_scale"] == expected["scale"]),
            ("counts", got["counts"] == expected["counts"]),
            ("labels_fnv1a", int(got["labels_fnv1a"], 16) == int(expected["labels_fnv1a"], 16)),
            ("centroids_fnv1a", int(got["centroids_fnv1a"], 16) == int(expected["centroids_fnv1a"], 16)),
            ("labels", labels is None or read_npy(labels) == expected["labels"]),
            ("centroids", centroids is None or read_npy(centroids) == sum(expected["centroids"], [])),
        )
        if not value
    ]
    if wrong:
        print("differ:", *wrong)
    return 1 if wrong else 0


def main():
    if len(sys.argv) == 4 and sys.argv[1] == "make":
        make(sys.argv[2], int(sys.argv[3]))
        return 0
    if len(sys.argv) in (4, 6) and sys.argv[1] == "same":
        return same(*sys.argv[2:])
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
