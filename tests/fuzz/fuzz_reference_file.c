/* SPDX-License-Identifier: MIT
 * Reference orbits that anybody may have made: the input is the head, texts and points of a file
 * whose checksums are made right, or it is a file as it is. What is read of it is safe to compute
 * with and to write again, or it is refused. */
#include "fuzz.h"
#include "picture/deep/reference_file.h"
#include "plait/digest.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Of reference_file.c: bytes of the head without its checksum, and points of a block. */
enum { HEAD_BYTES = 96, BLOCK_POINTS = 4096, WORD = 8 };

static char again[256];

static void remove_again(void) {
    unlink(again);
}

static void name_again(void) {
    const char *directory = getenv("TMPDIR");
    snprintf(again, sizeof again, "%s/plait-fuzz-XXXXXX", directory ? directory : "/tmp");
    const int descriptor = mkstemp(again);
    REQUIRE(descriptor >= 0 && close(descriptor) == 0);
    atexit(remove_again);
}

/* Appends a block and its checksum; what the input lacks is zeros. */
static size_t put_block(uint8_t *to, const uint8_t **data, size_t *size, size_t bytes) {
    const size_t some = *size < bytes ? *size : bytes;
    memset(to, 0, bytes);
    memcpy(to, *data, some);
    *data += some;
    *size -= some;
    const uint64_t fnv1a = plait_digest_bytes(to, bytes);
    memcpy(to + bytes, &fnv1a, sizeof fnv1a);
    return bytes + sizeof fnv1a;
}

/* The file that the input describes, malloc'ed: lengths are cut to what an input of a few KiB can
 * say. */
static uint8_t *make_file(const uint8_t *data, size_t size, size_t *bytes) {
    static const char magic[] = {'\x89', 'P', 'L', 'O', 'R', 'B', '\r', '\n'};
    uint8_t *file = calloc(1, 1 << 20);
    uint64_t head[HEAD_BYTES / WORD];
    REQUIRE(file != NULL);
    put_block(file, &data, &size, HEAD_BYTES);
    memcpy(head, file, sizeof head);
    for (int k = 6; k < 12; k++)
        head[k] %= 300;
    memcpy(head, magic, sizeof magic);
    head[1] = REFERENCE_FORMAT;
    const size_t texts = (head[6] + head[7] + head[10] + head[11] + 7) / WORD * WORD;
    const size_t each = (head[3] ? 6 : 4) * WORD;
    const uint8_t *from = (const uint8_t *)head;
    size_t left = sizeof head;
    size_t at = put_block(file, &from, &left, sizeof head);
    at += put_block(file + at, &data, &size, texts);
    for (int k = 8; k < 10; k++)
        if (head[k] > 0)
            at += put_block(file + at, &data, &size, head[k] * each);
    *bytes = at;
    return file;
}

static void check_kept(const struct kept_reference *kept) {
    struct kept_reference back;
    struct failure failure = {0};
    bool found;
    REQUIRE(kept->bits >= 128 && kept->bits <= REFERENCE_BITS_MAX && kept->bits % 64 == 0);
    REQUIRE(isfinite(kept->bailout) && kept->bailout > 0);
    REQUIRE(kept->center && kept->c && kept->orbits[0].count > 0);
    for (int k = 0; k < 2; k++) {
        const struct kept_orbit *orbit = &kept->orbits[k];
        REQUIRE((orbit->count > 0) == (orbit->place != NULL));
        for (uint64_t m = 0; m < orbit->count; m++)
            REQUIRE(isfinite(orbit->points[m].x) && isfinite(orbit->points[m].y) &&
                    (isfinite(orbit->points[m].s) ||
                     (orbit->points[m].outside && orbit->points[m].s > 0)));
    }
    REQUIRE(reference_file_store(kept, again, &failure));
    /* Texts with a zero byte are shorter now, which loses a place. */
    const bool loaded = reference_file_load(&back, again, &found, &failure);
    fuzz_check_failure(loaded, &failure);
    REQUIRE(!loaded || back.orbits[0].count == kept->orbits[0].count);
    kept_reference_free(&back);
}

static bool load(const void *data, size_t size) {
    struct kept_reference kept;
    struct failure failure = {0};
    char path[FUZZ_PATH_BYTES];
    bool found = false;
    fuzz_file(data, size, path);
    const bool loaded = reference_file_load(&kept, path, &found, &failure);
    REQUIRE(found);
    fuzz_check_failure(loaded, &failure);
    if (loaded)
        check_kept(&kept);
    kept_reference_free(&kept);
    return loaded;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    size_t bytes;
    if (!again[0])
        name_again();
    (void)load(data, size);
    uint8_t *file = make_file(data, size, &bytes);
    (void)load(file, bytes);
    free(file);
    return 0;
}
