/* SPDX-License-Identifier: MIT
 * Deflate of runs: zlib reads back what it wrote, in one stream, and no machine writes other bytes.
 */
#include "check.h"
#include "image/deflate_runs.h"
#include "plait/digest.h"
#include "random_draw.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { BYTES = 1 << 17 };

static uint8_t input[BYTES], output[BYTES * 2], back[BYTES + 1];
static uint16_t tokens[BYTES];

/* Whether zlib finds the same bytes, all of the output is used, and the stream may continue. */
static size_t check_reads_back(size_t count) {
    CHECK(deflate_runs_bound(count) <= sizeof output);
    memset(output, 0xa5, sizeof output);
    const size_t size = deflate_runs(input, count, tokens, output);
    CHECK(size <= deflate_runs_bound(count));
    for (size_t k = deflate_runs_bound(count); k < sizeof output; k++)
        if (output[k] != 0xa5)
            return !CHECK(!"written beyond the bound");
    CHECK(size > 4 && memcmp(output + size - 4, "\x00\x00\xff\xff", 4) == 0);
    z_stream stream = {
        .next_in = output,
        .avail_in = (uInt)size,
        .next_out = back,
        .avail_out = (uInt)count + 1,
    };
    CHECK_INT(Z_OK, inflateInit2(&stream, -15));
    CHECK_INT(Z_OK, inflate(&stream, Z_SYNC_FLUSH));
    CHECK_INT(0, stream.avail_in);
    CHECK_INT((int64_t)count, (int64_t)stream.total_out);
    CHECK(memcmp(input, back, count) == 0);
    inflateEnd(&stream);
    return size;
}

static void fill_random(size_t count, unsigned symbols) {
    uint64_t state = check_seed();
    for (size_t k = 0; k < count; k++)
        input[k] = (uint8_t)(random_draw(&state) % symbols);
}

/* Every way to cut a run, at the beginning, in the middle and at the end. */
static void test_runs(void) {
    for (size_t length = 1; length <= 1100; length++) {
        memset(input, 7, length);
        check_reads_back(length);
        memset(input + length, 9, 3);
        check_reads_back(length + 1);
        check_reads_back(length + 3);
        memmove(input + 1, input, length);
        input[0] = 1;
        input[length + 1] = 2;
        check_reads_back(length + 2);
    }
}

/* Bytes beyond the end that continue a run are none of ours. */
static void test_few_bytes(void) {
    memset(input, 7, sizeof input);
    for (size_t count = 1; count < 20; count++)
        check_reads_back(count);
    for (int value = 0; value < 256; value++) {
        input[0] = (uint8_t)value;
        check_reads_back(1);
        input[1] = (uint8_t)(255 - value);
        check_reads_back(2);
    }
}

/* Noise cannot become smaller, and must not become much larger; one byte must become nothing. */
static void test_sizes(void) {
    for (unsigned symbols = 1; symbols <= 256; symbols++) {
        fill_random(BYTES / 8, symbols);
        check_reads_back(BYTES / 8);
    }
    fill_random(BYTES, 256);
    CHECK(check_reads_back(BYTES) <= BYTES + BYTES / 256);
    memset(input, 200, sizeof input);
    CHECK(check_reads_back(BYTES) <= 160);
}

/* Counts that rise as Fibonacci's numbers make the deepest tree, 12 bits and more of it too deep;
 * with all symbols in use besides, codes must be shortened from many lengths. */
static void test_deep_trees(void) {
    for (unsigned others = 0; others <= 256; others += 64) {
        size_t count = 0;
        for (size_t symbol = 0, rank = 1, before = 0; symbol < 24 && count + rank < BYTES - 256;
             symbol++) {
            for (size_t k = 0; k < rank; k++) /* no runs */
                input[count++] = (uint8_t)(k % 2 == 0 ? symbol : symbol + 128);
            const size_t next = rank + before;
            before = rank;
            rank = next;
        }
        for (unsigned k = 0; k < others; k++)
            input[count++] = (uint8_t)k;
        check_reads_back(count);
    }
}

/* As small as zlib makes runs, a code for each band or not. */
static void test_as_small_as_rle(void) {
    uint64_t state = check_seed();
    for (size_t k = 0; k < BYTES;) {
        const uint64_t drawn = random_draw(&state);
        size_t length = 1 + (drawn >> 8) % (drawn % 3 == 0 ? 300 : 4);
        for (; length > 0 && k < BYTES; length--)
            input[k++] = (uint8_t)(drawn >> 32 & drawn >> 48);
    }
    const size_t ours = check_reads_back(BYTES);
    z_stream stream = {
        .next_in = input,
        .avail_in = BYTES,
        .next_out = output,
        .avail_out = sizeof output,
    };
    CHECK_INT(Z_OK, deflateInit2(&stream, 1, Z_DEFLATED, -15, 9, Z_RLE));
    CHECK_INT(Z_STREAM_END, deflate(&stream, Z_FINISH));
    CHECK(ours <= stream.total_out + stream.total_out / 50);
    deflateEnd(&stream);
}

/* What was written once, of inputs that are the same on every machine: a compiler or processor that
 * makes it other bytes would make other files on other nodes. */
static void test_known_bytes(void) {
    static const uint8_t known[] = {0x3c, 0xc0, 0x31, 0x01, 0x00, 0x00, 0x00, 0x40, 0xb0, 0xac,
                                    0xf4, 0x0f, 0xe1, 0x33, 0x66, 0x00, 0x00, 0x00, 0xff, 0xff};
    memcpy(input, "aaaaaaaaaab", 11);
    CHECK_INT(sizeof known, (int64_t)check_reads_back(11));
    CHECK(memcmp(known, output, sizeof known) == 0);
    uint64_t state = 42;
    for (size_t k = 0; k < BYTES;) {
        const uint64_t drawn = random_draw(&state);
        size_t length = 1 + (drawn >> 8) % (drawn % 3 == 0 ? 600 : 4);
        for (; length > 0 && k < BYTES; length--)
            input[k++] = (uint8_t)(drawn >> 32 & drawn >> 48);
    }
    const size_t size = check_reads_back(BYTES);
    CHECK_HEX(UINT64_C(0x6f0fbdd7759737c4), plait_digest_bytes(output, size));
}

int main(int argc, char **argv) {
    static const struct check_test tests[] = {
        {"runs", test_runs},
        {"few bytes", test_few_bytes},
        {"sizes", test_sizes},
        {"deep trees", test_deep_trees},
        {"as small as zlib", test_as_small_as_rle},
        {"known bytes", test_known_bytes},
        {0},
    };
    return check_main("deflate of runs", tests, argc, argv);
}
