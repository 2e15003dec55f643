/* SPDX-License-Identifier: MIT
 * The file that keeps a reference orbit for the next picture (--reference), without MPI: rank 0
 * alone has it. It says what its points depend on, and nothing else does, so that a view that
 * has the same takes them as its own, whatever its zoom, size and steps; and where each orbit has
 * come to, in full precision, from where it is continued.
 *
 * The layout, in words of 64 bits, little-endian as all machines that Plait runs on:
 *     magic, format, julia, extended, bits, bailout, bytes of centre and c, points of the two
 *     orbits, bytes of the two places, checksum of all that
 *     centre, c, places: texts one after another, padded with zeros; their checksum
 *     points of the first orbit, then of the second: x, y, s, outside, and in extended views the
 *     exponents of z and of s; in blocks of 4096 points, the last one of an orbit shorter, each
 *     followed by its checksum
 * Checksums are FNV-1a 64 of the bytes. They find what disks and copies break; they are no
 * protection against intent, but whatever a file holds is safe to compute with. */
#ifndef PLAIT_DRIVERS_REFERENCE_FILE_H
#define PLAIT_DRIVERS_REFERENCE_FILE_H

#include "base/failure.h"
#include "plait/deep.h"

#include <stdbool.h>
#include <stdint.h>

/* Raise it when this layout changes, or when the same numbers mean other points. */
enum { REFERENCE_FORMAT = 1, REFERENCE_BITS_MAX = 1 << 20 };

/* The points of an orbit from Z_0 on. */
struct kept_orbit {
    struct plait_deep_point *points;
    uint64_t count, capacity;
    char *place; /* the point after them in full precision, as deep_reference_place writes it; NULL:
                    there are none */
};

/* All zero: nothing, safe to free. */
struct kept_reference {
    bool julia, extended;
    uint64_t bits;
    double bailout;
    char *center, *c; /* rounded to these bits (deep_reference_rounded); c: "" unless julia */
    struct kept_orbit orbits[2]; /* by enum plait_deep_orbit_kind */
};

/* Reads and verifies a whole file; *found: there is one. EXIT_USAGE: it is none of these, of
 * another format, damaged, or larger than the memory. Free *kept in any case. */
bool reference_file_load(struct kept_reference *kept, const char *path, bool *found,
                         struct failure *failure);

/* Writes the file, which replaces an earlier one when it is complete. EXIT_RUN. */
bool reference_file_store(const struct kept_reference *kept, const char *path,
                          struct failure *failure);

/* Appends a point; false: out of memory. */
bool kept_orbit_add(struct kept_orbit *orbit, const struct plait_deep_point *point);

void kept_reference_free(struct kept_reference *kept);

#endif
