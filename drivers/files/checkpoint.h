/* SPDX-License-Identifier: MIT
 * The file that keeps finished work while a run continues (--checkpoint), without MPI: rank 0 alone
 * has it. Its header says of which run it is; what follows is of one of two kinds. A whole is
 * rewritten all at once, as outputs are (base/atomic_file.h). A log, for pictures, whose rows come
 * by the gigabyte, is written in place: records first, and they count when a small commit record
 * that leads to their end is on the disk. There are two places for commit records, used in turn, so
 * that whatever moment the power goes at, one of them is whole and leads to whole records. With
 * both kinds kill -9 loses the work since the last save, and no more.
 *
 * The layout, in words of 64 bits, little-endian as all machines that Plait runs on:
 *     0      magic, format, sequence (how often a whole was written), parameters as text lines
 *            "name value\n", padded with zeros to 4088 bytes; the checksum of all that
 *     4096   of a whole: words of its user, the checksum of all of them
 *     4096   of a log: commit record: sequence, end, checksum; that of the higher sequence counts
 *     8192   the other commit record
 *     12288  records, of which those before end are committed: first, count, row_bytes, checksum of
 *            the digests of the rows, checksum of these four; rows
 * Checksums and digests are FNV-1a 64 (plait/digest.h). They find what disks and copies break; they
 * are no protection against intent. Everything that is used is verified when it is read.
 *
 * A file is locked while a run uses it, where the file system can (flock). */
#ifndef PLAIT_DRIVERS_CHECKPOINT_H
#define PLAIT_DRIVERS_CHECKPOINT_H

#include "base/failure.h"
#include "plait/exec.h"

#include <stdbool.h>
#include <stdint.h>

/* Raise it when this layout changes, or when the same parameters mean other counts or other units.
 */
enum { CHECKPOINT_FORMAT = 2, CHECKPOINT_PARAMETERS_BYTES = 4064 };

/* What makes two runs the same: lines "name value\n" in an order of importance. Zero is empty. */
struct checkpoint_parameters {
    char text[CHECKPOINT_PARAMETERS_BYTES];
};

/* Adds a line, printf-like; a name is without spaces. What does not fit (no use of this comes near)
 * is cut, alike in every run. */
void checkpoint_parameter(struct checkpoint_parameters *parameters, const char *name,
                          const char *format, ...) __attribute__((format(printf, 3, 4)));

/* All zero: no file, safe to close. */
struct checkpoint {
    char *path;   /* as the user named it, for messages; NULL: no file */
    char *target; /* the file itself, where path is a link */
    const struct checkpoint_parameters *parameters;
    int descriptor;         /* -1: there is no file yet */
    uint64_t sequence;      /* of the last save */
    uint64_t end, next_end; /* of a log: as last committed, and as the next commit will have it */
    uint64_t every_ns, due_ns; /* checkpoint_is_due */
};

/* Rows [first, first + count) of something, each of row_bytes, a multiple of 4. */
struct checkpoint_record {
    uint64_t first, count, row_bytes;
    uint64_t digests_fnv1a, offset; /* set by checkpoint_next: the offset in the file */
};

/* Opens the file of an earlier run with these parameters, which stay where they are, and locks it;
 * *found says whether there is one. EXIT_USAGE, with the file untouched: not a checkpoint, of
 * another format, damaged, of other parameters (names the first one that differs), or in use. Close
 * it in any case. */
bool checkpoint_open(struct checkpoint *checkpoint, const char *path,
                     const struct checkpoint_parameters *parameters, bool *found,
                     struct failure *failure);

/* The value of a parameter of the checkpoint at path, if there is one that is whole: for parameters
 * that a run takes from it. Changes nothing and says nothing. */
bool checkpoint_peek(const char *path, const char *name, char *value, size_t bytes);

/* -- a whole -- */

/* The content of a file that was found: *words, malloc'ed, of *count words, of which the last one
 * is the file's own. EXIT_USAGE: damaged. The caller frees *words, also after a failure. */
bool checkpoint_read_whole(const struct checkpoint *checkpoint, uint64_t **words, size_t *count,
                           struct failure *failure);

/* Gives the file this content, or makes it where none was found: then it is EXIT_RUN, too, if one
 * has appeared since. The last of the words is set here. EXIT_RUN: the file is what it was. */
bool checkpoint_rewrite(struct checkpoint *checkpoint, uint64_t *words, size_t count,
                        struct failure *failure);

/* -- a log -- */

/* Finds the committed records of a file that was found. EXIT_USAGE: damaged. */
bool checkpoint_find_log(struct checkpoint *checkpoint, struct failure *failure);

/* Makes the file where none was found. EXIT_RUN, also where one has appeared since. */
bool checkpoint_create_log(struct checkpoint *checkpoint, struct failure *failure);

/* Walks through the committed records. *cursor is 0 at first. false at the end, or with EXIT_USAGE
 * where the file is damaged. */
bool checkpoint_next(const struct checkpoint *checkpoint, uint64_t *cursor,
                     struct checkpoint_record *record, struct failure *failure);

/* Reads the rows of a record, sets their digests[count], and verifies them, on exec's threads.
 * EXIT_USAGE where they are damaged: then memory holds anything. */
bool checkpoint_read(const struct checkpoint *checkpoint, const struct checkpoint_record *record,
                     const struct plait_exec *exec, void *rows, uint64_t *digests,
                     struct failure *failure);

/* Describes that the content of a record makes no sense to its user: EXIT_USAGE, returns false. */
bool checkpoint_damaged(const struct checkpoint *checkpoint, const char *what,
                        struct failure *failure);

/* Appends rows, whose digests are given, for the next commit. EXIT_RUN: what was committed stays.
 */
bool checkpoint_append(struct checkpoint *checkpoint, const struct checkpoint_record *record,
                       const uint64_t *digests, const void *rows, struct failure *failure);

/* Makes what was written last; nothing to do is success. EXIT_RUN: what was committed stays. */
bool checkpoint_commit(struct checkpoint *checkpoint, struct failure *failure);

/* -- both -- */

/* Whether it is time to save: that many seconds (0: always) after the last save, and not more than
 * a twentieth of the time goes into saves, however slow the disk is, except with 0. */
void checkpoint_set_interval(struct checkpoint *checkpoint, double seconds);
bool checkpoint_is_due(const struct checkpoint *checkpoint);

/* Removes the file: the run has ended, its results are complete. EXIT_RUN if that fails. */
bool checkpoint_remove(const struct checkpoint *checkpoint, struct failure *failure);

/* Closes and unlocks it. Does nothing with all zero; *checkpoint is all zero afterwards. */
void checkpoint_close(struct checkpoint *checkpoint);

#endif
