# SPDX-License-Identifier: MIT
"""Milliseconds a step of k-means, one thread: Plait, scikit-learn and faiss take turns on the same points
from the same start, so that a noisy moment hits all of them.

    kmeans_steps.py BENCH_KMEANS ROUNDS WORK_DIRECTORY
"""
import os
import statistics
import subprocess
import sys
import time

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import faiss  # noqa: E402
import numpy as np  # noqa: E402
import sklearn  # noqa: E402
from sklearn.cluster import KMeans, kmeans_plusplus  # noqa: E402

STEPS = 10
CASES = ["1e6x3k16", "1e6x3k256", "2e5x16k64", "1e5x64k64", "5e4x128k256"]


def seconds(call):
    begin = time.perf_counter()
    call()
    return time.perf_counter() - begin


def sklearn_steps(points, start):
    def fit(steps):
        KMeans(len(start), init=start, n_init=1, max_iter=steps, tol=0, algorithm="lloyd").fit(points)

    return (seconds(lambda: fit(STEPS + 1)) - seconds(lambda: fit(1))) * 1e3 / STEPS


def faiss_steps(points, start):
    def train(steps):
        trained = faiss.Kmeans(points.shape[1], len(start), niter=steps,
                               max_points_per_centroid=len(points), seed=1)
        trained.train(points, init_centroids=start)

    return (seconds(lambda: train(STEPS + 1)) - seconds(lambda: train(1))) * 1e3 / STEPS


def main():
    bench, rounds, work = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    faiss.omp_set_num_threads(1)
    print(f"peers: scikit-learn {sklearn.__version__}, faiss {faiss.__version__}; float32, {rounds} rounds")
    print("case          ms a step: plait  sklearn    faiss   best peer / plait   start: sklearn / plait")
    for case in CASES:
        file = os.path.join(work, "kmeans.f32")
        shape = subprocess.run([bench, "--case", case, "--dump", file], check=True, capture_output=True,
                               text=True).stdout.split()
        count, dims, clusters = map(int, shape)
        points = np.fromfile(file, np.float32).reshape(count, dims)
        os.remove(file)
        start = points[:clusters].copy()

        def own(*arguments):
            return float(subprocess.run([bench, "--case", case, "--once", *arguments], check=True,
                                        capture_output=True, text=True).stdout)

        turns = []
        for _ in range(rounds):
            turns.append((own(), sklearn_steps(points, start), faiss_steps(points, start), own("--start"),
                          seconds(lambda: kmeans_plusplus(points, clusters, random_state=1)) * 1e3))
        plait, scikit, faiss_ms, own_start, scikit_start = map(statistics.median, zip(*turns))
        best = statistics.median(min(turn[1], turn[2]) / turn[0] for turn in turns)
        start_ratio = statistics.median(turn[4] / turn[3] for turn in turns)
        print(f"{case:12} {plait:16.2f} {scikit:8.2f} {faiss_ms:8.2f} {best:19.2f} {start_ratio:24.2f}",
              flush=True)


main()
