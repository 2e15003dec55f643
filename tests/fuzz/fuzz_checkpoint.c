/* SPDX-License-Identifier: MIT
 * Checkpoints with any bytes changed: places and values of which the input consists. What is read
 * of such a file is what was written, or it is refused. */
#include "files/checkpoint.h"
#include "fuzz.h"
#include "plait/digest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ROWS = 3, WORDS = 2, PATCH_BYTES = 3, FILE_BYTES_MAX = 1 << 16 };

static const int32_t rows[ROWS][WORDS] = {{1, 2}, {3, 4}, {5, 6}};
static const struct plait_exec exec = {.path = NULL, .threads = 1};
static char path[256];
static struct checkpoint_parameters parameters;
static unsigned char whole[FILE_BYTES_MAX];
static size_t whole_bytes;

/* Opens a log that may be there. */
static bool open_log(struct checkpoint *checkpoint, const char *file,
                     const struct checkpoint_parameters *wanted, bool *found,
                     struct failure *failure) {
    return checkpoint_open(checkpoint, file, wanted, found, failure) &&
           (!*found || checkpoint_find_log(checkpoint, failure));
}

static void remove_file(void) {
    unlink(path);
}

/* Whether a record can be read; then it is what was written. */
static bool read_record(const struct checkpoint *checkpoint,
                        const struct checkpoint_record *record) {
    struct failure failure = {0};
    int32_t read[ROWS][WORDS];
    uint64_t digests[ROWS];
    REQUIRE(record->first == 0 && record->count == ROWS && record->row_bytes == sizeof rows[0]);
    const bool good = checkpoint_read(checkpoint, record, &exec, read, digests, &failure);
    fuzz_check_failure(good, &failure);
    REQUIRE(!good || memcmp(read, rows, sizeof rows) == 0);
    return good;
}

/* The file that all inputs change, as checkpoint.c writes it. */
static void make_file(void) {
    struct failure failure = {0};
    struct checkpoint checkpoint;
    struct checkpoint_record record = {.count = ROWS, .row_bytes = sizeof rows[0]};
    uint64_t cursor = 0, digests[ROWS];
    bool found;
    const char *directory = getenv("TMPDIR");
    snprintf(path, sizeof path, "%s/plait-fuzz-XXXXXX", directory ? directory : "/tmp");
    const int descriptor = mkstemp(path);
    REQUIRE(descriptor >= 0 && close(descriptor) == 0 && unlink(path) == 0);
    atexit(remove_file);
    checkpoint_parameter(&parameters, "command", "pi");
    checkpoint_parameter(&parameters, "seed", "%d", 42);
    plait_digest_rows(&exec, rows[0], ROWS, WORDS, digests);
    REQUIRE(open_log(&checkpoint, path, &parameters, &found, &failure));
    REQUIRE(checkpoint_create_log(&checkpoint, &failure));
    REQUIRE(checkpoint_append(&checkpoint, &record, digests, rows, &failure));
    REQUIRE(checkpoint_commit(&checkpoint, &failure));
    REQUIRE(checkpoint_next(&checkpoint, &cursor, &record, &failure));
    REQUIRE(read_record(&checkpoint, &record));
    checkpoint_close(&checkpoint);
    FILE *stream = fopen(path, "rb");
    REQUIRE(stream != NULL);
    whole_bytes = fread(whole, 1, sizeof whole, stream);
    REQUIRE(whole_bytes > 0 && whole_bytes < sizeof whole);
    fclose(stream);
}

/* The first byte is the number of bytes that are cut off the file; then come places and values. */
static void write_changed(const uint8_t *data, size_t size) {
    static unsigned char changed[FILE_BYTES_MAX];
    size_t bytes = whole_bytes;
    memcpy(changed, whole, whole_bytes);
    if (size > 0) {
        bytes -= data[0];
        data++;
        size--;
    }
    for (; size >= PATCH_BYTES; data += PATCH_BYTES, size -= PATCH_BYTES)
        changed[(data[0] | (size_t)data[1] << 8) % whole_bytes] = data[2];
    FILE *stream = fopen(path, "wb");
    REQUIRE(stream && fwrite(changed, 1, bytes, stream) == bytes && fclose(stream) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct failure failure = {0};
    struct checkpoint checkpoint = {0};
    struct checkpoint_record record;
    uint64_t cursor = 0;
    bool found = false;
    if (whole_bytes == 0)
        make_file();
    write_changed(data, size);
    const bool opened = open_log(&checkpoint, path, &parameters, &found, &failure);
    fuzz_check_failure(opened, &failure);
    while (opened && checkpoint_next(&checkpoint, &cursor, &record, &failure))
        (void)read_record(&checkpoint, &record);
    checkpoint_close(&checkpoint);
    return 0;
}
