#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Seconds that Fractalshades takes for the pixels of a deep view: perturbation with bilinear approximation and its own
default radius, without derivatives, on one thread. Its first turn compiles and does not count."""
import importlib.metadata
import io
import contextlib
import sys
import tempfile
import time

import fractalshades
import fractalshades.models
import mpmath


def turn(re, im, zoom, width, height, maxit):
    digits = len(re) + 5
    mpmath.mp.dps = digits
    with tempfile.TemporaryDirectory() as directory:
        view = fractalshades.models.Perturbation_mandelbrot(directory)
        view.zoom(precision=digits, x=mpmath.mpf(re), y=mpmath.mpf(im), dx=mpmath.mpf(3) / mpmath.mpf(zoom),
                  nx=width, xy_ratio=width / height, theta_deg=0.0)
        view.calc_std_div(calc_name="deep", subset=None, max_iter=maxit, M_divergence=2.0, epsilon_stationnary=1e-3,
                          BLA_eps=1e-6, interior_detect=False, calc_dzndc=False)
        view.init_report_mmap("deep")
        view.init_data_mmaps("deep")
        start = time.process_time()
        view.compute_rawdata_dev(calc_name="deep", chunk_slice=None)
        return time.process_time() - start


def main():
    re, im, zoom, *numbers, rounds = sys.argv[1:]
    fractalshades.settings.enable_multithreading = False
    fractalshades.settings.verbosity = 0
    with contextlib.redirect_stdout(io.StringIO()):
        seconds = [turn(re, im, zoom, *map(int, numbers)) for _ in range(int(rounds) + 1)]
    print(f"Fractalshades {importlib.metadata.version('fractalshades')}\t{min(seconds[1:])}")


main()
