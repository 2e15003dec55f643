/* SPDX-License-Identifier: MIT
 * Checksum of a picture of counts, and of bytes. Rows are hashed apart, so that whoever computed a
 * row can hash it, and the picture's checksum is made from the row digests alone.
 *
 * The hash is FNV-1a, 64 bit (Fowler, Noll, Vo; IETF draft-eastlake-fnv). It finds differences
 * between runs; it is no protection against intent. */
#ifndef PLAIT_DIGEST_H
#define PLAIT_DIGEST_H

#include "plait/api.h"
#include "plait/exec.h"

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* exec comes from plait_exec_init; rows >= 0, width >= 1.
 * digests[i] = FNV-1a 64 over row i of counts[rows][width], each count as little-endian int32. */
PLAIT_API void plait_digest_rows(const struct plait_exec *exec, const int32_t *counts,
                                 uint32_t rows, uint32_t width, uint64_t *digests);

/* FNV-1a 64 over bytes[count]; count may be 0. */
PLAIT_API uint64_t plait_digest_bytes(const unsigned char *bytes, size_t count);

/* The same of bytes that come in parts: digest is that of the parts before, and of none
 * plait_digest_bytes(NULL, 0). */
PLAIT_API uint64_t plait_digest_append(uint64_t digest, const unsigned char *bytes, size_t count);

/* FNV-1a 64 over the row digests, each as little-endian uint64, in row order. */
PLAIT_API uint64_t plait_digest_picture(const uint64_t *digests, uint32_t rows);

#ifdef __cplusplus
}
#endif

#endif
