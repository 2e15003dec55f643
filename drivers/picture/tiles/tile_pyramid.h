/* SPDX-License-Identifier: MIT
 * The tiles of a picture whose counts are on disk, drawn by all ranks: --tiles.
 *
 * A phase makes the tiles of up to three levels from the pixels of the first of them, strip by
 * strip (image/tile_block.h), each on one rank, which the work queue gives it. What is left for the
 * next phase, sums of light, goes to a scratch file where the tiles are made. So no pixel goes
 * through a message, a rank has one strip in memory, and tiles depend on the picture alone. */
#ifndef PLAIT_DRIVERS_TILE_PYRAMID_H
#define PLAIT_DRIVERS_TILE_PYRAMID_H

#include "image/tile_block.h"
#include "picture/draw.h"
#include "picture/keepers/keeper.h"
#include "picture/keepers/store.h"
#include "picture/tiles/tile_directory.h"

enum { TILE_PHASES_MAX = 24 };

/* The levels that begin `step` steps below the picture. */
struct tile_phase {
    uint32_t step, depth;
    uint64_t
        offset; /* in the scratch file: where their sums of light are, but for the first phase */
};

/* All zero: no tiles, which is safe to end. */
struct tile_pyramid {
    const struct session *session;
    struct tile_directory directory;
    const struct plait_exec *exec;
    struct tile_phase phases[TILE_PHASES_MAX];
    uint32_t count;
    uint32_t samples; /* of a pixel of the picture, along each side */

    char *target; /* where the scratch files are: a name next to them */
    struct store store;
    bool stored; /* there is more than one phase */
    void *pixels;
    struct tile_light *sums;
    struct tile_picture *picture;
    struct tile_painter *painters; /* [threads] */
};

/* A picture of which tiles are wanted. */
struct tile_request {
    const char *path; /* of the directory */
    const struct session *session;
    const struct plait_exec *exec;
    uint32_t width, height, samples;
};

/* Collective, before the work: makes the directory, takes memory and disk space. EXIT_USAGE on all
 * ranks where it cannot be done. What is in the request must live as long as the pyramid. Free with
 * tile_pyramid_end, also then. */
bool tile_pyramid_begin(struct tile_pyramid *pyramid, const struct tile_request *request,
                        struct failure *failure);

/* Collective, when rank 0 has measured all rows: makes all tiles, with the palette that rank 0 has
 * in its drawing. A failure is that of all ranks. */
bool tile_pyramid_draw(struct tile_pyramid *pyramid, struct keeper *keeper,
                       const struct drawing *drawing, struct failure *failure);

/* Collective, when what the tiles were drawn from is not needed any more, and is closed, so that it
 * need not get to the disk: page and description, by the texts that rank 0 has, and all moves into
 * its place. A failure, also one from before, is that of all ranks. */
bool tile_pyramid_commit(struct tile_pyramid *pyramid, const struct provenance *provenance,
                         struct failure *failure);

void tile_pyramid_end(struct tile_pyramid *pyramid);

#endif
