# SPDX-License-Identifier: MIT
"""Monte Carlo pi in numpy and numba, one thread: prints "name<TAB>Mdarts/s".

With arrays as the report has it, then the same function compiled, then the plain loop that suits a
compiler best."""
import random
import statistics
import time

import numba
import numpy as np

DARTS = 1000000


def arrays(darts):
    x = np.random.uniform(-1.0, 1.0, darts)
    y = np.random.uniform(-1.0, 1.0, darts)
    return np.sum(x**2 + y**2 <= 1.0)


@numba.njit
def loop(darts):
    hits = 0
    for _ in range(darts):
        x = 2.0 * random.random() - 1.0
        y = 2.0 * random.random() - 1.0
        hits += x * x + y * y <= 1.0
    return hits


def rate(throw):
    throw(10)  # compile
    rates = []
    for _ in range(9):
        start = time.perf_counter()
        hits = throw(DARTS)
        rates.append(DARTS / (time.perf_counter() - start) / 1e6)
        assert abs(4 * hits / DARTS - 3.14159) < 0.01
    return statistics.median(rates)


print(f"numpy, arrays\t{rate(arrays):.2f}")
print(f"numba, arrays\t{rate(numba.njit(arrays)):.2f}")
print(f"numba, plain loop\t{rate(loop):.2f}")
