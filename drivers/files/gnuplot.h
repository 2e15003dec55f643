/* SPDX-License-Identifier: MIT
 * Plots by gnuplot: a script next to its data draws a picture in each of three formats. Data and
 * script are files like any other; the pictures appear whole, all three or none. */
#ifndef PLAIT_DRIVERS_GNUPLOT_H
#define PLAIT_DRIVERS_GNUPLOT_H

#include "base/atomic_file.h"
#include "base/failure.h"

#include <stdbool.h>

/* Looks before the work whether plot `name` can be written into `directory`, which is made later if
 * it is not there but its parent is. None of the plot's files may be that of another output (NULL:
 * none). EXIT_USAGE if not. */
bool gnuplot_check(const char *directory, const char *name, const char *other,
                   struct failure *failure);

/* Makes the directory if it is not there; EXIT_RUN on failure. */
bool gnuplot_make_directory(const char *directory, struct failure *failure);

/* Writes directory/name.csv and directory/name.gp. lines: the CSV with its header line. settings:
 * gnuplot commands. plot: what follows the word plot, which reads the file that the string variable
 * data names. EXIT_RUN on failure. */
bool gnuplot_write(const char *directory, const char *name, const char *lines, const char *settings,
                   const char *plot, struct failure *failure);

enum gnuplot_outcome { GNUPLOT_DONE, GNUPLOT_MISSING, GNUPLOT_FAILED };

enum { GNUPLOT_CAUSE_BYTES = 512 };

/* Runs directory/name.gp and puts its name.png, name.pdf and name.svg into the directory, whole and
 * on the disk. Starts a process, so not between MPI's start and end, where many networks forbid
 * that. cause: after GNUPLOT_FAILED why, by gnuplot's first line of error or the system's; may hold
 * any characters. */
enum gnuplot_outcome gnuplot_draw(const char *directory, const char *name,
                                  char cause[GNUPLOT_CAUSE_BYTES]);

#endif
