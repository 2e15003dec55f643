/* SPDX-License-Identifier: MIT
 * Where the rows of a picture are kept after they are computed and until they are written: in
 * the memory of rank 0 (keeper_memory.c), of their owners (keeper_owners.c), or on disk
 * (keeper_disk.c). The run of a picture uses this interface
 * only. */
#ifndef PLAIT_DRIVERS_KEEPER_H
#define PLAIT_DRIVERS_KEEPER_H

#include "base/failure.h"
#include "base/progress_display.h"
#include "image/writer.h"
#include "picture/colouring.h"
#include "picture/picture_checkpoint.h"
#include "picture/picture_files.h"
#include "picture/row_work.h"
#include "ranks/queue.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct keeper_kind;
struct drawing;

enum { VERIFY_SAMPLES = 1000 };

/* The counts of the samples in full precision, and how those of the picture compare. */
struct exact_samples {
    int32_t expected[VERIFY_SAMPLES];
    uint64_t compared, equal, largest; /* largest: difference */
};

/* The rows of this rank; on rank 0, in the end, of the picture. All zero: none, which is safe to
 * end. */
struct keeper {
    /* The caller's, where they stay. */
    const struct keeper_kind *kind;
    const struct row_work *work;
    struct colouring *colouring;
    struct picture_files *files;
    uint32_t samples;                      /* of a pixel, along each side */
    struct picture_checkpoint *checkpoint; /* NULL: none; for a kind that takes one */
    const char *stored_in;                 /* keeper_disk: a file in whose directory the rows are to
                                            * be, as for --tiles; NULL: where the files are */
    bool verify;                           /* compare samples with the reference */
    struct exact_samples *exact;           /* compare them with these, too; NULL: not */

    /* From reserve on. */
    uint64_t space;                        /* rows that this rank can store at most */
    const struct queue_delivery *delivery; /* NULL: rows stay where they are until gather */
    uint64_t *digests;                     /* of rows; on rank 0, after measure, of all */
    struct plait_escape_tally tally;       /* of the rows that were measured */
    struct plait_escape_tally resumed;     /* rank 0: of those in the checkpoint */
    void *state;                           /* the kind's own */
};

/* Rows [first, first + count) of the picture, counts[count][width]. */
struct kept_rows {
    uint32_t first, count;
    int32_t *counts;
    int32_t *parts; /* of their smooth values (plait/smooth.h), likewise; NULL: not kept */
};

/* In the order in which they are called. NULL: the kind has nothing to do there. */
struct keeper_kind {
    /* Collective, before the work: takes the memory and the disk space that all rows will need. Too
     * little space is a failure of all ranks. */
    bool (*reserve)(struct keeper *keeper, struct failure *failure);

    /* Where rows are to be computed: sets rows->counts, for smooth colours rows->parts, and lowers
     * rows->count to what has space there. Called by the rank whose rows they are, in the order of
     * its pieces. */
    void (*place)(struct keeper *keeper, struct kept_rows *rows);

    /* Keeps the rows that were computed there. A failure is that of this rank. */
    bool (*put)(struct keeper *keeper, const struct kept_rows *rows, struct failure *failure);

    /* Collective, when the queue has ended. A failure, of the work as well, is that of all ranks;
     * stopped, on rank 0: a stop was requested. */
    bool (*settle)(struct keeper *keeper, bool stopped, struct failure *failure);

    /* Collective: rows or digests, sums and ranges of all ranks to rank 0. */
    void (*gather)(struct keeper *keeper);

    /* Rank 0: the rows that mirror others. */
    void (*complete)(struct keeper *keeper);

    /* Rank 0: measures those rows, after which digests, tally and range are those of the picture.
     */
    void (*measure)(struct keeper *keeper);

    /* Collective: finds the smooth values that were not computed with the rows, shown by the
     * display, and the range of all. A failure is that of all ranks. */
    bool (*colour)(struct keeper *keeper, struct progress_display *display,
                   struct failure *failure);

    /* Rank 0: compares samples with the reference and with keeper->exact, as far as they are
     * wanted, if that has not been done before they were put. */
    bool (*verify)(struct keeper *keeper, struct failure *failure);

    /* Rank 0, repeatedly: as a drawing's read (draw.h); keeper is a struct keeper. */
    bool (*read)(void *keeper, uint32_t first, struct image_rows *block, struct failure *failure);

    /* Instead of read, collective, where all files take bands: writes them, of whose drawing only
     * rank 0 has palette and texts. A failure is that of all ranks, or of rank 0. */
    bool (*draw)(struct keeper *keeper, const struct drawing *drawing, struct failure *failure);

    /* Frees keeper->state, which is NULL if reserve has not come that far. */
    void (*release)(struct keeper *keeper);
};

extern const struct keeper_kind keeper_memory, keeper_owners, keeper_disk;

/* keeper_disk, any rank, when the picture is measured and keeper->digests are those of all rows: as
 * a drawing's read, but not more than `most` rows. */
bool keeper_disk_read(struct keeper *keeper, uint32_t first, uint32_t most,
                      struct image_rows *block, struct failure *failure);

/* For the kinds: hashes rows into digests[count], and adds them to the tally and to the range. */
void keeper_measure(struct keeper *keeper, const struct kept_rows *rows, uint64_t *digests);

/* For the kinds, collective: all digests to rank 0. keeper->digests[height] are those of the rows
 * of this rank, and 0 elsewhere: a row has one owner. */
void keeper_gather_digests(struct keeper *keeper);

/* For the kinds, collective: the tally of all ranks to rank 0, and the range. */
void keeper_gather_sums(struct keeper *keeper);

/* For the kinds: compares the samples that lie in the rows with keeper->exact, if there are any. */
void keeper_compare_exact(struct keeper *keeper, const struct kept_rows *rows);

/* For the kinds: describes a pixel that differs from the reference. Returns false. */
bool keeper_mismatch(const struct plait_escape_difference *difference, struct failure *failure);

/* The rows are not needed any more; digests and sums stay. */
void keeper_close(struct keeper *keeper);

void keeper_end(struct keeper *keeper);

#endif
