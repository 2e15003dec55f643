/* SPDX-License-Identifier: MIT
 * Deflate of runs against zlib's inflate. Inputs are short, so that every second byte may stand for
 * how often the byte before it comes. */
#include "fuzz.h"
#include "image/deflate_runs.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { LONGEST_RUN = 600 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 2)
        return 0;
    const bool repeat = data[0] & 1;
    const size_t most = size * LONGEST_RUN;
    uint8_t *bytes = malloc(most);
    REQUIRE(bytes);
    size_t count = 0;
    for (size_t k = 1; k < size; k += repeat ? 2 : 1) {
        size_t times = repeat && k + 1 < size ? data[k + 1] * (data[0] % 3 + 1) % LONGEST_RUN : 1;
        for (bytes[count++] = data[k]; times > 1; times--)
            bytes[count++] = data[k];
    }
    /* As large as they need to be, so that a byte beyond is found. */
    uint16_t *tokens = malloc(count * sizeof *tokens);
    uint8_t *output = malloc(deflate_runs_bound(count)), *back = malloc(count + 1);
    REQUIRE(tokens && output && back);
    const size_t written = deflate_runs(bytes, count, tokens, output);
    REQUIRE(written <= deflate_runs_bound(count));
    z_stream stream = {
        .next_in = output,
        .avail_in = (uInt)written,
        .next_out = back,
        .avail_out = (uInt)count + 1,
    };
    REQUIRE(inflateInit2(&stream, -15) == Z_OK);
    REQUIRE(inflate(&stream, Z_SYNC_FLUSH) == Z_OK && stream.avail_in == 0);
    REQUIRE(stream.total_out == count && memcmp(back, bytes, count) == 0);
    inflateEnd(&stream);
    free(bytes);
    free(tokens);
    free(output);
    free(back);
    return 0;
}
