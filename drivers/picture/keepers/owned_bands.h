/* SPDX-License-Identifier: MIT
 * Files of a picture whose rows stay with the ranks that have computed them. A band of a PNG file
 * (image/png_bands.h) is encoded by the owner of its first row, whom the owners of its other rows
 * send the palette indices of these; only encoded bands go to rank 0, which writes them in order.
 */
#ifndef PLAIT_DRIVERS_OWNED_BANDS_H
#define PLAIT_DRIVERS_OWNED_BANDS_H

#include "base/unit_set.h"
#include "picture/draw.h"
#include "ranks/session.h"

/* The rows of this rank. */
struct owned_rows {
    const struct session *session;
    struct unit_set rows; /* each row of the picture is that of one rank */
    int32_t *counts;      /* of these rows, in rising order, [width] each */
    int32_t *parts;       /* of smooth values, likewise; NULL: colours are not smooth */
};

/* Collective: writes the files, all of which take bands, when all rows have been measured. Of the
 * drawing `read` and `rows` are not used, and its palette and texts are those of rank 0. Shows the
 * progress of encoding on rank 0. A failure is that of all ranks, except that of writing, which is
 * rank 0's. */
bool owned_bands_draw(const struct owned_rows *own, const struct drawing *drawing,
                      struct picture_files *files, struct failure *failure);

#endif
