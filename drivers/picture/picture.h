/* SPDX-License-Identifier: MIT
 * A picture of escape counts on all ranks: the run of mandelbrot and of julia, as run/run.h has the
 * steps of a subcommand. */
#ifndef PLAIT_DRIVERS_PICTURE_H
#define PLAIT_DRIVERS_PICTURE_H

#include "base/failure.h"
#include "picture/colouring.h"
#include "picture/deep/deep_picture.h"
#include "picture/frames/frames.h"
#include "picture/keepers/keeper.h"
#include "picture/picture_checkpoint.h"
#include "picture/picture_files.h"
#include "picture/picture_options.h"
#include "picture/provenance.h"
#include "picture/row_work.h"
#include "picture/tiles/tile_pyramid.h"
#include "picture/value_files.h"
#include "plait/escape.h"
#include "run/command.h"

#include <stdbool.h>
#include <stdint.h>

/* What a rank knows of its picture. All zero: nothing, which may be freed. */
struct picture {
    struct picture_request request;
    struct plait_escape escape; /* of the request, with the tables of a deep view */
    struct deep_picture deep;
    struct picture_files files;
    struct colouring colouring;
    struct provenance provenance; /* rank 0: the texts that the files carry */
    struct picture_checkpoint checkpoint;
    struct row_work work;
    struct keeper keeper;
    struct tile_pyramid pyramid; /* --tiles */
    struct exact_samples exact;  /* --verify-exact */
    struct value_files values;   /* --values */
    struct unit_set resumed;     /* rank 0, for these: the rows that the checkpoint had */
    struct frames frames;        /* --frames: instead of all between request and work */
    uint64_t fnv1a;              /* rank 0: checksum of the picture */
};

/* The steps, of which begin knows what is drawn; run->options is a struct picture_options, and
 * state a struct picture. */
bool picture_settle(const struct session *session, struct option_values *values, void *state,
                    struct failure *failure);
bool picture_begin(struct run *run, void *state, enum plait_escape_kind kind,
                   struct failure *failure);
bool picture_prepare(struct run *run, void *state, struct failure *failure);
bool picture_work(struct run *run, void *state, struct failure *failure);
bool picture_finish(const struct run *run, void *state, struct failure *failure);
void picture_free(void *state);

#endif
