/* SPDX-License-Identifier: MIT
 * Reads the affinity as the first thing that this program does. */
#define _GNU_SOURCE /* syscall, CPU_COUNT_S */
#include "base/cpus_at_start.h"

#include <sched.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { START_CPUS = 64 * CPU_SETSIZE };
static cpu_set_t set[START_CPUS / CPU_SETSIZE];
static long set_bytes; /* that the kernel wrote */

/* Runs before the constructors of shared libraries, those of sanitizers too: the kernel is called
 * directly, and nothing may be instrumented. */
__attribute__((no_sanitize("address"), no_sanitize("thread"), no_sanitize("undefined"))) static void
read_cpus_at_start(void) {
    set_bytes = syscall(SYS_sched_getaffinity, 0, sizeof set, set);
}

/* Only executables may have this section. */
__attribute__((section(".preinit_array"),
               used)) static void (*const read_first)(void) = read_cpus_at_start;

int cpus_at_start(void) {
    return set_bytes > 0 ? CPU_COUNT_S((size_t)set_bytes, set) : 0;
}

bool cpus_at_start_set(size_t bytes, void *cpu_set) {
    if (set_bytes <= 0 || (size_t)set_bytes > bytes)
        return false;
    memset(cpu_set, 0, bytes);
    memcpy(cpu_set, set, (size_t)set_bytes);
    return true;
}
