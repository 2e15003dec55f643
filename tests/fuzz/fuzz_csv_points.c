/* SPDX-License-Identifier: MIT
 * Points as comma-separated values of any kind: all that are taken have the same number of finite
 * values, and no more lines than the file has. */
#include "fuzz.h"
#include "kmeans/csv_points.h"

#include <math.h>

enum { DIMS_MAX = 5, PARTS = 3 };

/* Counted in parts, cut anywhere, the file has the same rows; and each is found again from a mark.
 */
static void fuzz_check_parts(const char *path, size_t size, const struct csv_place *first,
                             uint32_t dims, uint64_t rows) {
    const uint64_t length = size - first->offset;
    uint64_t counted = 0;
    for (uint64_t p = 0; p < PARTS; p++) {
        struct failure failure = {0};
        struct csv_points points;
        struct csv_part part;
        double values[DIMS_MAX];
        REQUIRE(csv_points_open(&points, path, &failure));
        REQUIRE(csv_points_count(&points, first->offset + length * p / PARTS,
                                 first->offset + length * (p + 1) / PARTS, &part, &failure));
        struct csv_place place = csv_part_place(&part, 0);
        REQUIRE(csv_points_go(&points, &place, dims, &failure));
        for (uint64_t r = 0; r < part.rows; r++)
            REQUIRE(csv_points_next(&points, values, DIMS_MAX, &failure) == CSV_POINTS_ROW);
        REQUIRE(points.next.rows == part.rows && points.next.lines <= part.lines);
        counted += part.rows;
        csv_part_free(&part);
        csv_points_close(&points);
    }
    REQUIRE(counted == rows);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct failure failure = {0};
    struct csv_points points;
    double values[DIMS_MAX];
    char path[FUZZ_PATH_BYTES];
    fuzz_file(data, size, path);
    REQUIRE(csv_points_open(&points, path, &failure));
    enum csv_points_outcome outcome;
    uint32_t dims = 0;
    uint64_t rows = 0;
    struct csv_place first = {0};
    while ((outcome = csv_points_next(&points, values, DIMS_MAX, &failure)) == CSV_POINTS_ROW) {
        if (rows++ == 0)
            first = points.start;
        REQUIRE(points.next.rows == rows && rows <= size);
        REQUIRE(points.dims >= 1 && points.dims <= DIMS_MAX && (rows == 1 || points.dims == dims));
        dims = points.dims;
        for (uint32_t d = 0; d < dims; d++)
            REQUIRE(isfinite(values[d]));
    }
    fuzz_check_failure(outcome == CSV_POINTS_END, &failure);
    csv_points_close(&points);
    if (outcome == CSV_POINTS_END && rows > 0)
        fuzz_check_parts(path, size, &first, dims, rows);
    return 0;
}
