/* SPDX-License-Identifier: MIT
 * Deflate (RFC 1951) of bytes that come in runs, as the rows of a picture do: a match is a
 * repetition of the byte before it, of distance 1, and all else is literal. The output depends on
 * the bytes alone, on any machine, which that of zlib and its replacements does not; it is
 * as small as zlib's with Z_RLE, at several times its speed.
 *
 * What is written is one block with codes of its own, which is not the last, and an empty stored
 * block, which ends at a byte: outputs that follow each other are one stream. */
#ifndef PLAIT_DRIVERS_DEFLATE_RUNS_H
#define PLAIT_DRIVERS_DEFLATE_RUNS_H

#include <stddef.h>
#include <stdint.h>

/* The most bytes at once. */
enum { DEFLATE_RUNS_MAX = 1 << 24 };

/* How many bytes the output of `count` bytes takes at most, with the space that writing it needs.
 */
size_t deflate_runs_bound(size_t count);

/* Deflates `count` bytes, 1 .. DEFLATE_RUNS_MAX, into output[deflate_runs_bound(count)]. Returns
 * how many bytes it wrote. tokens[count] is for its own use. */
size_t deflate_runs(const uint8_t *bytes, size_t count, uint16_t *tokens, uint8_t *output);

#endif
