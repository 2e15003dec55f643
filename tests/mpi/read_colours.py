#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes a picture of counts as NumPy computes it, smooth values and means of samples in floating point, and
compares it with the picture that Plait made. Floating point may round a colour to its neighbour, and orbits
that end near the set go astray, so a few pixels may differ.

    read_colours.py REPORT.json COUNTS.npy PICTURE.png

Prints one line. Exit status: 0 equal, 1 different."""
import json
import sys

import matplotlib
import numpy
from PIL import Image


def coordinates(parameters, shape):
    height, width = shape
    xmin, xmax, ymin, ymax = parameters["region"]
    x = (xmin + xmax) / 2 + (numpy.arange(width) - width / 2) * (xmax - xmin) / width
    y = (ymin + ymax) / 2 + (height / 2 - numpy.arange(height)) * (ymax - ymin) / height
    return x[None, :] + 1j * y[:, None]


def smooth_indices(command, parameters, counts):
    pixels = coordinates(parameters, counts.shape)
    c = pixels if command == "mandelbrot" else numpy.full(counts.shape, complex(*parameters["c"]))
    z = numpy.zeros_like(pixels) if command == "mandelbrot" else pixels.copy()
    escaped = counts < parameters["maxit"]
    for step in range(int(counts[escaped].max()) + 4):
        moving = escaped & (step < counts + 4)
        z[moving] = z[moving] ** 2 + c[moving]
    values = counts[escaped] + 5 - numpy.log2(numpy.log(abs(z[escaped])))
    indices = numpy.full(counts.shape, 255)
    if cycle := parameters.get("cycle"):
        indices[escaped] = 255 * (values % cycle) / cycle
    else:
        heights = numpy.log2(1 + values - values.min())
        indices[escaped] = numpy.minimum(254, 255 * heights / heights.max())
    return indices


def equal_indices(parameters, counts):
    escaped = counts < parameters["maxit"]
    values, places, numbers = numpy.unique(counts[escaped], return_inverse=True, return_counts=True)
    others = numpy.cumsum(numbers) - numbers[0]
    indices = numpy.full(counts.shape, 255)
    indices[escaped] = (254 * others / others[-1] + 0.5).astype(int)[places]
    return indices


def count_indices(command, counts):
    values = counts if command == "mandelbrot" else numpy.maximum(1, 255 - counts)
    part = (values - values.min()) / (values.max() - values.min())
    return numpy.minimum(255, (256 * part)).astype(int)


def colours(command, parameters, counts):
    name = parameters["palette"]
    table = matplotlib.colormaps["gray" if name == "grey" else name](range(256), bytes=True)[:, :3]
    if parameters["colour"] == "count":
        return table[count_indices(command, counts)]
    steps = numpy.arange(255) * 255 / 254
    if parameters.get("cycle"):  # there and back
        steps = numpy.minimum(numpy.arange(255), 255 - numpy.arange(255)) * 255 / 127
    table = numpy.vstack([table[numpy.floor(steps + 0.5).astype(int)], [[0] * 3]])
    if parameters["colour"] == "histogram":
        return table[equal_indices(parameters, counts)]
    return table[smooth_indices(command, parameters, counts)]


def mean_of_samples(picture, samples):
    coded = picture / 255
    light = numpy.where(coded <= 0.04045, coded / 12.92, ((coded + 0.055) / 1.055) ** 2.4)
    height, width = picture.shape[0] // samples, picture.shape[1] // samples
    mean = light.reshape(height, samples, width, samples, 3).mean(axis=(1, 3))
    return 255 * numpy.where(mean <= 0.0031308, mean * 12.92, 1.055 * mean ** (1 / 2.4) - 0.055)


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        report = json.load(file)
    parameters, result = report["parameters"], report["result"]
    counts = numpy.load(sys.argv[2]).astype(int)
    picture = Image.open(sys.argv[3])
    samples = parameters["samples"]
    expected = colours(report["command"], parameters, counts)
    if samples > 1:
        expected = mean_of_samples(expected, samples)
    wrong = []
    if (result["width"], result["height"], result["samples"]) != (*picture.size, samples):
        wrong.append(f"the report says {result}")
    if picture.mode != ("P" if samples == 1 else "RGB"):
        wrong.append(f"a PNG of mode {picture.mode}")
    got = numpy.asarray(picture.convert("RGB")).astype(float)
    if got.shape != expected.shape:
        wrong.append(f"shape {got.shape}, not {expected.shape}")
    else:
        # A colour's neighbour in the palette is a few units away.
        most = 12 if parameters["colour"] == "smooth" else 0.51
        off = (abs(got - expected) > most).any(axis=2)
        inside = (counts == parameters["maxit"]) if samples == 1 else numpy.zeros(off.shape, bool)
        if off.mean() > (0.01 if parameters["colour"] == "smooth" else 0.002):
            wrong.append(f"{off.sum()} of {off.size} pixels differ")
        if parameters["colour"] != "count" and got[inside].any():
            wrong.append("a pixel that does not escape is not black")
        if expected.std() < 10:
            wrong.append("a picture of one colour")
    print("read_colours: " + ("; ".join(wrong) or "the picture is right"))
    sys.exit(1 if wrong else 0)


main()
