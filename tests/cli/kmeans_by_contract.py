#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""k-means as its contract says (docs/determinism.md, "k-means"), written from that text alone by someone who had not
seen Plait's sources. It is as slow and as plain as it can be: whole numbers and exact fractions for every rounding,
points that are really repeated for weights, sums over lists. No NumPy, and no arithmetic shared with Plait.

    kmeans_by_contract.py POINTS.csv|.npy --k K [--seed N] [--init ++|random|FILE] [--trials L] [--sample M] [--restarts R]
        [--max-iter N] [--tolerance-points N] [--weights FILE.npy] [--predict FILE] [--standardise]

prints one JSON object: iterations, potential (J), scale (T), counts, labels_fnv1a, centroids_fnv1a, labels, centroids."""
import argparse
import ast
import json
import struct
import sys
from fractions import Fraction
from math import frexp, isfinite, ldexp

WORD = 2**64
FNV_START, FNV_PRIME = 0xCBF29CE484222325, 0x100000001B3


class Refused(Exception):
    """The contract does not take this input."""


# --- numbers ---------------------------------------------------------------------------------------------------------


def fma(a, b, c):
    """a b + c, rounded once: Python divides whole numbers with one rounding, to nearest even, subnormals too."""
    (an, ad), (bn, bd), (cn, cd) = a.as_integer_ratio(), b.as_integer_ratio(), c.as_integer_ratio()
    return (an * bn * cd + cn * ad * bd) / (ad * bd * cd)


def nearest_double(fraction):
    return fraction.numerator / fraction.denominator


def whole(x, power):
    """rint(x 2^power), exactly: round() of a fraction is to nearest, ties to even."""
    return round(Fraction(x) * Fraction(2) ** power)


def exponent(x, least):
    """E of x = f 2^E, 1/2 <= f < 1, never below `least`."""
    return max(frexp(x)[1], least) if x else least


def mulhi(a, b):
    return a * b // WORD


class Outputs:
    """o(r, n): output n of PCG RXS-M-XS 64/64 in run r of a seed, found by an honest jump."""

    A, C, G = 6364136223846793005, 1442695040888963407, 0x9E3779B97F4A7C15

    def __init__(self, seed, run):
        self.state = ((self.C + seed) * self.A + self.C) % WORD
        self.state = self.jump(self.state, run * self.G % WORD)
        self.known = []

    def jump(self, state, steps):
        a, c = self.A, self.C
        while steps:
            if steps & 1:
                state = (state * a + c) % WORD
            a, c = a * a % WORD, (a + 1) * c % WORD
            steps >>= 1
        return state

    def __getitem__(self, n):
        while len(self.known) <= n:
            s = self.state
            w = ((s >> ((s >> 59) + 5)) ^ s) * 12605985483714917081 % WORD
            self.known.append((w >> 43) ^ w)
            self.state = (s * self.A + self.C) % WORD
        return self.known[n]


def fnv1a(data, digest=FNV_START):
    for byte in data:
        digest = (digest ^ byte) * FNV_PRIME % WORD
    return digest


# --- files -----------------------------------------------------------------------------------------------------------


def read_npy(path):
    with open(path, "rb") as file:
        data = file.read()
    size, start = (struct.unpack_from("<H", data, 8)[0], 10) if data[6] == 1 else (struct.unpack_from("<I", data, 8)[0], 12)
    header = ast.literal_eval(data[start : start + size].decode("latin-1"))
    code = {"f4": "f", "f8": "d", "u1": "B", "i1": "b", "u2": "H", "i2": "h", "u4": "I", "i4": "i", "u8": "Q", "i8": "q"}[
        header["descr"][1:]
    ]
    if header["fortran_order"]:
        raise Refused("Fortran order")
    count = 1
    for length in header["shape"]:
        count *= length
    return header["shape"], list(struct.unpack_from("<%d%s" % (count, code), data, start + size))


def read_rows(path):
    if path.endswith(".npy"):
        shape, values = read_npy(path)
        columns = shape[1] if len(shape) == 2 else 1
        for value in values:
            if isinstance(value, int) and abs(value) > 2**53:
                raise Refused("a whole number beyond 2^53")
        return [tuple(float(v) for v in values[i : i + columns]) for i in range(0, len(values), columns)]
    rows, header = [], False
    with open(path) as file:
        for line in file:
            if not line.strip() or line.startswith("#"):
                continue
            try:
                rows.append(tuple(float(field) for field in line.split(",")))
            except ValueError:
                if rows or header:
                    raise Refused("no number: " + line) from None
                header = True
    return rows


# --- the contract, rule by rule --------------------------------------------------------------------------------------


class Clustering:
    def __init__(self, points, weights, given):
        """Rules 1 and 2: `points` as the file has them; a point of weight w stands w times in `places`."""
        self.points = points
        self.columns = range(len(points[0]))
        for point in points:
            for value in point:
                if not isfinite(value) or abs(value) > 2.0**400:
                    raise Refused("a value that is not finite or beyond 2^400")
        self.places = [i for i, weight in enumerate(weights) for _ in range(weight)]
        self.N = len(self.places)
        if self.N == 0:
            raise Refused("no point has a weight")
        counted = [points[i] for i in self.places]
        self.S, U, spread = [], 0.0, False
        for d in self.columns:
            values = [point[d] for point in counted]
            self.S.append(62 - exponent(max(abs(v) for v in values), -400))
            values += [centroid[d] for centroid in given]
            R = max(values) - min(values)
            spread = spread or R > 0
            U = fma(R, R, U)
        if U < 2.0**-900 and spread:
            raise Refused("too small to square")
        self.T = 50 - exponent(U, -900)
        self.q = [[whole(point[d], self.S[d]) for d in self.columns] for point in points]

    @staticmethod
    def distance(x, c):
        s = 0.0
        for xd, cd in zip(x, c):
            t = xd - cd
            s = fma(t, t, s)
        return s

    def P(self, w):
        return whole(w, self.T)

    def labels(self, centroids):
        """Rule 4: label and distance of every point of the file."""
        nearest = []
        for x in self.points:
            best = (self.distance(x, centroids[0]), 0)
            for j in range(1, len(centroids)):
                best = min(best, (self.distance(x, centroids[j]), j))
            nearest.append((best[1], best[0]))
        return nearest

    def J(self, nearest):
        return sum(self.P(nearest[i][1]) for i in self.places)

    def sample(self, draws, m):
        return [self.places[(j * self.N + mulhi(draws[j], self.N)) // m] for j in range(m)]

    def seeds(self, k, seed, restart, trials, size):
        """Rule 6, greedy k-means++ on the sample."""
        m = min(self.N, size)
        sample = [self.points[i] for i in self.sample(Outputs(seed, 2 * restart), m)]
        draws = Outputs(seed, 2 * restart + 1)
        seeds = [sample[mulhi(draws[0], m)]]
        W = [self.distance(x, seeds[0]) for x in sample]
        for s in range(1, k):
            parts = [self.P(w) for w in W]
            V = sum(parts)
            if V == 0:
                seeds.append(seeds[0])
                continue
            best = None
            for trial in range(trials):
                z = draws[1 + (s - 1) * trials + trial] * V // WORD
                reached = 0
                for i in range(m):
                    reached += parts[i]
                    if reached > z:
                        break
                after = [min(w, self.distance(x, sample[i])) for w, x in zip(W, sample)]
                score = sum(self.P(w) for w in after)
                if best is None or score < best[0]:
                    best = (score, sample[i], after)
            seeds.append(best[1])
            W = best[2]
        return seeds

    def update(self, nearest, centroids):
        """Rule 7."""
        k = len(centroids)
        n, Q = [0] * k, [[0] * len(self.columns) for _ in range(k)]
        for i in self.places:
            j = nearest[i][0]
            n[j] += 1
            for d in self.columns:
                Q[j][d] += self.q[i][d]
        far = sorted((-nearest[i][1], place) for place, i in enumerate(self.places) if nearest[i][1] > 0)
        moved = []
        for j in range(k):
            if n[j]:
                moved.append(tuple(ldexp(nearest_double(Fraction(Q[j][d], n[j])), -self.S[d]) for d in self.columns))
            elif far:
                moved.append(self.points[self.places[far.pop(0)[1]]])
            else:
                moved.append(centroids[j])
        return moved

    def iterate(self, centroids, most, tolerance):
        """Rule 8."""
        nearest, t = self.labels(centroids), 0
        while t < most:
            t += 1
            centroids = self.update(nearest, centroids)
            before, nearest = nearest, self.labels(centroids)
            if sum(before[i][0] != nearest[i][0] for i in self.places) <= tolerance:
                break
        return centroids, nearest, t


def standardised(points, weights):
    """Every column times the power of two that brings its range (of the points that count) into 1 <= R < 2."""
    scales = []
    for d in range(len(points[0])):
        values = [point[d] for point, weight in zip(points, weights) if weight]
        R = max(values) - min(values)
        scales.append(0 if R == 0 else 1 - frexp(R)[1])
    return scales, [tuple(ldexp(v, e) for v, e in zip(point, scales)) for point in points]


def cluster(options):
    points = read_rows(options.points)
    weights = read_npy(options.weights)[1] if options.weights else [1] * len(points)
    weights = [int(w) for w in weights]
    path = options.predict or (options.init if options.init not in ("++", "random") else None)
    given = read_rows(path) if path else []
    scales = [0] * len(points[0])
    if options.standardise:
        scales, points = standardised(points, weights)
        given = [tuple(ldexp(v, e) for v, e in zip(centroid, scales)) for centroid in given]
    k = len(given) if options.predict else options.k
    run = Clustering(points, weights, given)
    if k > run.N and not options.predict:
        raise Refused("k > N")
    best = None
    for r in range(options.restarts):
        if given:
            start = given
        elif options.init == "random":
            start = [points[i] for i in run.sample(Outputs(options.seed, 2 * r), k)]
        else:
            start = run.seeds(k, options.seed, r, options.trials, options.sample or max(16384, 256 * k))
        centroids, nearest, t = run.iterate(start, 0 if options.predict else options.max_iter, options.tolerance_points)
        J = run.J(nearest)
        if best is None or J < best[0]:
            best = (J, centroids, nearest, t)
    J, centroids, nearest, t = best
    labels = [label for label, _ in nearest]
    counts = [0] * k
    for i in run.places:
        counts[labels[i]] += 1
    centroids = [[ldexp(v, -e) + 0.0 for v, e in zip(c, scales)] for c in centroids]
    digests = b""
    for block in range(0, len(labels), 2**16):
        part = labels[block : block + 2**16]
        digests += struct.pack("<Q", fnv1a(struct.pack("<%di" % len(part), *part)))
    values = [v for c in centroids for v in c]
    return {
        "iterations": t,
        "potential": "0x%x" % J,
        "scale": run.T,
        "counts": counts,
        "labels_fnv1a": "0x%016x" % fnv1a(digests),
        "centroids_fnv1a": "0x%016x" % fnv1a(struct.pack("<%dd" % len(values), *values)),
        "labels": labels,
        "centroids": centroids,
    }


def main():
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("points")
    parser.add_argument("--k", type=int, default=0)
    parser.add_argument("--seed", type=int, default=42)
    parser.add_argument("--init", default="++")
    parser.add_argument("--trials", type=int, default=8)
    parser.add_argument("--sample", type=int, default=0)
    parser.add_argument("--restarts", type=int, default=1)
    parser.add_argument("--max-iter", type=int, default=300)
    parser.add_argument("--tolerance-points", type=int, default=0)
    parser.add_argument("--weights")
    parser.add_argument("--predict")
    parser.add_argument("--standardise", action="store_true")
    try:
        print(json.dumps(cluster(parser.parse_args())))
    except Refused as why:
        print("refused:", why, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
