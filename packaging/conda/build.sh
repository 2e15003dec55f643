#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What conda-build runs in the unpacked tarball.
set -euo pipefail
# shellcheck disable=SC2086  # words on purpose
cmake -S . -B build -G Ninja $CMAKE_ARGS -DCMAKE_INSTALL_PREFIX="$PREFIX" -DCMAKE_INSTALL_LIBDIR=lib \
    -DPLAIT_MPI=ON -DPLAIT_OPENCL=ON -DPLAIT_HWLOC=ON -DPLAIT_CAIRO=ON -DPLAIT_MPFR=ON -DPLAIT_TESTS=OFF -DPLAIT_BENCH=OFF
cmake --build build -j "$CPU_COUNT"
cmake --install build
