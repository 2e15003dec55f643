# SPDX-License-Identifier: MIT
"""The report's picture on all ranks, start to end, as its program draws it: numba, rows in blocks, Gatherv with
a row datatype, matplotlib's imsave.

    mpirun -n 2 python report_mandelbrot_ranks.py FILE.png [WIDTH HEIGHT MAXIT XMIN XMAX YMIN YMAX]"""
import sys

import matplotlib
import numba
import numpy as np
from mpi4py import MPI

matplotlib.use("agg")
from matplotlib import image  # noqa: E402


@numba.njit(cache=True)
def rows(xmin, dx, ymin, dy, maxit, first, counts):
    for i in range(counts.shape[0]):
        y = ymin + (first + i) * dy
        for j in range(counts.shape[1]):
            c = complex(xmin + j * dx, y)
            z = 0j
            n = 0
            while abs(z) < 2 and n < maxit:
                z = z * z + c
                n += 1
            counts[i, j] = n


path = sys.argv[1]
width, height, maxit = (int(v) for v in sys.argv[2:5]) if len(sys.argv) > 2 else (1200, 800, 127)
xmin, xmax, ymin, ymax = (float(v) for v in sys.argv[5:9]) if len(sys.argv) > 5 else (-2.0, 1.0, -1.0, 1.0)
world = MPI.COMM_WORLD
mine = height // world.size + (world.rank < height % world.size)
first = world.scan(mine) - mine
counts = np.zeros((mine, width), np.int32)
rows(xmin, (xmax - xmin) / width, ymin, (ymax - ymin) / height, maxit, first, counts)
sizes = np.array(world.gather(mine) or [], np.int32)
whole = np.zeros((height, width), np.int32) if world.rank == 0 else None
row = MPI.INT32_T.Create_contiguous(width)
row.Commit()
world.Gatherv([counts, mine, row], [whole, sizes, np.cumsum(sizes) - sizes, row] if world.rank == 0 else None)
row.Free()
if world.rank == 0:
    image.imsave(path, whole, cmap="viridis")
