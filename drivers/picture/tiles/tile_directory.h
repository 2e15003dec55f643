/* SPDX-License-Identifier: MIT
 * The directory of a Deep Zoom Image:
 *     index.html                         a page that shows it, without anything from elsewhere
 *     picture.dzi                        its description
 *     picture_files/LEVEL/COLUMN_ROW.png its tiles (image/tile_levels.h)
 *
 * All of it is made in a directory `unfinished` in there, and moved up when it is complete: page
 * and description appear last, and no tile before all tiles are whole. What a run that was killed
 * has left in `unfinished` is replaced by the next one; a directory with anything else in it is
 * left alone. No MPI. */
#ifndef PLAIT_DRIVERS_TILE_DIRECTORY_H
#define PLAIT_DRIVERS_TILE_DIRECTORY_H

#include "base/failure.h"
#include "base/named_text.h"
#include "image/tile_levels.h"
#include "image/tile_png.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* All zero: none, which is safe to end. */
struct tile_directory {
    const char *path; /* as the user named it; stays the caller's */
    uint32_t width, height;

    /* Of the rank that began it. */
    bool begun;
    bool made; /* there was no such directory before */
    int lock;  /* of `unfinished`, against other runs */
};

/* Says before the work whether a picture of that size can be written there, and makes `unfinished`
 * with a directory for each level. EXIT_USAGE: it is a file, not empty, may not be written to, or
 * is in use by another run. End it with tile_directory_end, also then. */
bool tile_directory_begin(struct tile_directory *directory, struct failure *failure);

/* On any rank and thread, with path and size set: writes a tile. EXIT_RUN on failure. */
bool tile_directory_put(const struct tile_directory *directory, const struct tile_name *name,
                        const struct tile_png *png, struct failure *failure);

/* On each rank that has written tiles: they are on the disk. EXIT_RUN on failure. */
bool tile_directory_sync(const struct tile_directory *directory, struct failure *failure);

/* A path in `unfinished`, for files that are there during the work; to be freed, NULL without
 * memory. */
char *tile_directory_unfinished(const struct tile_directory *directory, const char *name);

/* Writes page and description. texts say how the picture was made, as files carry them
 * (picture/provenance.h). EXIT_RUN on failure. */
bool tile_directory_describe(const struct tile_directory *directory, const struct named_text *texts,
                             size_t text_count, struct failure *failure);

/* Moves all into its place. EXIT_RUN on failure. */
bool tile_directory_commit(struct tile_directory *directory, struct failure *failure);

/* Removes what has not been committed, and the directory if it was made for it. */
void tile_directory_end(struct tile_directory *directory);

#endif
