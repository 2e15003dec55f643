/* SPDX-License-Identifier: MIT
 * NumPy files of any kind: whatever header is accepted, its items exist. */
#include "files/reader_npy.h"
#include "fuzz.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct failure failure = {0};
    struct npy_reader reader;
    char path[FUZZ_PATH_BYTES];
    fuzz_file(data, size, path);
    const bool opened = npy_open(&reader, path, &failure);
    fuzz_check_failure(opened, &failure);
    if (opened) {
        const struct npy_header *header = &reader.header;
        const size_t bytes = npy_types[header->type].bytes;
        REQUIRE(header->items <= size / bytes);
        void *items = malloc(header->items * bytes + 1);
        REQUIRE(items && npy_read(&reader, items, header->items, &failure));
        REQUIRE(npy_rewind(&reader, &failure));
        free(items);
    }
    npy_close(&reader);
    return 0;
}
