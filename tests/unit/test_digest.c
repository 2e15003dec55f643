/* SPDX-License-Identifier: MIT
 * The checksums: known hashes of byte strings, and every number of rows around the groups that are
 * hashed side by side. */
#include "check.h"

#include "plait/digest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BYTES_MAX = 256 };

static struct plait_exec exec_of(int threads) {
    struct plait_exec exec = {0};
    CHECK_INT(PLAIT_OK, plait_exec_init(&exec, "scalar", threads));
    return exec;
}

/* "-" stands for no bytes. Returns the number of bytes, -1 for a malformed text. */
static int parse_bytes(const char *text, unsigned char bytes[BYTES_MAX]) {
    if (strcmp(text, "-") == 0)
        return 0;
    const size_t length = strlen(text);
    if (length % 8 != 0 || length / 2 > BYTES_MAX)
        return -1;
    for (size_t k = 0; k < length / 2; k++) {
        unsigned byte;
        if (sscanf(text + 2 * k, "%2x", &byte) != 1)
            return -1;
        bytes[k] = (unsigned char)byte;
    }
    return (int)(length / 2);
}

static void check_vector(const unsigned char *bytes, int length, uint64_t expected) {
    const struct plait_exec exec = exec_of(1);
    int32_t counts[BYTES_MAX / 4];
    uint64_t values[BYTES_MAX / 8], digest = 0;
    for (int k = 0; k < length / 4; k++) {
        const unsigned char *b = bytes + 4 * k;
        const uint32_t word =
            b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
        memcpy(&counts[k], &word, sizeof word);
    }
    CHECK_HEX(expected, plait_digest_bytes(bytes, (size_t)length));
    plait_digest_rows(&exec, counts, 1, (uint32_t)length / 4, &digest);
    CHECK_HEX(expected, digest);
    if (length % 8 != 0)
        return;
    for (int k = 0; k < length / 8; k++)
        values[k] = (uint32_t)counts[2 * k] | (uint64_t)(uint32_t)counts[2 * k + 1] << 32;
    CHECK_HEX(expected, plait_digest_picture(values, (uint32_t)length / 8));
}

static void test_known_hashes(void) {
    char line[1024], text[BYTES_MAX * 2 + 1];
    unsigned char bytes[BYTES_MAX];
    unsigned long long expected;
    int vectors = 0;
    FILE *file = fopen(PLAIT_GOLDEN_DIR "/fnv1a.txt", "r");
    if (!CHECK(file != NULL))
        return;
    while (fgets(line, sizeof line, file)) {
        if (line[0] == '#')
            continue;
        const bool read = sscanf(line, "%512s %llx", text, &expected) == 2;
        const int length = read ? parse_bytes(text, bytes) : -1;
        if (CHECK(length >= 0))
            check_vector(bytes, length, expected);
        vectors++;
    }
    fclose(file);
    CHECK_INT(9, vectors);
    /* Of no whole words: from the test suite of the hash's authors. */
    CHECK_HEX(UINT64_C(0xcbf29ce484222325), plait_digest_bytes((const unsigned char *)"", 0));
    CHECK_HEX(UINT64_C(0xaf63dc4c8601ec8c), plait_digest_bytes((const unsigned char *)"a", 1));
    CHECK_HEX(UINT64_C(0x85944171f73967e8), plait_digest_bytes((const unsigned char *)"foobar", 6));
    for (size_t cut = 0; cut <= 6; cut++) {
        const unsigned char *foobar = (const unsigned char *)"foobar";
        const uint64_t begun = plait_digest_append(plait_digest_bytes(NULL, 0), foobar, cut);
        CHECK_HEX(UINT64_C(0x85944171f73967e8), plait_digest_append(begun, foobar + cut, 6 - cut));
    }
}

/* FNV-1a as its authors write it: byte by byte. */
static uint64_t plain_hash(const int32_t *counts, size_t width) {
    uint64_t hash = UINT64_C(14695981039346656037);
    for (size_t j = 0; j < width; j++)
        for (int b = 0; b < 4; b++) {
            hash ^= ((uint32_t)counts[j] >> (8 * b)) & 0xff;
            hash *= UINT64_C(1099511628211);
        }
    return hash;
}

static void check_rows(uint32_t rows, uint32_t width, int threads) {
    enum { GUARD = 2 };
    const uint64_t junk = UINT64_C(0x5555555555555555);
    const struct plait_exec exec = exec_of(threads);
    int32_t *counts = malloc(((size_t)rows * width + 1) * sizeof *counts);
    uint64_t *digests = malloc((rows + GUARD) * sizeof *digests);
    if (!counts || !digests)
        abort();
    uint64_t state = check_seed();
    for (size_t k = 0; k < (size_t)rows * width; k++) {
        state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        counts[k] = (int32_t)(state >> 33) - (1 << 30);
    }
    for (uint32_t i = 0; i < rows + GUARD; i++)
        digests[i] = junk;
    plait_digest_rows(&exec, counts, rows, width, digests);
    for (uint32_t i = 0; i < rows; i++)
        CHECK_HEX(plain_hash(counts + (size_t)i * width, width), digests[i]);
    for (uint32_t i = rows; i < rows + GUARD; i++)
        CHECK_HEX(junk, digests[i]);
    free(digests);
    free(counts);
}

static void test_every_number_of_rows(void) {
    static const int threads[] = {1, 2, 5};
    for (size_t t = 0; t < 3; t++)
        for (uint32_t rows = 0; rows <= 20; rows++) {
            check_rows(rows, 1, threads[t]);
            check_rows(rows, 7, threads[t]);
        }
}

/* Counts of one, two and four bytes, in long rows: where all are small, several bytes are hashed at
 * once. A large one stands in each place in turn. */
static void test_sizes_of_counts(void) {
    enum { ROWS = 11, WIDTH = 530, PLACES = 40 };
    static const int32_t most[] = {0, 1, 0xff, 0x100, 0xffff, 0x10000, 0xffffff, INT32_MAX};
    enum { SIZES = sizeof most / sizeof *most };
    const struct plait_exec exec = exec_of(2);
    static int32_t counts[ROWS * WIDTH];
    uint64_t digests[ROWS], state = check_seed();
    for (int s = 0; s < SIZES; s++)
        for (int large = s; large < SIZES; large++)
            for (int place = 0; place < PLACES; place++) {
                for (size_t k = 0; k < ROWS * WIDTH; k++) {
                    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
                    counts[k] = (int32_t)((state >> 33) % ((uint64_t)most[s] + 1));
                }
                counts[(state >> 20) % (ROWS * WIDTH)] = most[large];
                plait_digest_rows(&exec, counts, ROWS, WIDTH, digests);
                for (uint32_t i = 0; i < ROWS; i++)
                    CHECK_HEX(plain_hash(counts + (size_t)i * WIDTH, WIDTH), digests[i]);
            }
}

static void test_order_matters(void) {
    const uint64_t ab[] = {1, 2}, ba[] = {2, 1};
    CHECK(plait_digest_picture(ab, 2) != plait_digest_picture(ba, 2));
    CHECK(plait_digest_picture(ab, 1) != plait_digest_picture(ab, 2));
}

int main(int argc, char **argv) {
    static const struct check_test tests[] = {
        {"known hashes", test_known_hashes},
        {"every number of rows", test_every_number_of_rows},
        {"sizes of counts", test_sizes_of_counts},
        {"order matters", test_order_matters},
        {0},
    };
    return check_main("digest", tests, argc, argv);
}
