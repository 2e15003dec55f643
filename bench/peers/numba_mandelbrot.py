# SPDX-License-Identifier: MIT
"""The escape loop in numba, one thread: numba_mandelbrot.py VIEW prints "name<TAB>G steps/s".

Twice: as programs usually have it, complex numbers and coordinates from a corner; and in real
arithmetic, the best that a plain loop can do there. Views as in bench_escape.c; long ones take every
eighth row."""
import statistics
import sys
import time

import numba
import numpy as np


@numba.njit
def complex_row(xmin, dx, y, maxit, counts):
    for j in range(counts.size):
        c = complex(xmin + j * dx, y)
        z = 0j
        n = 0
        while abs(z) < 2 and n < maxit:
            z = z * z + c
            n += 1
        counts[j] = n


@numba.njit
def real_row(xmin, dx, y, maxit, counts):
    for j in range(counts.size):
        cr = xmin + j * dx
        zr = zi = 0.0
        r2 = i2 = 0.0
        n = 0
        while r2 + i2 < 4.0 and n < maxit:
            zi = 2.0 * zr * zi + y
            zr = r2 - i2 + cr
            r2 = zr * zr
            i2 = zi * zi
            n += 1
        counts[j] = n


SEAHORSE = (-0.743643887037151, 0.131825904205330, 1e-5)
VIEWS = {
    1: (1200, 800, 127, -2.0, 1.0, -1.0, 1.0),
    2: (2400, 1600, 1000, -2.0, 1.0, -1.0, 1.0),
    3: (600, 400, 10000, -0.9, 0.3, -0.4, 0.4),
    4: (600, 400, 5000, SEAHORSE[0] - SEAHORSE[2] / 2, SEAHORSE[0] + SEAHORSE[2] / 2,
        SEAHORSE[1] - SEAHORSE[2] / 3, SEAHORSE[1] + SEAHORSE[2] / 3),
}


def rate(row, view):
    width, height, maxit, xmin, xmax, ymin, ymax = VIEWS[view]
    dx, dy = (xmax - xmin) / width, (ymax - ymin) / height
    rows = range(0, height, 1 if view == 1 else 32)
    counts = np.zeros((len(rows), width), np.int32)
    row(xmin, dx, ymin, 2, counts[0])  # compile
    rates = []
    for _ in range(5):
        start = time.perf_counter()
        for k, i in enumerate(rows):
            row(xmin, dx, ymin + i * dy, maxit, counts[k])
        rates.append(int(counts.sum(dtype=np.int64)) / (time.perf_counter() - start) / 1e9)
    return statistics.median(rates)


chosen = int(sys.argv[1])
print(f"numba, complex\t{rate(complex_row, chosen):.4f}")
print(f"numba, real\t{rate(real_row, chosen):.4f}")
