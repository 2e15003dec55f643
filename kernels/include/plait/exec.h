/* SPDX-License-Identifier: MIT
 * How a kernel is to run: on which path (SIMD variant), with how many threads, or on which device.
 * Resolved once by the
 * caller and passed to every kernel; results never depend on it. */
#ifndef PLAIT_EXEC_H
#define PLAIT_EXEC_H

#include "plait/api.h"
#include "plait/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One SIMD variant of all kernels. Opaque, constant, alive as long as the program. */
struct plait_path;

/* A GPU or the like (plait/device.h). Opaque. */
struct plait_device;

#define PLAIT_THREADS_MAX 4096

/* Gets how far a kernel is: `done` of `total` units (rows, darts, ...), 0 <= done <= total, never
 * falling. Called after every tile of the thread that called the kernel, every 0.1 ms while a
 * device works, and from no other thread, so that it may serve messages under MPI_THREAD_FUNNELED:
 * a single unit may take long. It should return at once. true: the kernel continues; false stops
 * the kernel soon, which then returns PLAIT_E_INTERRUPTED and leaves its results undefined. */
typedef bool plait_progress_fn(void *context, uint64_t done, uint64_t total);

struct plait_exec {
    const struct plait_path *path; /* that this machine can run; never NULL */
    int threads;                   /* OpenMP threads of a kernel, 1 .. PLAIT_THREADS_MAX */
    struct plait_device *device;   /* works instead of the threads where it can; NULL: none */
    plait_progress_fn *progress;   /* NULL: none */
    void *progress_context;        /* given to progress, and not looked at; may be NULL */
};

/* Fills *exec. path: a name, or NULL for the fastest path of this machine. threads: 0 for one per
 * visible core (plait_visible_cores), else 1 .. PLAIT_THREADS_MAX; exec->threads is less where
 * OpenMP gives a program fewer (OMP_THREAD_LIMIT). No device, no progress. Returns PLAIT_OK,
 * PLAIT_E_ARGUMENT, PLAIT_E_PATH_UNKNOWN or PLAIT_E_PATH_UNSUPPORTED; *exec is written only on
 * PLAIT_OK. A path is never replaced by another one without the caller's knowledge. */
PLAIT_API enum plait_status plait_exec_init(struct plait_exec *exec, const char *path, int threads);

/* Number of cores that the threads of a kernel may use, at least 1: those of the affinity that the
 * process was started with, or of the places that the user chose for OpenMP (OMP_PLACES). That
 * OpenMP has bound the calling thread to one of them does not count. A CPU quota is not looked at.
 */
PLAIT_API int plait_visible_cores(void);

/* The same as a set: fills *cpu_set, a cpu_set_t of `bytes` bytes as sched_getaffinity(2) takes it,
 * and returns the number of CPUs in it; 0 if `bytes` are too few for this machine, or the system
 * does not say. */
PLAIT_API int plait_visible_cpus(size_t bytes, void *cpu_set);

/* The paths in this library, index 0 .. plait_path_count() - 1, from the plainest ("scalar") to the
 * fastest. NULL for an index out of range. */
PLAIT_API size_t plait_path_count(void);
PLAIT_API const struct plait_path *plait_path_at(size_t index);

/* The name of a path, as --path takes it. */
PLAIT_API const char *plait_path_name(const struct plait_path *path);

/* Doubles that one vector of the path holds. */
PLAIT_API int plait_path_lanes(const struct plait_path *path);

/* Whether this CPU and operating system can run the path. */
PLAIT_API bool plait_path_supported(const struct plait_path *path);

#ifdef __cplusplus
}
#endif

#endif
