# SPDX-License-Identifier: MIT
# A recipe for Spack. The checksum is filled in by ./dev release, into dist/packaging. Copy that to the directory
# packages/plait of a repository of your own (spack repo create), put the tarball where you call spack, and type
# spack install plait.
import os

from spack.package import *


class Plait(CMakePackage):
    """Hybrid compute kernels over MPI ranks, OpenMP threads and SIMD lanes, with the same bits for any number of them:
    Mandelbrot and Julia sets, Monte Carlo pi, k-means, measurements of messages, scaling studies."""

    manual_download = True
    url = f"file://{os.getcwd()}/plait-0.1.0.tar.xz"

    license("MIT AND Apache-2.0 AND LicenseRef-matplotlib")

    version("0.1.0", sha256="@SHA256@")

    variant("mpi", default=True, description="the command plait; without it the library alone")
    variant("opencl", default=True, description="compute on GPUs through OpenCL, which is opened at run time")
    variant("hwloc", default=True, when="+mpi", description="find sockets, cores and caches by hwloc")
    variant("cairo", default=True, when="+mpi", description="pictures and reports of studies as PDF")
    variant("mpfr", default=True, when="+mpi", description="deep zooms")

    generator("ninja")

    depends_on("c", type="build")
    depends_on("cmake@3.21:", type="build")
    depends_on("pkgconfig", type="build")
    depends_on("opencl-c-headers", type="build", when="+opencl")
    with when("+mpi"):
        depends_on("mpi@3.1:")
        depends_on("cminpack")
        depends_on("jansson")
        depends_on("libpng")
        depends_on("zlib-api")
        depends_on("gnuplot", type="run")
    depends_on("cairo+pdf", when="+cairo")
    depends_on("hwloc@2.1:", when="+hwloc")
    depends_on("mpfr@4:", when="+mpfr")

    def cmake_args(self):
        return [
            self.define_from_variant("PLAIT_MPI", "mpi"),
            self.define_from_variant("PLAIT_OPENCL", "opencl"),
            self.define("PLAIT_HWLOC", self.spec.satisfies("+hwloc")),
            self.define("PLAIT_CAIRO", self.spec.satisfies("+cairo")),
            self.define("PLAIT_MPFR", self.spec.satisfies("+mpfr")),
            self.define("PLAIT_TESTS", False),
            self.define("PLAIT_BENCH", False),
        ]
