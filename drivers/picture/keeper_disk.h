/* SPDX-License-Identifier: MIT
 * --stream: a picture that no rank's memory has to hold. Every rank computes its pieces in parts of
 * a few MiB and writes them, with the rows that mirror them, to their places in a store on disk
 * (picture/store.h), which is a .npy file in the making. Rank 0 then reads the store block by
 * block, compares the rows with the digests that their owners sent, and feeds all writers at once.
 *
 * The colours of a picture depend on the smallest and the largest value in it, so no row can be
 * encoded before the last one is computed: that is why the counts go to disk and not straight into
 * the encoder. Without an output that makes a file there is no store.
 *
 * Memory: on each rank 4 MiB of counts a thread, at most 64 MiB (a row, where that is longer), and
 * a digest of 8 bytes for every row of the picture; for smooth colours 5/4 of the counts again and
 * 8 MiB. Smooth values are found twice, by the owners for their range, and by rank 0 for the
 * colours. */
#ifndef PLAIT_DRIVERS_PICTURE_STREAM_H
#define PLAIT_DRIVERS_PICTURE_STREAM_H

#include "base/failure.h"
#include "image/colour.h"
#include "picture/memory_smooth.h"
#include "picture/store.h"
#include "plait/escape.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct picture;

/* All zero: a picture in memory. */
struct picture_stream {
    struct store store;
    bool stored;       /* some output makes a file */
    size_t target;     /* the index of the output that the store becomes; out.count: of none */
    uint32_t rows;     /* that counts has room for */
    int32_t *counts;   /* [rows][width]: of one part */
    uint64_t *digests; /* [height]: 0 where another rank has the row; later, on rank 0,
                        * of the picture */
    struct plait_escape_tally tally; /* of this rank; later, on rank 0, of the picture */
    struct colour_range range;       /* likewise */
    bool smooth;                     /* colours are smooth, and need what follows */
    struct smooth_finder finder;
    struct smooth_scale scale;
    int32_t *parts;         /* [rows][width] */
    uint8_t *indices;       /* [rows][width] */
    struct failure failure; /* of this rank in the middle of its work */
};

/* Collective. Plans who computes which rows, and makes the store and the buffers. A disk without
 * room, or one that not all nodes see, is a failure of all ranks. Free with stream_end, also after
 * a failure. */
bool stream_begin(struct picture *picture, struct failure *failure);

/* Collective. Computes, verifies where that is asked, and stores all rows. */
bool stream_compute(struct picture *picture, const char *label, struct failure *failure);

/* Collective. Digests and sums to rank 0. */
void stream_gather(struct picture *picture);

/* Rank 0, after stream_gather: the files. */
bool stream_write(struct picture *picture, struct failure *failure);

void stream_end(struct picture_stream *stream);

#endif
