/* SPDX-License-Identifier: MIT
 * FNV-1a 64 of bytes, of rows of counts, and of a picture from its row digests. */
#include "plait/digest.h"

#include "fnv.h"

uint64_t plait_digest_append(uint64_t digest, const unsigned char *bytes, size_t count) {
    for (size_t k = 0; k < count; k++)
        digest = fnv_byte(digest, bytes[k]);
    return digest;
}

uint64_t plait_digest_bytes(const unsigned char *bytes, size_t count) {
    return plait_digest_append(FNV_OFFSET, bytes, count);
}

/* One multiplication waits for the one before it: a single row runs at the latency of the
 * multiplier. ROWS rows side by side run at its throughput. */
enum { ROWS = 8 };

static void hash_row_group(const int32_t *counts, size_t width, uint64_t digests[ROWS]) {
    uint64_t hash[ROWS];
    for (int r = 0; r < ROWS; r++)
        hash[r] = FNV_OFFSET;
    for (size_t j = 0; j < width; j++)
        for (int b = 0; b < 32; b += 8)
            for (int r = 0; r < ROWS; r++)
                hash[r] = fnv_byte(hash[r], (uint32_t)counts[r * width + j] >> b & 0xff);
    for (int r = 0; r < ROWS; r++)
        digests[r] = hash[r];
}

static uint64_t hash_row(const int32_t *counts, size_t width) {
    uint64_t hash = FNV_OFFSET;
    for (size_t j = 0; j < width; j++)
        hash = fnv_value(hash, (uint32_t)counts[j], 4);
    return hash;
}

void plait_digest_rows(const struct plait_exec *exec, const int32_t *counts, uint32_t rows,
                       uint32_t width, uint64_t *digests) {
    const int64_t groups = rows / ROWS;

#pragma omp parallel for num_threads(exec->threads) schedule(static)
    for (int64_t g = 0; g < groups; g++)
        hash_row_group(counts + (size_t)g * ROWS * width, width, digests + g * ROWS);

    for (size_t i = (size_t)groups * ROWS; i < rows; i++)
        digests[i] = hash_row(counts + i * width, width);
}

uint64_t plait_digest_picture(const uint64_t *digests, uint32_t rows) {
    uint64_t hash = FNV_OFFSET;
    for (uint32_t i = 0; i < rows; i++)
        hash = fnv_value(hash, digests[i], 8);
    return hash;
}
