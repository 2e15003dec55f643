#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""check_tiles.py DIR PICTURE.png ...: every tile of a Deep Zoom Image against a crop of the whole picture, or of the
means of its light; the description, by its schema's names; and no file too many. Written from the format's
description, not from the program."""
import math
import os
import sys
import xml.etree.ElementTree

import numpy
from PIL import Image

Image.MAX_IMAGE_PIXELS = None
SIDE, OVERLAP = 254, 1

value = numpy.arange(256) / 255
linear = numpy.rint(65535 * numpy.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)).astype(numpy.int64)
between = (linear[:-1] + linear[1:]) // 2  # up to there it is the lower value


def pair(sums, axis):
    """The sums of neighbours along an axis; the last one may have none."""
    return numpy.add.reduceat(sums, numpy.arange(0, sums.shape[axis], 2), axis=axis)


def described(directory):
    root = xml.etree.ElementTree.parse(os.path.join(directory, "picture.dzi")).getroot()
    space = "{http://schemas.microsoft.com/deepzoom/2008}"
    assert root.tag == space + "Image" and root.get("Format") == "png", root.tag
    assert (int(root.get("TileSize")), int(root.get("Overlap"))) == (SIDE, OVERLAP)
    size = root.find(space + "Size")
    return int(size.get("Width")), int(size.get("Height"))


def check(directory, path):
    width, height = described(directory)
    picture = numpy.asarray(Image.open(path).convert("RGB"))
    assert picture.shape == (height, width, 3), picture.shape
    last = math.ceil(math.log2(max(width, height)))
    image, sums, pixels, files = picture, linear[picture], numpy.ones((height, width, 1), numpy.int64), set()
    for level in range(last, -1, -1):
        if level < last:
            sums, pixels = pair(pair(sums, 0), 1), pair(pair(pixels, 0), 1)
            image = numpy.searchsorted(between, (sums + pixels // 2) // pixels, side="left").astype(numpy.uint8)
        high, wide = image.shape[:2]
        scale = 2 ** (last - level)
        assert (wide, high) == (math.ceil(width / scale), math.ceil(height / scale))
        for row in range(math.ceil(high / SIDE)):
            for column in range(math.ceil(wide / SIDE)):
                name = f"picture_files/{level}/{column}_{row}.png"
                files.add(name)
                left, top = max(0, column * SIDE - OVERLAP), max(0, row * SIDE - OVERLAP)
                crop = image[top:(row + 1) * SIDE + OVERLAP, left:(column + 1) * SIDE + OVERLAP]
                tile = numpy.asarray(Image.open(os.path.join(directory, name)).convert("RGB"))
                assert tile.shape == crop.shape, (name, tile.shape, crop.shape)
                assert (tile == crop).all(), (name, int((tile != crop).any(axis=2).sum()), "pixels differ")
    assert image.shape == (1, 1, 3)
    there = {os.path.relpath(os.path.join(where, name), directory) for where, _, names in os.walk(directory) for name in names}
    assert there == files | {"index.html", "picture.dzi"}, sorted(there ^ files)[:5]
    return len(files)


for directory, path in zip(sys.argv[1::2], sys.argv[2::2]):
    print(check(directory, path), "tiles in", directory)
