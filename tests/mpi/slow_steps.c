/* SPDX-License-Identifier: MIT
 * For LD_PRELOAD: a machine on which each step of a picture takes long, so that its progress is
 * shown however fast it is: the first long read, the first long write, and the first call of some
 * kernels. */
#define _GNU_SOURCE
#include "plait/escape.h"
#include "plait/smooth.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { LONG_BYTES = 4096 };

static void wait_once(bool *has_waited) {
    const struct timespec pause = {1, 100000000}; /* progress is shown after a second */
    if (!*has_waited)
        nanosleep(&pause, NULL);
    *has_waited = true;
}

/* The function that is replaced, by the standard's leave through memory. */
#define FIND(function) memcpy(&(function), &(void *){dlsym(RTLD_NEXT, __func__)}, sizeof(function))

size_t fread(void *data, size_t size, size_t count, FILE *stream) {
    static bool has_waited;
    size_t (*function)(void *, size_t, size_t, FILE *);
    FIND(function);
    if (size * count > LONG_BYTES)
        wait_once(&has_waited);
    return function(data, size, count, stream);
}

size_t fwrite(const void *data, size_t size, size_t count, FILE *stream) {
    static bool has_waited;
    size_t (*function)(const void *, size_t, size_t, FILE *);
    FIND(function);
    if (size * count > LONG_BYTES)
        wait_once(&has_waited);
    return function(data, size, count, stream);
}

enum plait_status plait_escape_picture(const struct plait_escape *escape,
                                       const struct plait_exec *exec, int32_t *counts) {
    static bool has_waited;
    enum plait_status (*function)(const struct plait_escape *, const struct plait_exec *,
                                  int32_t *);
    FIND(function);
    wait_once(&has_waited);
    return function(escape, exec, counts);
}

enum plait_status plait_smooth_compute(const struct plait_escape *escape,
                                       const struct plait_exec *exec, struct plait_row_range range,
                                       int32_t *counts, struct plait_smooth_output *output) {
    static bool has_waited;
    enum plait_status (*function)(const struct plait_escape *, const struct plait_exec *,
                                  struct plait_row_range, int32_t *, struct plait_smooth_output *);
    FIND(function);
    wait_once(&has_waited);
    return function(escape, exec, range, counts, output);
}

enum plait_status plait_smooth_rows(const struct plait_escape *escape,
                                    const struct plait_exec *exec, struct plait_row_range range,
                                    uint32_t cols, const int32_t *counts,
                                    struct plait_smooth_output *output) {
    static bool has_waited;
    enum plait_status (*function)(const struct plait_escape *, const struct plait_exec *,
                                  struct plait_row_range, uint32_t, const int32_t *,
                                  struct plait_smooth_output *);
    FIND(function);
    wait_once(&has_waited);
    return function(escape, exec, range, cols, counts, output);
}
