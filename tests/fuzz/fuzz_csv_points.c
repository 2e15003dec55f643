/* SPDX-License-Identifier: MIT
 * Points as comma-separated values of any kind: all that are taken have the same number of finite
 * values, and no more lines than the file has. */
#include "fuzz.h"
#include "kmeans/csv_points.h"

#include <math.h>

enum { DIMS_MAX = 5 };

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
    while ((outcome = csv_points_next(&points, values, DIMS_MAX, &failure)) == CSV_POINTS_ROW) {
        rows++;
        REQUIRE(points.next.rows == rows && rows <= size);
        REQUIRE(points.dims >= 1 && points.dims <= DIMS_MAX && (rows == 1 || points.dims == dims));
        dims = points.dims;
        for (uint32_t d = 0; d < dims; d++)
            REQUIRE(isfinite(values[d]));
    }
    fuzz_check_failure(outcome == CSV_POINTS_END, &failure);
    csv_points_close(&points);
    return 0;
}
