/* SPDX-License-Identifier: MIT
 * The files of a picture: looked at before the work, written by rank 0 after it. */
#ifndef PLAIT_DRIVERS_PICTURE_FILES_H
#define PLAIT_DRIVERS_PICTURE_FILES_H

#include "base/failure.h"
#include "picture/picture_report.h"

#include <stdbool.h>
#include <stdint.h>

/* Rank 0, before the work: looks at every output and reads the palette. */
bool files_check(struct picture *picture, struct failure *failure);

/* Bytes that the files need on this rank for each of its rows of counts, beside these. All ranks
 * must have agreed that every name has a format, as files_check finds out. */
uint64_t files_row_bytes(const struct picture *picture);

/* Collective, without --stream, when rank 0 has the counts of the whole picture: what colours need
 * beside them. A failure is that of all ranks. */
bool files_colour(struct picture *picture, struct failure *failure);

/* Rank 0: writes the files, from the counts of the whole picture. */
bool files_write(const struct picture *picture, struct failure *failure);

#endif
