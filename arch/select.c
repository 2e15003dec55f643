/* SPDX-License-Identifier: MIT
 * The table of compiled paths: best for a CPU, by name. cmake/paths.cmake defines PLAIT_HAVE_<PATH>
 * for each path that this compiler and architecture can build. */
#include "select.h"

#include "cpu.h"

#include <string.h>

static const struct plait_path scalar = {
    .name = "scalar",
    .needs = 0,
    .lanes = 1,
    .escape_tile = plait_escape_tile_scalar,
    .smooth_row = plait_smooth_row_scalar,
    .darts_hits = plait_darts_hits_scalar,
    .kmeans = &plait_kmeans_scalar,
};

#ifdef PLAIT_HAVE_AVX2
static const struct plait_path avx2 = {
    .name = "avx2",
    .needs = PLAIT_CPU_AVX2 | PLAIT_CPU_FMA,
    .lanes = 4,
    .escape_tile = plait_escape_tile_avx2,
    .smooth_row = plait_smooth_row_avx2,
    .darts_hits = plait_darts_hits_avx2,
    .kmeans = &plait_kmeans_avx2,
};
#endif

#ifdef PLAIT_HAVE_AVX512
static const struct plait_path avx512 = {
    .name = "avx512",
    .needs = PLAIT_CPU_AVX2 | PLAIT_CPU_FMA | PLAIT_CPU_AVX512F | PLAIT_CPU_AVX512BW |
             PLAIT_CPU_AVX512DQ | PLAIT_CPU_AVX512VL,
    .lanes = 8,
    .escape_tile = plait_escape_tile_avx512,
    .smooth_row = plait_smooth_row_avx512,
    .darts_hits = plait_darts_hits_avx512,
    .kmeans = &plait_kmeans_avx512,
};
#endif

#ifdef PLAIT_HAVE_NEON
static const struct plait_path neon = {
    .name = "neon",
    .needs = PLAIT_CPU_NEON,
    .lanes = 2,
    .escape_tile = plait_escape_tile_neon,
    .smooth_row = plait_smooth_row_neon,
    .darts_hits = plait_darts_hits_neon,
    .kmeans = &plait_kmeans_neon,
};
#endif

/* The order is the preference: a later path is better where the CPU has it. */
static const struct plait_path *const paths[] = {
    &scalar,
#ifdef PLAIT_HAVE_AVX2
    &avx2,
#endif
#ifdef PLAIT_HAVE_AVX512
    &avx512,
#endif
#ifdef PLAIT_HAVE_NEON
    &neon,
#endif
};

enum { PATHS = sizeof paths / sizeof paths[0] };

const struct plait_path *const *plait_select_table(size_t *count) {
    *count = PATHS;
    return paths;
}

const struct plait_path *plait_select_best(uint32_t cpu) {
    const struct plait_path *best = &scalar;
    for (size_t k = 0; k < PATHS; k++)
        if ((paths[k]->needs & ~cpu) == 0)
            best = paths[k];
    return best;
}

enum plait_select_result plait_select_find(const char *name, uint32_t cpu,
                                           const struct plait_path **path) {
    for (size_t k = 0; k < PATHS; k++) {
        if (strcmp(paths[k]->name, name) != 0)
            continue;
        if ((paths[k]->needs & ~cpu) != 0)
            return PLAIT_SELECT_UNSUPPORTED;
        *path = paths[k];
        return PLAIT_SELECT_OK;
    }
    return PLAIT_SELECT_UNKNOWN;
}
