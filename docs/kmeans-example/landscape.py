#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Paints a landscape that is as full of shades as a photograph: a sky with clouds, the sun, ridges in
haze and a lake. Needs Python alone, and paints the same pixels everywhere.

    docs/kmeans-example/landscape.py FILE.png"""
import struct
import sys
import zlib

WIDTH, HEIGHT, SHORE = 600, 400, 292


def hashed(x, y, layer):
    """A number from 0 to 1 for each point of a grid."""
    n = (x * 374761393 + y * 668265263 + layer * 2147483647) & 0xFFFFFFFF
    n = ((n ^ (n >> 13)) * 1274126177) & 0xFFFFFFFF
    return ((n ^ (n >> 16)) & 0xFFFF) / 65535


def noise(x, y, layer):
    """Smooth noise from 0 to 1 between the points of that grid."""
    i, j = int(x // 1), int(y // 1)
    u, v = x - i, y - j
    u, v = u * u * (3 - 2 * u), v * v * (3 - 2 * v)
    top = hashed(i, j, layer) * (1 - u) + hashed(i + 1, j, layer) * u
    bottom = hashed(i, j + 1, layer) * (1 - u) + hashed(i + 1, j + 1, layer) * u
    return top * (1 - v) + bottom * v


def rough(x, y, layer, octaves):
    total, size = 0, 0.5
    for octave in range(octaves):
        total += size * noise(x * 2**octave, y * 2**octave, layer + octave)
        size /= 2
    return total


def mix(a, b, share):
    share = min(max(share, 0), 1)
    return tuple(p + (q - p) * share for p, q in zip(a, b))


def sky(x, y):
    height = y / SHORE
    colour = mix(mix((38, 62, 120), (120, 120, 170), height * 1.8), (250, 176, 110), (height - 0.45) * 2)
    cloud = rough(x / 150 + y / 300, y / 38, 10, 5)
    colour = mix(colour, mix((250, 205, 170), (196, 110, 110), cloud), (cloud - 0.5) * 3.2 * (1 - 0.4 * height))
    distance = ((x - 405) ** 2 + (y - 196) ** 2) ** 0.5
    colour = mix(colour, (255, 226, 160), 0.9 / (1 + (distance / 46) ** 2))
    return mix(colour, (255, 252, 226), (27 - distance) / 3)


RIDGES = [  # height, roughness, layer, near colour, haze
    (228, 70, 30, (146, 128, 160), 0.5),
    (250, 62, 40, (98, 92, 132), 0.33),
    (272, 44, 50, (58, 66, 92), 0.16),
    (290, 26, 60, (26, 40, 46), 0.05),
]


def land(x, y):
    """The colour above the lake."""
    colour = sky(x, y)
    for level, size, layer, near, haze in RIDGES:
        edge = level - size * (rough(x / 120, layer, layer, 6) - 0.42) * 1.6
        if y > edge:
            shade = 0.75 + 0.5 * rough(x / 14, y / 9, layer + 7, 4)
            colour = mix(tuple(part * shade for part in near), (236, 170, 130), haze + (y - edge) / 260)
    return colour


def pixel(x, y):
    if y < SHORE:
        return land(x, y)
    depth = y - SHORE
    ripple = (rough(x / 26, depth / 2.2, 80, 3) - 0.44) * (3 + depth / 5)
    mirrored = min(max(SHORE - 1 - depth * 1.55 + ripple * 2.2, 0), SHORE - 1)
    colour = mix(land(x + ripple * 1.5, mirrored), (22, 44, 66), 0.22 + depth / 330)
    glitter = noise(x / 7, depth / 1.3, 90) - 0.62 - abs(x - 405) / (90 + depth)
    return mix(colour, (255, 236, 190), glitter * 2)


def main():
    rows = []
    for y in range(HEIGHT):
        row = bytearray(b"\0")
        for x in range(WIDTH):
            grain = (hashed(x, y, 99) - 0.5) * 2.5
            row += bytes(min(max(int(part + grain + 0.5), 0), 255) for part in pixel(x, y))
        rows.append(bytes(row))
    with open(sys.argv[1], "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n")
        header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
        for kind, data in ((b"IHDR", header), (b"IDAT", zlib.compress(b"".join(rows), 9)), (b"IEND", b"")):
            file.write(struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)))


main()
