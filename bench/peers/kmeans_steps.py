# SPDX-License-Identifier: MIT
"""Milliseconds a step of k-means, one thread: Plait and its peers take turns on the same points from the same
start, so that a noisy moment hits all of them. Processor time, so that programs on the same cores count less.

    kmeans_steps.py BENCH_KMEANS ROUNDS WORK_DIRECTORY
"""
import importlib.metadata
import os
import statistics
import subprocess
import sys
import time
import warnings

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"
warnings.filterwarnings("ignore")

import faiss  # noqa: E402
import numpy as np  # noqa: E402
import sklearn.cluster  # noqa: E402
import sklearnex.cluster  # noqa: E402
import superkmeans  # noqa: E402

STEPS = 10
WHOLE_STEPS = 20  # of a run with its start; bench_kmeans.c has the same
WIDE = 100  # columns from which a whole run is compared with faiss, which has no k-means++
CASES = ["1e6x3k16", "1e6x3k256", "2e5x16k64", "1e5x64k64", "5e4x128k256"]
PACKAGES = ["scikit-learn", "scikit-learn-intelex", "faiss-cpu", "superkmeans"]


def milliseconds(call):
    begin = time.process_time()
    call()
    return (time.process_time() - begin) * 1e3


def sklearn_run(points, start, steps):
    sklearn.cluster.KMeans(len(start), init=start, n_init=1, max_iter=steps, tol=0, algorithm="lloyd").fit(points)


def sklearnex_run(points, start, steps):
    model = sklearnex.cluster.KMeans(len(start), init=start, n_init=1, max_iter=steps, tol=0)
    model.n_jobs = 1
    model.fit(points)


def faiss_run(points, start, steps):
    model = faiss.Kmeans(points.shape[1], len(start), niter=steps, max_points_per_centroid=len(points), seed=1)
    model.train(points, init_centroids=start)


def superkmeans_run(points, start, steps):
    """It takes no start: its steps are those from points that it draws."""
    superkmeans.SuperKMeans(len(start), points.shape[1], hierarchical=False, iters=steps, sampling_fraction=1.0,
                            max_points_per_cluster=len(points), n_threads=1, early_termination=False,
                            tol=0.0).train(points)


PEERS = {"sklearn": sklearn_run, "sklearnex": sklearnex_run, "faiss": faiss_run, "superkmeans": superkmeans_run}


def cpu_name():
    with open("/proc/cpuinfo", encoding="utf-8") as lines:
        return next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), "unknown")


def main():
    bench, rounds, work = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    faiss.omp_set_num_threads(1)
    versions = ", ".join(f"{package} {importlib.metadata.version(package)}" for package in PACKAGES)
    print(f"{cpu_name()}, load {os.getloadavg()[0]:.1f}; {versions}; float32")
    print(f"processor time, the fastest of {rounds} rounds; in brackets the median of the ratios of the rounds")
    names = "".join(f"{name:>12}" for name in PEERS)
    print(f"ms a step{'plait':>12}{names}   best peer/plait   start: sklearn/plait   whole run: peer/plait")
    for case in CASES:
        file = os.path.join(work, "kmeans.f32")
        shape = subprocess.run([bench, "--case", case, "--dump", file], check=True, capture_output=True,
                               text=True).stdout.split()
        count, dims, clusters = map(int, shape)
        points = np.fromfile(file, np.float32).reshape(count, dims)
        os.remove(file)
        start = points[:clusters].copy()

        def own(*arguments):
            printed = subprocess.run([bench, "--case", case, "--once", *arguments], check=True,
                                     capture_output=True, text=True).stdout
            return np.array(printed.split(), float)

        def steps(run):
            """Of a run of one step and of one of STEPS more."""
            return np.array([milliseconds(lambda: run(points, start, 1)),
                             milliseconds(lambda: run(points, start, STEPS + 1))])

        def whole():
            if dims >= WIDE:
                return faiss_run(points, start, WHOLE_STEPS)
            return sklearn.cluster.KMeans(clusters, n_init=1, max_iter=WHOLE_STEPS, tol=0).fit(points)

        def plusplus():
            return sklearn.cluster.kmeans_plusplus(points, clusters, random_state=1)

        turns = [{"plait": own(), **{name: steps(run) for name, run in PEERS.items()},
                  "start": own("--start"), "start peer": np.array([milliseconds(plusplus)]),
                  "whole": own("--whole"), "whole peer": np.array([milliseconds(whole)])}
                 for _ in range(rounds)]

        def of_step(times):
            return (times[1] - times[0]) / STEPS if len(times) == 2 else times[0]

        each = [{name: of_step(turn[name]) for name in turn} for turn in turns]
        # The difference of the fastest, not the smallest difference: that may be of a slow run of one step.
        fastest = {name: of_step(np.min([turn[name] for turn in turns], axis=0)) for name in turns[0]}

        def ratio(above, below):
            by_fastest = min(fastest[name] for name in above) / fastest[below]
            by_rounds = statistics.median(min(turn[name] for name in above) / turn[below] for turn in each)
            return f"{by_fastest:.1f} ({by_rounds:.1f})"

        print(f"{case:12}{fastest['plait']:9.2f}" + "".join(f"{fastest[name]:12.2f}" for name in PEERS) +
              f"{ratio(PEERS, 'plait'):>18}{ratio(['start peer'], 'start'):>23}"
              f"{ratio(['whole peer'], 'whole'):>24}", flush=True)


main()
