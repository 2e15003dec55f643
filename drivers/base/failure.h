/* SPDX-License-Identifier: MIT
 * An error on its way to the user. Functions that can fail return a bool and describe what went
 * wrong here; drivers/plait.c alone prints it, and ranks/agree.h makes it the same on all ranks
 * before. */
#ifndef PLAIT_DRIVERS_FAILURE_H
#define PLAIT_DRIVERS_FAILURE_H

#include <stdbool.h>

/* Exit status of every rank. */
enum {
    EXIT_DONE = 0,     /* done, and verified where that was asked */
    EXIT_RUN = 1,      /* failed at run time, or a verification failed */
    EXIT_USAGE = 2,    /* wrong usage or input */
    EXIT_STOPPED = 75, /* stopped early with a checkpoint kept */
};

enum { FAILURE_TEXT_BYTES = 1024 };

struct failure {
    int exit_status;               /* EXIT_DONE: nothing has failed */
    char text[FAILURE_TEXT_BYTES]; /* one line, cause first, then the fix; without "plait: " */
    bool files_are_whole;          /* all the same: rank 0 draws from them, and alone has the exit
                                    * status, which would end it elsewhere */
};

/* Describes a failure, printf-like, and returns false, so that a caller can write
 *     return failure_set(failure, EXIT_USAGE, "cannot read '%s'", path);
 * A failure that is already set is kept: the first cause is the one that helps. Control characters
 * in the text become '?', and a text that is too long ends in "...". */
bool failure_set(struct failure *failure, int exit_status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
