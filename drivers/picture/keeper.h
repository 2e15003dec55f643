/* SPDX-License-Identifier: MIT
 * The rows of a picture on all ranks: who computes which, where they are kept, and how they come
 * together on rank 0. Rank 0 has the whole picture; another rank keeps the rows that it computed,
 * and no more. */
#ifndef PLAIT_DRIVERS_PICTURE_ROWS_H
#define PLAIT_DRIVERS_PICTURE_ROWS_H

#include "base/progress_display.h"
#include "picture/block.h"
#include "picture/picture_checkpoint.h"
#include "picture/rows_gather.h"
#include "plait/escape.h"
#include "ranks/queue.h"

struct picture_rows {
    const struct session *session;
    const struct plait_escape *escape;
    const struct plait_exec *exec;
    struct queue queue;       /* its units are rows */
    uint32_t distinct;        /* rows that ranks compute; rank 0 completes the others */
    struct block block;       /* SCHEDULE_BLOCK: this rank's */
    uint64_t more_row_bytes;  /* for what is made of a row later */
    uint32_t capacity;        /* rows that counts has room for */
    int32_t *counts;          /* rank 0: [height][width]; others: their rows, as they came */
    uint64_t *digests;        /* of the rows of counts */
    struct pieces pieces;     /* the rows of this rank, in the order they came */
    uint32_t computed;        /* how many these are */
    enum plait_status status; /* of the kernel, if it ever fails */
    struct picture_checkpoint *checkpoint; /* NULL: rows stay with their ranks until rows_gather */
    struct plait_escape_tally tally;       /* with a checkpoint: of this rank's rows */
    struct plait_escape_tally resumed;     /* with a checkpoint, rank 0: of those in the file */
};

/* Collective. Plans who computes which of the picture's distinct rows, without room for any: for
 * those who keep rows elsewhere. Ends as rows_begin does. */
bool rows_plan(struct picture_rows *rows, const struct session *session,
               const struct plait_escape *escape, const struct plait_exec *exec,
               enum schedule_kind kind, struct picture_checkpoint *checkpoint,
               struct failure *failure);

/* Collective. Plans who computes which of the picture's distinct rows and makes room for them, and
 * sees that more_row_bytes can be had later for each. With a checkpoint, else NULL, these are the
 * rows that it does not have; the others are read from it. escape, exec and checkpoint stay where
 * they are. A picture that the memory of some node cannot hold is a failure of all ranks. Free with
 * rows_end, also after a failure. */
bool rows_begin(struct picture_rows *rows, const struct session *session,
                const struct plait_escape *escape, const struct plait_exec *exec,
                enum schedule_kind kind, uint64_t more_row_bytes,
                struct picture_checkpoint *checkpoint, struct failure *failure);

/* Collective. Runs the queue over the distinct rows, shows the progress of all ranks under `label`.
 * A failure is that of this rank: without memory, or what rows->status says of the kernel. */
bool rows_run(struct picture_rows *rows, struct queue_work work, const char *label,
              enum progress_style style, struct failure *failure);

/* Collective. Computes the distinct rows, shows the progress of all ranks under `label`. With a
 * checkpoint EXIT_STOPPED if it was told to stop. */
bool rows_compute(struct picture_rows *rows, const char *label, enum progress_style style,
                  struct failure *failure);

/* Collective. Digests and sums by the owners of the rows, then everything to rank 0, whose *tally
 * is then that of all distinct rows. */
void rows_gather(struct picture_rows *rows, struct plait_escape_tally *tally);

/* Collective, after rows_compute. Brings to rank 0 what the ranks have made of their rows, `bytes`
 * of each, where counts has them: on rank 0 each row in its place, elsewhere one behind the other.
 */
void rows_bring(const struct picture_rows *rows, size_t bytes, void *content);

/* Rank 0, after rows_gather: hashes the rows from distinct on and adds them to *tally. */
void rows_digest_others(struct picture_rows *rows, struct plait_escape_tally *tally);

void rows_end(struct picture_rows *rows);

#endif
