#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Escape counts by the contract of docs/determinism.md, from a program that shares nothing with Plait's: every operation is
made exactly, in integers, and rounded to a double by one function. Prints the lines of escape.txt that have another radius
than the report's pictures.

    python3 escape_exact.py            (no packages; takes some minutes)"""

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


for kind, w, h, *region, maxit, r in VIEWS:
    xmin, xmax, ymin, ymax = map(float, region)
    # These few operations are Python's, on doubles.
    cx, cy, dx, dy = map(double, ((xmin + xmax) / 2, (ymin + ymax) / 2, (xmax - xmin) / w, (ymax - ymin) / h))
    r2 = mul(double(r), double(r))
    digests, total_count, maxed = b"", 0, 0
    for i in range(h):
        ci = fma(double(h / 2 - i), dy, cy)
        counts = [count_of(fma(double(j - w / 2), dx, cx), ci, r2, maxit) for j in range(w)]
        total_count += sum(counts)
        maxed += counts.count(maxit)
        digests += fnv1a(b"".join(c.to_bytes(4, "little") for c in counts)).to_bytes(8, "little")
    print(f"{kind} {w} {h} {' '.join(region)} {maxit} 0 0 {r} {total_count} {maxed} {fnv1a(digests):016x}", flush=True)
