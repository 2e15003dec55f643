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

/* Columns whose counts are read for their size, then again from the first cache for the hash. */
enum { COLUMNS = 256 };

/* Adds columns [from, to) to the hashes of `rows` rows, whose counts are below 2^(8 bytes): a byte
 * of 0 changes nothing but by the multiplication, so that those above are one together. */
static inline void hash_columns(const int32_t *counts, size_t width, size_t from, size_t to,
                                int rows, int bytes, uint64_t *hash) {
    uint64_t rest = FNV_PRIME; /* to the number of bytes from the last one on */
    for (int b = bytes; b < 4; b++)
        rest *= FNV_PRIME;
    for (size_t j = from; j < to; j++) {
        for (int b = 0; b < bytes - 1; b++)
            for (int r = 0; r < rows; r++)
                hash[r] =
                    fnv_byte(hash[r], (uint32_t)counts[(size_t)r * width + j] >> (8 * b) & 0xff);
        for (int r = 0; r < rows; r++)
            hash[r] = (hash[r] ^ (uint32_t)counts[(size_t)r * width + j] >> 8 * (bytes - 1)) * rest;
    }
}

static inline uint32_t bits_of_columns(const int32_t *counts, size_t width, size_t from, size_t to,
                                       int rows) {
    uint32_t bits = 0;
    for (int r = 0; r < rows; r++)
        for (size_t j = from; j < to; j++)
            bits |= (uint32_t)counts[(size_t)r * width + j];
    return bits;
}

/* The number of rows is a constant where this is called: hashes stay in registers. */
static inline void hash_rows(const int32_t *counts, size_t width, int rows, uint64_t *digests) {
    uint64_t hash[ROWS];
    for (int r = 0; r < rows; r++)
        hash[r] = FNV_OFFSET;
    for (size_t from = 0; from < width; from += COLUMNS) {
        const size_t to = width - from < COLUMNS ? width : from + COLUMNS;
        const uint32_t bits = bits_of_columns(counts, width, from, to, rows);
        if (bits < 1U << 8)
            hash_columns(counts, width, from, to, rows, 1, hash);
        else if (bits < 1U << 16)
            hash_columns(counts, width, from, to, rows, 2, hash);
        else
            hash_columns(counts, width, from, to, rows, 4, hash);
    }
    for (int r = 0; r < rows; r++)
        digests[r] = hash[r];
}

void plait_digest_rows(const struct plait_exec *exec, const int32_t *counts, uint32_t rows,
                       uint32_t width, uint64_t *digests) {
    const int64_t groups = rows / ROWS;

#pragma omp parallel for num_threads(exec->threads) schedule(static)
    for (int64_t g = 0; g < groups; g++)
        hash_rows(counts + (size_t)g * ROWS * width, width, ROWS, digests + g * ROWS);

    for (size_t i = (size_t)groups * ROWS; i < rows; i++)
        hash_rows(counts + i * width, width, 1, digests + i);
}

uint64_t plait_digest_picture(const uint64_t *digests, uint32_t rows) {
    uint64_t hash = FNV_OFFSET;
    for (uint32_t i = 0; i < rows; i++)
        hash = fnv_value(hash, digests[i], 8);
    return hash;
}
