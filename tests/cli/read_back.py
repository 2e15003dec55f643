#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Reads one picture back from its .npy, .png, .ppm and .pdf files with NumPy, Pillow and poppler, has
matplotlib colour the counts, and compares pixel by pixel.

    read_back.py mandelbrot|julia PALETTE FILE.npy FILE.png FILE.ppm FILE.pdf

Prints one line. Exit status: 0 all equal, 1 a difference, 2 wrong usage."""
import os
import re
import subprocess
import sys
import tempfile

import matplotlib
import numpy
from PIL import Image

Image.MAX_IMAGE_PIXELS = None


def fail(text):
    print(f"read_back: {text}")
    sys.exit(1)


def colours(palette, values):
    """What matplotlib's imsave makes of values, and its 256 colours."""
    colormap = matplotlib.colormaps["gray" if palette == "grey" else palette]
    normalize = matplotlib.colors.Normalize(values.min(), values.max())
    return (colormap(normalize(values), bytes=True)[..., :3],
            colormap(range(256), bytes=True)[:, :3])


def compare(name, pixels, expected):
    if pixels.shape != expected.shape:
        fail(f"{name}: shape {pixels.shape} instead of {expected.shape}")
    wrong = numpy.argwhere((pixels != expected).any(axis=2))
    if len(wrong):
        row, col = wrong[0]
        fail(f"{name}: {len(wrong)} pixels differ, first row {row} column {col}: "
             f"{pixels[row, col].tolist()} instead of {expected[row, col].tolist()}")


def poppler(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def check_pdf(name, expected):
    """One page of 100 dots per inch, whose one image has the pixels, is not interpolated and stands
    upright: pdfimages does not see how an image is placed, so a page is drawn too."""
    height, width = expected.shape[:2]
    # By poppler: cairo since 1.18 compresses the objects that say so.
    info = poppler("pdfinfo", name)
    size = re.search(r"^Page size: +([0-9.]+) x ([0-9.]+) pts", info, re.MULTILINE)
    if not size or [round(float(side) / 0.72, 2) for side in size.groups()] != [width, height]:
        fail(f"{name}: the page is {size and size.groups()} for {width}x{height} pixels")
    header, _, *images = poppler("pdfimages", "-list", name).splitlines()
    if [image.split()[header.split().index("interp")] for image in images] != ["no"]:
        fail(f"{name}: pixels are interpolated: {images}")
    with tempfile.TemporaryDirectory() as directory:
        stem = os.path.join(directory, "i")
        subprocess.run(["pdfimages", "-png", name, stem], check=True)
        subprocess.run(["pdftoppm", "-singlefile", "-scale-to-x", str(width), "-scale-to-y",
                        str(height), name, stem], check=True)
        if sorted(os.listdir(directory)) != ["i-000.png", "i.ppm"]:
            fail(f"{name}: not one image: {os.listdir(directory)}")
        compare(name, numpy.asarray(Image.open(stem + "-000.png").convert("RGB")), expected)
        page = numpy.asarray(Image.open(stem + ".ppm")).astype(float)
    upright = abs(page - expected).mean()
    for turned in (expected[::-1], expected[:, ::-1]):
        if (turned != expected).any() and abs(page - turned).mean() <= upright:
            fail(f"{name}: the page is upside down or mirrored")


def main():
    if len(sys.argv) != 7 or sys.argv[1] not in ("mandelbrot", "julia"):
        print(__doc__, file=sys.stderr)
        sys.exit(2)
    kind, palette, npy_name, png_name, ppm_name, pdf_name = sys.argv[1:]

    counts = numpy.load(npy_name, allow_pickle=False)
    if counts.ndim != 2 or counts.dtype.newbyteorder("=") != numpy.int32:
        fail(f"{npy_name}: {counts.dtype} of {counts.ndim} dimensions instead of int32 of 2")
    values = counts if kind == "mandelbrot" else numpy.maximum(1, 255 - counts.astype(numpy.int64))
    expected, table = colours(palette, values)

    png = Image.open(png_name)
    if png.format != "PNG" or png.mode != "P":
        fail(f"{png_name}: {png.format} {png.mode} instead of a PNG with a palette")
    if bytes(png.getpalette()) != table.tobytes():
        fail(f"{png_name}: the palette is not {palette}")
    ppm = Image.open(ppm_name)
    if ppm.format != "PPM" or ppm.mode != "RGB":
        fail(f"{ppm_name}: {ppm.format} {ppm.mode} instead of an RGB pixmap")

    compare(png_name, numpy.asarray(png.convert("RGB")), expected)
    compare(ppm_name, numpy.asarray(ppm), expected)
    check_pdf(pdf_name, expected)
    print(f"read_back: {counts.shape[1]}x{counts.shape[0]} pixels of {kind} equal in "
          f"{npy_name}, {png_name}, {ppm_name} and {pdf_name}")


main()
