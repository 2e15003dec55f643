/* SPDX-License-Identifier: MIT
 * Features, libraries and licences. Versions are those of the libraries that this process has
 * loaded; where a library has no function that says so, they are those of the build. */
#include "versions.h"

#include "base/launcher.h"
#include "plait/exec.h"
#include "plait/version.h"
#include "ranks/mpi_check.h"

#include <jansson.h>
#include <mpi.h>
#include <png.h>
#include <string.h>
#include <zlib.h>
#ifdef PLAIT_HAVE_CAIRO
#include <cairo.h>
#endif
#ifdef PLAIT_HAVE_HWLOC
#include <hwloc.h>
#endif
#ifdef PLAIT_HAVE_MPFR
#include <mpfr.h>
#endif
#ifdef __GLIBC__
#include <gnu/libc-version.h>
#endif

enum { VERSION_BYTES = 64 };

static void print_feature(FILE *stream, const char *option, bool on, const char *what) {
    fprintf(stream, "  %-15s %-12s %s\n", option, on ? "ON" : "OFF", what);
}

static void print_library(FILE *stream, const char *name, const char *version,
                          const char *licence) {
    fprintf(stream, "  %-15s %-12s %s\n", name, version, licence);
}

static void print_features(FILE *stream) {
    bool cairo = false, hwloc = false, mpfr = false;
#ifdef PLAIT_HAVE_CAIRO
    cairo = true;
#endif
#ifdef PLAIT_HAVE_HWLOC
    hwloc = true;
#endif
#ifdef PLAIT_HAVE_MPFR
    mpfr = true;
#endif
    fputs("features\n", stream);
    print_feature(stream, "PLAIT_MPI", true, "ranks on nodes, and this command");
    print_feature(stream, "PLAIT_OPENCL", PLAIT_OPENCL_IS_ON,
                  "GPUs, by a loader that is opened when they are asked for");
    print_feature(stream, "PLAIT_HWLOC", hwloc, "sockets, cores and caches by hwloc");
    print_feature(stream, "PLAIT_CAIRO", cairo, "pictures and reports of studies as PDF");
    print_feature(stream, "PLAIT_MPFR", mpfr, "deep zooms");
    for (size_t k = 0; k < plait_path_count(); k++) {
        const struct plait_path *path = plait_path_at(k);
        fprintf(stream, "%s%s%s", k == 0 ? "paths\n  " : ", ", plait_path_name(path),
                plait_path_supported(path) ? "" : " (not on this machine)");
    }
    fputs("\n", stream);
}

/* "Open MPI 4.1.4" as "Open MPI" and "4.1.4"; MPICH's text is "MPICH Version:\t4.0.2\n...". */
static void print_mpi(FILE *stream) {
    char text[MPI_MAX_LIBRARY_VERSION_STRING];
    int length;
    MPI_CHECK(MPI_Get_library_version(text, &length));
    const char *number = text + strcspn(text, "0123456789");
    char version[VERSION_BYTES];
    snprintf(version, sizeof version, "%.*s", (int)strspn(number, "0123456789.abrc"), number);
    if (strncmp(text, "Open MPI", strlen("Open MPI")) == 0)
        print_library(stream, "Open MPI", version, "BSD-3-Clause-Open-MPI");
    else if (strncmp(text, "MPICH", strlen("MPICH")) == 0)
        print_library(stream, "MPICH", version, "mpich2");
    else
        print_library(stream, "MPI", version, "");
}

static void print_libraries(FILE *stream) {
    char version[VERSION_BYTES];
    fputs("libraries\n", stream);
    print_library(stream, "libplait", plait_version(), "MIT");
    print_mpi(stream);
    print_library(stream, "cminpack", PLAIT_CMINPACK_VERSION, "Minpack");
    print_library(stream, "jansson", jansson_version_str(), "MIT");
    print_library(stream, "libpng", png_get_libpng_ver(NULL), "libpng-2.0");
    print_library(stream, "zlib", zlibVersion(), "Zlib");
#ifdef PLAIT_HAVE_CAIRO
    print_library(stream, "cairo", cairo_version_string(), "LGPL-2.1-only OR MPL-1.1");
#endif
#ifdef PLAIT_HAVE_HWLOC
    const unsigned hwloc = hwloc_get_api_version();
    snprintf(version, sizeof version, "%u.%u.%u", hwloc >> 16, hwloc >> 8 & 0xff, hwloc & 0xff);
    print_library(stream, "hwloc", version, "BSD-3-Clause");
#endif
#ifdef PLAIT_HAVE_MPFR
    print_library(stream, "MPFR", mpfr_get_version(), "LGPL-3.0-or-later");
#endif
#ifdef __GLIBC__
    print_library(stream, "glibc", gnu_get_libc_version(), "LGPL-2.1-or-later");
#endif
    snprintf(version, sizeof version, "%d", _OPENMP);
#ifdef __clang__
    print_library(stream, "OpenMP, libomp", version, "Apache-2.0 WITH LLVM-exception");
#else
    print_library(stream, "OpenMP, libgomp", version, "GPL-3.0-or-later WITH GCC-exception-3.1");
#endif
}

void versions_print(FILE *stream) {
    print_features(stream);
    print_libraries(stream);
    fputs(
        "licences\n"
        "  MIT; the palette cividis also LicenseRef-matplotlib, the palette turbo also Apache-2.0\n",
        stream);
}
