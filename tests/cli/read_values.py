#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Reads files of smooth values as people who colour them do, and compares them with values that NumPy finds
and with the formula that the .png carries. Orbits that end near the set go astray, so a few may differ.

    read_values.py REPORT.json VALUES.npy VALUES.png

Prints one line. Exit status: 0 equal, 1 different."""
import json
import re
import sys

import numpy
from PIL import Image


def smooth_values(command, parameters, shape):
    height, width = shape
    xmin, xmax, ymin, ymax = parameters["region"]
    x = (xmin + xmax) / 2 + (numpy.arange(width) - width / 2) * (xmax - xmin) / width
    y = (ymin + ymax) / 2 + (height / 2 - numpy.arange(height)) * (ymax - ymin) / height
    pixels = x[None, :] + 1j * y[:, None]
    mandelbrot = command == "mandelbrot"
    c = pixels if mandelbrot else numpy.full(shape, complex(*parameters["c"]))
    z = numpy.zeros_like(pixels) if mandelbrot else pixels.copy()
    radius = parameters.get("bailout", 2)
    values = numpy.full(shape, numpy.inf)
    left = numpy.ones(shape, bool)
    for step in range(parameters["maxit"]):
        out = left & (abs(z) >= radius)
        left &= ~out
        w = z[out]
        for _ in range(4):
            w = w**2 + c[out]
        values[out] = step + 5 - numpy.log2(numpy.log(abs(w)))
        z[left] = z[left] ** 2 + c[left]
    return values


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        report = json.load(file)
    values, picture = numpy.load(sys.argv[2]), Image.open(sys.argv[3])
    greys = numpy.asarray(picture).astype(int)
    wrong = []
    if values.dtype != numpy.dtype("<f8") or picture.mode not in ("I", "I;16") or values.shape != greys.shape:
        wrong.append(f"{values.dtype} {values.shape}, {picture.mode} {greys.shape}")
    expected = smooth_values(report["command"], report["parameters"], values.shape)
    escaped = numpy.isfinite(values)
    both = escaped & numpy.isfinite(expected)
    off = (both != escaped) | (escaped & ~(abs(values - numpy.where(both, expected, 0)) < 1e-6))
    if off.mean() > 0.002:
        wrong.append(f"{off.sum()} of {off.size} values differ")
    low, high = (float(x) for x in re.search(r"min (\S+), max (\S+)$", picture.text["plait-values"]).groups())
    result = report["result"]["values"]
    if (result["min"], result["max"]) != (low, high) or not 0 <= values.min() - low < 2**-20:
        wrong.append(f"a range from {low} to {high}, in the report {result}")
    if not 0 <= values[escaped].max() - high < 2**-20:
        wrong.append("another largest value")
    if greys[~escaped].any() or greys[escaped].min() != 1 or greys[escaped].max() != 65535:
        wrong.append("other greys of the ends, or of points that do not escape")
    # As docs/pictures.md has it: half a level more or less.
    level = numpy.log2(1 + high - low) / 65535
    back = low - 1 + 2 ** ((greys[escaped] - 0.5) * level)
    if (abs(numpy.log2(1 + values[escaped] - low) - numpy.log2(1 + back - low)) > 0.51 * level + 2**-22).any():
        wrong.append("greys that are not those of the values")
    print("read_values: " + ("; ".join(wrong) or "the values are right"))
    sys.exit(1 if wrong else 0)


main()
