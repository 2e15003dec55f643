#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Reads one picture back from its .npy, .png and .ppm files with NumPy and Pillow, recomputes every
colour from the counts in doubles, and compares pixel by pixel.

    read_back.py mandelbrot|julia FILE.npy FILE.png FILE.ppm

Prints one line. Exit status: 0 all equal, 1 a difference, 2 wrong usage."""
import hashlib
import sys

import numpy
from PIL import Image

# SHA-256 of the 768 bytes of matplotlib's cm.viridis(range(256), bytes=True)[:, :3].
VIRIDIS = "96a1f6f37d4041f953def955ffb8b9ea2110a9b4e3c9b701182d48f7a9774c58"

Image.MAX_IMAGE_PIXELS = None


def fail(text):
    print(f"read_back: {text}")
    sys.exit(1)


def indices(kind, counts):
    """What matplotlib's Normalize and Colormap do, in doubles."""
    values = counts if kind == "mandelbrot" else numpy.maximum(1, 255 - counts.astype(numpy.int64))
    low, high = float(values.min()), float(values.max())
    if low == high:
        return numpy.zeros(values.shape, dtype=numpy.uint8)
    part = (values.astype(numpy.float64) - low) / (high - low)
    return numpy.minimum(255, (part * 256.0).astype(numpy.int64)).astype(numpy.uint8)


def compare(name, pixels, expected):
    if pixels.shape != expected.shape:
        fail(f"{name}: shape {pixels.shape} instead of {expected.shape}")
    wrong = numpy.argwhere((pixels != expected).any(axis=2))
    if len(wrong):
        row, col = wrong[0]
        fail(f"{name}: {len(wrong)} pixels differ, first row {row} column {col}: "
             f"{pixels[row, col].tolist()} instead of {expected[row, col].tolist()}")


def main():
    if len(sys.argv) != 5 or sys.argv[1] not in ("mandelbrot", "julia"):
        print("usage: read_back.py mandelbrot|julia FILE.npy FILE.png FILE.ppm", file=sys.stderr)
        sys.exit(2)
    kind, npy_name, png_name, ppm_name = sys.argv[1:]

    counts = numpy.load(npy_name, allow_pickle=False)
    if counts.ndim != 2 or counts.dtype.newbyteorder("=") != numpy.int32:
        fail(f"{npy_name}: {counts.dtype} of {counts.ndim} dimensions instead of int32 of 2")

    png = Image.open(png_name)
    if png.format != "PNG" or png.mode != "P":
        fail(f"{png_name}: {png.format} {png.mode} instead of a PNG with a palette")
    palette = bytes(png.getpalette())
    if hashlib.sha256(palette).hexdigest() != VIRIDIS:
        fail(f"{png_name}: the palette is not viridis")
    ppm = Image.open(ppm_name)
    if ppm.format != "PPM" or ppm.mode != "RGB":
        fail(f"{ppm_name}: {ppm.format} {ppm.mode} instead of an RGB pixmap")

    colours = numpy.frombuffer(palette, dtype=numpy.uint8).reshape(256, 3)
    expected = colours[indices(kind, counts)]
    compare(png_name, numpy.asarray(png.convert("RGB")), expected)
    compare(ppm_name, numpy.asarray(ppm), expected)
    print(f"read_back: {counts.shape[1]}x{counts.shape[0]} pixels of {kind} equal in "
          f"{npy_name}, {png_name} and {ppm_name}")


main()
