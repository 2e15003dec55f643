/* SPDX-License-Identifier: MIT
 * NumPy files of any content: whatever header is taken, the numbers that it tells of are there. */
#include "core/npy_array.h"
#include "fuzz.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct failure failure = {0};
    struct npy_array array;
    char path[FUZZ_PATH_BYTES];
    fuzz_file(data, size, path);
    const bool opened = npy_array_open(&array, path, &failure);
    fuzz_check_failure(opened, &failure);
    if (!opened)
        return 0;
    const size_t bytes = npy_type_bytes(array.type);
    REQUIRE(array.count > 0 && array.count <= size / bytes);
    unsigned char *numbers = malloc(array.count * bytes);
    REQUIRE(numbers && npy_array_read(&array, path, numbers, array.count, &failure));
    for (uint64_t k = 0; k < array.count; k++) {
        (void)npy_real(array.type, numbers + k * bytes);
        if (array.type == NPY_INT32 || array.type == NPY_INT64)
            (void)npy_integer(array.type, numbers + k * bytes);
    }
    free(numbers);
    npy_array_close(&array);
    return 0;
}
