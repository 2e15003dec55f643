/* SPDX-License-Identifier: MIT
 * Lists of colours of any content: a palette, or a failure in one line. */
#include "fuzz.h"
#include "image/palette_file.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct failure failure = {0};
    struct palette palette;
    char path[FUZZ_PATH_BYTES];
    fuzz_file(data, size, path);
    memset(&palette, 0, sizeof palette);
    fuzz_check_failure(palette_load(path, &palette, &failure), &failure);
    return 0;
}
