#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes statistics.txt: what SciPy says of data sets that are drawn from a fixed seed. Run once, with
SciPy 1.10; the tests read its output and need no SciPy.

    python3 statistics.py >statistics.txt"""
import numpy as np
from scipy import stats

rng = np.random.default_rng(20161)


def text(values):
    return " ".join(repr(float(v)) for v in values)


def draw(count, kind):
    if kind == "ties":
        return rng.integers(0, 6, count) / 4 + 1
    if kind == "normal":
        return rng.normal(10, 1, count)
    return rng.exponential(2, count) + 1


print("# SPDX-License-Identifier: MIT")
print("# Made by statistics.py with SciPy; a line: test, sizes, values | statistic, probability")
for k in range(25):
    kind = ["normal", "ties", "skewed"][k % 3]
    m, n = (int(v) for v in rng.integers(2, 9 if k % 2 else 60, 2))
    a, b = draw(m, kind), draw(n, kind) + (k % 4) / 4
    test = stats.mannwhitneyu(a, b, method="auto")
    print(f"mann-whitney {m} {n} {text(a)} {text(b)} | {test.statistic!r} {test.pvalue!r}")
for k in range(25):
    kind = ["normal", "ties", "skewed"][k % 3]
    sizes = [int(v) for v in rng.integers(3, 20, 2 + k % 4)]
    groups = [draw(size, kind) + i * (k % 5) / 5 for i, size in enumerate(sizes)]
    test = stats.kruskal(*groups)
    sizes_text = " ".join(map(str, sizes))
    print(f"kruskal-wallis {len(sizes)} {sizes_text} {text(np.concatenate(groups))} | {test.statistic!r} {test.pvalue!r}")
for k in range(10):
    x, freedom = float(rng.uniform(0.01, 60)), int(rng.integers(1, 40))
    print(f"chi-square {x!r} {freedom} | {float(stats.chi2.sf(x, freedom))!r}")
for k in range(10):
    f, a, b = float(rng.uniform(0.01, 12)), int(rng.integers(1, 30)), int(rng.integers(1, 60))
    print(f"f {f!r} {a} {b} | {float(stats.f.sf(f, a, b))!r}")
for freedom in (1, 2, 3, 5, 10, 30, 100, 1000):
    print(f"student {freedom} | {float(stats.t.ppf(0.975, freedom))!r}")
for count in [*range(1, 41), 50, 100, 1000, 10000]:
    lower = int(stats.binom.ppf(0.025, count, 0.5))
    while lower > 0 and stats.binom.cdf(lower - 1, count, 0.5) > 0.025:
        lower -= 1
    print(f"rank-interval {count} | {lower}")
