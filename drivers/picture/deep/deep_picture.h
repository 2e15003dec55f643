/* SPDX-License-Identifier: MIT
 * A deep picture on all ranks: rank 0 computes the orbit of the centre in high precision and sends
 * it to one rank of each node while it grows; this one makes the tables of it for its node. */
#ifndef PLAIT_DRIVERS_DEEP_PICTURE_H
#define PLAIT_DRIVERS_DEEP_PICTURE_H

#include "base/failure.h"
#include "base/progress_display.h"
#include "picture/deep/deep_share.h"
#include "picture/deep/reference_file.h"
#include "picture/deep/reference_orbit.h"
#include "picture/picture_options.h"
#include "plait/deep.h"
#include "ranks/session.h"

#include <stdbool.h>
#include <stdint.h>

/* All zero: the picture is not deep, which may be freed. */
struct deep_picture {
    struct deep_texts texts;
    int32_t maxit;
    struct plait_deep *tables;        /* NULL: not deep */
    struct deep_reference *reference; /* where it is computed */
    struct deep_share share;    /* where the tables are, if several ranks of a node have them */
    const char *kept_path;      /* --reference; NULL: none */
    struct kept_reference kept; /* rank 0: what it has, until the tables are made */
    uint64_t kept_steps;        /* rank 0: those that were not computed again */
    bool ready;                 /* all tables are made */
    bool quiet;                 /* set before: no warnings of the texts */
    const char *names[2];       /* likewise: the options that they come from; NULL: center and c */
    double seconds;             /* that this took */
};

/* Collective, or on one process with session NULL. Finds the view of a deep picture; nothing for
 * others. From then on *escape may be asked how many distinct rows it has. A failure is that of all
 * ranks. Rank 0 warns of texts that have too few digits. Free with deep_picture_free, also then. */
bool deep_picture_begin(struct deep_picture *deep, const struct session *session,
                        const struct picture_request *request, struct plait_escape *escape,
                        struct failure *failure);

/* How orbits are computed and shown. */
struct deep_computing {
    const struct session *session; /* NULL: one process */
    int threads;                   /* of rank 0 */
    const char *label;             /* under which rank 0 shows the progress */
    enum progress_style style;
    bool stops; /* no checkpoint watches for signals: with --reference they end the orbit, too */
};

/* Likewise. Computes the orbits, unless that has been done, after which pixels can be. */
bool deep_picture_compute(struct deep_picture *deep, const struct deep_computing *how,
                          struct failure *failure);

/* How samples are iterated in full precision. */
struct deep_exact {
    const struct session *session;
    const struct plait_escape *escape;
    int threads; /* of this rank */
    const char *label;
    enum progress_style style;
};

/* Collective. Iterates the first `count` samples of the picture (plait/sample.h) in full precision,
 * shared by all ranks and their threads, into expected[count] on all ranks. A failure is that of
 * all ranks. */
bool deep_picture_exact(const struct deep_picture *deep, const struct deep_exact *how, int count,
                        int32_t *expected, struct failure *failure);

/* Rank 0, with the sums of the picture: warns where nearly all pixels have come to maxit. */
void deep_picture_judge(const struct deep_picture *deep, const struct plait_escape *escape,
                        uint64_t interior);

void deep_picture_free(struct deep_picture *deep);

#endif
