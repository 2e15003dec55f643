/* SPDX-License-Identifier: MIT
 * What --checkpoint keeps of a picture: finished rows in a file that only grows
 * (files/checkpoint.h), and nothing that depends on ranks, threads or paths. Rank 0 has the file;
 * the others deliver their rows to it during the work. */
#ifndef PLAIT_DRIVERS_PICTURE_CHECKPOINT_H
#define PLAIT_DRIVERS_PICTURE_CHECKPOINT_H

#include "base/unit_set.h"
#include "files/checkpoint.h"
#include "picture/picture_options.h"
#include "plait/escape.h"
#include "ranks/session.h"

/* Zero: none. */
struct picture_checkpoint {
    const struct session *session;
    const struct picture_request *request;
    const struct plait_escape *escape;
    const char *path;     /* NULL: no checkpoint */
    struct unit_set rest; /* on every rank: the distinct rows that are left for this run */
    uint64_t resumed;     /* on every rank: how many rows the file has */

    /* Rank 0. */
    struct checkpoint_parameters parameters;
    struct checkpoint file;
    bool found;               /* an earlier run has left the file */
    double every_seconds;     /* between two commits */
    struct unit_set finished; /* rows in the file */
    struct failure failure;   /* of writing, in the middle of the work */
};

/* A line for one or two exact numbers, in a form that is the same for equal ones. false: out of
 * memory, and without the line a file would be that of other views, too. */
bool picture_checkpoint_describe_exact(struct checkpoint_parameters *parameters, const char *name,
                                       const char *text, size_t numbers);

/* Collective. Opens the file of --checkpoint, if there is one, and reads which rows it has; from
 * now on signals that ask to stop are noted. Does nothing without that option. escape is the
 * request's, deep where that is. The arguments must live as long as the checkpoint. EXIT_USAGE: the
 * file is of another picture or damaged. Free with picture_checkpoint_free, also after a failure.
 */
bool picture_checkpoint_open(struct picture_checkpoint *checkpoint, const struct session *session,
                             const struct picture_request *request,
                             const struct plait_escape *escape,
                             const struct picture_options *options, struct failure *failure);

/* Where the rows of the file go. */
struct checkpoint_sink {
    /* Memory for the rows of a piece and for their digests; NULL: there is none. */
    bool (*place)(void *context, struct piece piece, int32_t **counts, uint64_t **digests);
    /* They have been read there, and are what was kept. A failure is described. NULL: nothing to
     * do.
     */
    bool (*take)(void *context, struct piece piece, struct failure *failure);
    void *context;
};

/* Rank 0: reads the rows, piece by piece, or makes the file. EXIT_USAGE: the file is damaged. */
bool picture_checkpoint_load(struct picture_checkpoint *checkpoint, const struct plait_exec *exec,
                             const struct checkpoint_sink *sink, struct failure *failure);

/* Rank 0: keeps the rows of a piece, whose digests are given. false: writing failed. */
bool picture_checkpoint_keep(struct picture_checkpoint *checkpoint, struct piece piece,
                             const int32_t *rows, const uint64_t *digests);

/* Rank 0: saves the rows that are kept, if the interval has passed. false: writing failed. */
bool picture_checkpoint_tend(struct picture_checkpoint *checkpoint);

/* Collective, when the ranks have ended their work: rank 0 saves everything. EXIT_STOPPED if
 * the work was stopped, whether all rows are kept or not. After that a signal has nothing left to
 * save, and ends the rank at once with EXIT_STOPPED: the launcher ends the others. */
bool picture_checkpoint_end_work(struct picture_checkpoint *checkpoint, bool stopped,
                                 struct failure *failure);

/* On each rank, when rank 0 has reported the results: from now on signals have the effect that they
 * have without a checkpoint. Rank 0 removes the file. */
bool picture_checkpoint_remove(const struct picture_checkpoint *checkpoint,
                               struct failure *failure);

void picture_checkpoint_free(struct picture_checkpoint *checkpoint);

#endif
