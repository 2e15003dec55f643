#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Escape counts by the contract of docs/determinism.md, from a program that shares nothing with Plait's: every operation is
made exactly, in integers, and rounded to a double by one function. Prints the lines of escape.txt that have another radius
than the report's pictures, or those of distance.txt.

    python3 escape_exact.py [--distance]            (no packages; takes some minutes)"""
import math
import sys


# kind, W, H, xmin, xmax, ymin, ymax, maxit, r: what is seen there
VIEWS = [
    ("mandelbrot", 120, 80, "-2", "1", "-1", "1", 127, "1024"),  # the report's view
    ("mandelbrot", 61, 41, "-2.1", "-1.9", "-0.07", "0.07", 600, "2.005"),  # the tip: some columns are tested at every step
    ("mandelbrot", 61, 41, "-2.1", "-1.9", "-0.07", "0.07", 600, "2.01"),  # the same, where none is
    ("mandelbrot", 61, 41, "-2.1", "-1.9", "-0.07", "0.07", 600, "1e10"),
    ("mandelbrot", 64, 48, "-0.7445", "-0.7425", "0.1310", "0.1325", 400, "30"),  # seahorses
    ("mandelbrot", 64, 48, "-14", "14", "-10", "10", 60, "4"),  # c around r^2 - r = 12
]


def rounded(m, e):
    """The double nearest to m 2^e, ties to even, as (mantissa, exponent) with a mantissa below 2^53. Subnormal results and
    overflow do not occur in these views, and are refused."""
    if m == 0:
        return 0, 0
    sign, m = (-1 if m < 0 else 1), abs(m)
    excess = m.bit_length() - 53
    if excess > 0:
        low, half = m & ((1 << excess) - 1), 1 << (excess - 1)
        m >>= excess
        m += low > half or (low == half and m & 1)
        e += excess
    if not -1022 <= e + m.bit_length() - 1 <= 1023:
        raise OverflowError
    return sign * m, e


def double(value):
    m, d = float(value).as_integer_ratio()
    return m, -(d.bit_length() - 1)


def product(a, b):
    return a[0] * b[0], a[1] + b[1]


def total(a, b):
    if a[0] == 0 or b[0] == 0:
        return b if a[0] == 0 else a
    e = min(a[1], b[1])
    return (a[0] << (a[1] - e)) + (b[0] << (b[1] - e)), e


def mul(a, b):
    return rounded(*product(a, b))


def add(a, b):
    return rounded(*total(a, b))


def fma(a, b, c):
    return rounded(*total(product(a, b), c))


def less(a, b):
    return total(a, (-b[0], b[1]))[0] < 0


def count_of(cr, ci, r2, maxit):
    x = y = (0, 0)
    for n in range(maxit):
        if not less(fma(x, x, mul(y, y)), r2):
            return n
        x, y = fma(x, x, fma((-y[0], y[1]), y, cr)), fma(add(x, x), y, ci)
    return maxit


def fnv1a(data):
    h = 0xCBF29CE484222325
    for byte in data:
        h = (h ^ byte) * 0x100000001B3 % 2**64
    return h


class Checksum:
    """Of rows of numbers of 32 bits."""

    def __init__(self):
        self.digests = b""

    def add(self, row):
        self.digests += fnv1a(b"".join(v.to_bytes(4, "little", signed=True) for v in row)).to_bytes(8, "little")

    def __str__(self):
        return f"{fnv1a(self.digests):016x}"


def points_of(w, h, region):
    """Coordinates of the columns and rows, and the distances of pixels."""
    xmin, xmax, ymin, ymax = map(float, region)
    # These few operations are Python's, on doubles.
    cx, cy, dx, dy = map(double, ((xmin + xmax) / 2, (ymin + ymax) / 2, (xmax - xmin) / w, (ymax - ymin) / h))
    columns = [fma(double(j - w / 2), dx, cx) for j in range(w)]
    return columns, [fma(double(h / 2 - i), dy, cy) for i in range(h)], dx, dy


def print_counts():
    for kind, w, h, *region, maxit, r in VIEWS:
        columns, rows, _, _ = points_of(w, h, region)
        r2 = mul(double(r), double(r))
        checksum, total_count, maxed = Checksum(), 0, 0
        for ci in rows:
            counts = [count_of(cr, ci, r2, maxit) for cr in columns]
            total_count += sum(counts)
            maxed += counts.count(maxit)
            checksum.add(counts)
        print(f"{kind} {w} {h} {' '.join(region)} {maxit} 0 0 {r} {total_count} {maxed} {checksum}", flush=True)


# -- distances ----------------------------------------------------------------------------------------------------------------

# kind, W, H, xmin, xmax, ymin, ymax, maxit, re(c), im(c), r
DISTANCE_VIEWS = [
    ("mandelbrot", 60, 24, "-2", "1", "-1.2", "1.2", 100, "0", "0", "2"),
    ("mandelbrot", 60, 24, "-0.7445", "-0.7425", "0.1310", "0.1325", 300, "0", "0", "2"),
    ("mandelbrot", 60, 24, "-2.02", "-1.98", "-0.01", "0.01", 300, "0", "0", "1000"),
    ("mandelbrot", 40, 20, "-30", "30", "-30", "31", 50, "0", "0", "2"),
    ("julia", 60, 24, "-2", "2", "-1.5", "1.5", 254, "0", "0.65", "3"),
    ("julia", 60, 24, "-1.6", "1.6", "-1.2", "1.2", 300, "-0.8", "0.156", "1.5"),
]
ZERO, ONE = (0, 0), (1, 0)


def negative(a):
    return -a[0], a[1]


def quotient(a, b):
    """a / b to 60 bits and one that is set if there are more: enough to round it."""
    if a[0] == 0:
        return ZERO
    shift = max(0, 120 - abs(a[0]).bit_length() + abs(b[0]).bit_length())
    q, rest = divmod(abs(a[0]) << shift, abs(b[0]))
    sign = -1 if (a[0] < 0) != (b[0] < 0) else 1
    return rounded(sign * (2 * q + (rest != 0)), a[1] - b[1] - shift - 1)


def root(a):
    """The same for the square root of a positive number."""
    shift = 240 + (a[1] & 1)
    square = a[0] << shift
    s = math.isqrt(square)
    return rounded(2 * s + (s * s != square), (a[1] - shift) // 2 - 1)


def log2(a):
    e = a[0].bit_length() + a[1]  # a = f 2^e, 1/2 <= f < 1
    f = a[0], a[1] - e
    if less(f, double(float.fromhex("0x1.6a09e667f3bcdp-1"))):
        f, e = (f[0], f[1] + 1), e - 1
    s = quotient(add(f, negative(ONE)), add(f, ONE))
    t = mul(s, s)
    value = ZERO
    for k in range(17, 0, -2):
        value = fma(value, t, quotient(double(float.fromhex("0x1.71547652b82fep+1")), double(k)))
    return fma(value, s, double(e))


def distance_of(x, y, cr, ci, wx, wy, one, r2, maxit, pitch):
    """Count and floor(256 distance)."""
    count = further = 0
    while True:
        square = fma(x, x, mul(y, y))
        if further == 0 and less(square, r2):
            if count == maxit:
                return count, 0
            count += 1
        elif count == maxit:
            return count, 0
        elif further < 4 and less(square, (1, 500)):
            further += 1
        else:
            break
        x2, y2 = add(x, x), add(y, y)
        wx, wy = fma(x2, wx, fma(negative(y2), wy, one)), fma(x2, wy, mul(y2, wx))
        x, y = fma(x, x, fma(negative(y), y, cr)), fma(x2, y, ci)
    if not less(ONE, square):
        return count, 0
    far = 0 if less(square, (1, 500)) else 512  # z is scaled by 2^-far, which is exact in these views
    square = square[0], square[1] - 2 * far
    slope = root(fma(wx, wx, mul(wy, wy)))
    if slope == ZERO:
        return count, 2**31 - 1
    logarithm = mul(add(log2(square), double(2 * far)), double(float.fromhex("0x1.62e42fefa39efp-1")))
    m, e = quotient(mul(root(square), logarithm), slope)
    m, e = quotient((m, e + far), pitch)
    return count, min((m << (e + 8)) if e + 8 >= 0 else m >> -(e + 8), 2**31 - 1)


def print_distances():
    for kind, w, h, *region, maxit, cre, cim, r in DISTANCE_VIEWS:
        columns, rows, dx, dy = points_of(w, h, region)
        pitch = dx if less(dx, dy) else dy
        r2 = mul(double(r), double(r))
        counts, parts = Checksum(), Checksum()
        for py in rows:
            row = []
            for px in columns:
                orbit = (px, py, double(cre), double(cim), ONE, ZERO, ZERO)
                if kind == "mandelbrot":
                    orbit = (ZERO, ZERO, px, py, ZERO, ZERO, ONE)
                row.append(distance_of(*orbit, r2, maxit, pitch))
            counts.add([count for count, _ in row])
            parts.add([part for _, part in row])
        print(f"{kind} {w} {h} {' '.join(region)} {maxit} {cre} {cim} {r} {counts} {parts}", flush=True)


print_distances() if "--distance" in sys.argv[1:] else print_counts()
