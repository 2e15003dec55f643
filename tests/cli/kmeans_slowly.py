#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""k-means by the contract in docs/determinism.md, in whole numbers and exact fractions, without NumPy:

    kmeans_slowly.py FILE.csv K [SEED [CENTROIDS.csv [random]]]

prints iterations, J in hexadecimal digits, T and the checksum of the labels, on one line."""
import sys
from fractions import Fraction
from math import frexp, ldexp

MASK = 2**64 - 1
MULTIPLIER, INCREMENT = 6364136223846793005, 1442695040888963407
RUN_DISTANCE = 0x9E3779B97F4A7C15


def jump(state, steps):
    multiplier, increment, power, add = 1, 0, MULTIPLIER, INCREMENT
    while steps:
        if steps & 1:
            multiplier, increment = multiplier * power & MASK, (increment * power + add) & MASK
        power, add = power * power & MASK, add * (power + 1) & MASK
        steps >>= 1
    return (state * multiplier + increment) & MASK


def output(seed, run, number):
    state = jump((INCREMENT + seed) * MULTIPLIER + INCREMENT & MASK, (run * RUN_DISTANCE + number) & MASK)
    word = ((state >> ((state >> 59) + 5)) ^ state) * 12605985483714917081 & MASK
    return (word >> 43) ^ word


def fma(a, b, c):
    return float(Fraction(a) * Fraction(b) + Fraction(c))


def distance(point, centroid):
    total = 0.0
    for x, c in zip(point, centroid):
        difference = x - c
        total = fma(difference, difference, total)
    return total


def exponent(value, least):
    return max(frexp(value)[1], least) if value > 0 else least


def fnv(data, value=0xCBF29CE484222325):
    for byte in data:
        value = (value ^ byte) * 0x100000001B3 & MASK
    return value


class KMeans:
    def __init__(self, points, k, seed, given=None):
        self.points, self.k, self.seed = points, k, seed
        columns = list(zip(*points))
        ranged = list(zip(*(points + given))) if given else columns
        self.shifts = [62 - exponent(max(map(abs, column)), -400) for column in columns]
        spread = 0.0
        for column in ranged:
            width = max(column) - min(column)
            spread = fma(width, width, spread)
        self.scale = 50 - exponent(spread, -900)

    def potential(self, w):
        return round(Fraction(w) * Fraction(2) ** self.scale)

    def sample(self, size):
        n = len(self.points)
        return [self.points[(j * n + (output(self.seed, 0, j) * n >> 64)) // size] for j in range(size)]

    def plusplus(self, trials=8):
        sample = self.sample(min(len(self.points), max(16384, 256 * self.k)))
        seeds = [sample[output(self.seed, 1, 0) * len(sample) >> 64]]
        nearest = [distance(p, seeds[0]) for p in sample]
        for s in range(1, self.k):
            weights = [self.potential(w) for w in nearest]
            total = sum(weights)
            best = None
            for trial in range(trials if total else 0):
                left = output(self.seed, 1, 1 + (s - 1) * trials + trial) * total >> 64
                place = 0
                while left >= weights[place]:
                    left -= weights[place]
                    place += 1
                closer = [min(w, distance(p, sample[place])) for w, p in zip(nearest, sample)]
                score = sum(map(self.potential, closer))
                if best is None or score < best[0]:
                    best = (score, sample[place], closer)
            seeds.append(best[1] if best else seeds[0])
            nearest = best[2] if best else nearest
        return seeds

    def label(self, centroids):
        distances = [[distance(p, c) for c in centroids] for p in self.points]
        return [row.index(min(row)) for row in distances]

    def update(self, labels, before):
        members = [[p for p, label in zip(self.points, labels) if label == j] for j in range(self.k)]
        after = list(before)
        for j, own in enumerate(members):
            if own:
                sums = [sum(round(Fraction(x) * Fraction(2) ** s) for x in column)
                        for column, s in zip(zip(*own), self.shifts)]
                after[j] = [ldexp(float(Fraction(q, len(own))), -s) for q, s in zip(sums, self.shifts)]
        far = [(-distance(p, before[label]), i) for i, (p, label) in enumerate(zip(self.points, labels))]
        taken = [self.points[i] for w, i in sorted(far) if w < 0]
        for j, point in zip([j for j in range(self.k) if not members[j]], taken):
            after[j] = point
        return after

    def run(self, centroids):
        labels, steps = self.label(centroids), 0
        while steps < 300:
            steps += 1
            centroids = self.update(labels, centroids)
            before, labels = labels, self.label(centroids)
            if labels == before:
                break
        inertia = sum(self.potential(distance(p, centroids[j])) for p, j in zip(self.points, labels))
        blocks = [labels[i:i + 65536] for i in range(0, len(labels), 65536)]
        digests = [fnv(b"".join(j.to_bytes(4, "little") for j in block)) for block in blocks]
        checksum = fnv(b"".join(digest.to_bytes(8, "little") for digest in digests))
        return f"{steps} {inertia:x} {self.scale} {checksum:016x}"


def read(path):
    with open(path, encoding="ascii") as lines:
        return [[float(field) for field in line.split(",")] for line in lines if line[:1] not in "#x"]


def main():
    arguments = sys.argv[1:] + [None] * 5
    points, k, seed = read(arguments[0]), int(arguments[1]), int(arguments[2] or 42)
    given = read(arguments[3]) if arguments[3] and arguments[3] != "-" else None
    kmeans = KMeans(points, k, seed, given)
    start = given or (kmeans.sample(k) if arguments[4] == "random" else kmeans.plusplus())
    print(kmeans.run(start))


main()
