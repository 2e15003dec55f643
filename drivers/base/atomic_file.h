/* SPDX-License-Identifier: MIT
 * A file that appears whole or not at all. What is written goes to a temporary file next to the
 * target and takes the target's name only when all of it is on the disk: whoever looks at the
 * target sees the earlier file or the complete new one, never a part.
 *
 * Where the file system can, the temporary file has no name while it is written: a run that is
 * killed leaves nothing behind. Elsewhere (NFS) it may leave a hidden .plait-<16 hexadecimal
 * digits>.
 *
 * A target that is a symbolic link stays one: the file it leads to is replaced. The new file has
 * the permissions of the file it replaces, or 0666 without the umask, but it is the writer's own.
 */
#ifndef PLAIT_DRIVERS_ATOMIC_FILE_H
#define PLAIT_DRIVERS_ATOMIC_FILE_H

#include "base/failure.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* All zero: no file, which is safe to abandon. */
struct atomic_file {
    FILE *stream;     /* where to write, from atomic_file_open until commit or abandon */
    char *path;       /* the target as the user named it, for messages */
    char *target;     /* the file to replace: path with symbolic links at its end followed */
    char *temporary;  /* what is written until the commit; NULL: it has no name yet */
    int error_number; /* errno of the first write that failed, 0 for none */
    bool replaces;    /* the target existed at the time of opening */
    bool owned;       /* by atomic_file_open_owned */
};

/* Says before work begins whether `path` could be written, and leaves no trace. false with
 * EXIT_USAGE for: an empty or too long name, a directory that is missing, is a file, or may not be
 * written to, a read-only file system, a target that is a directory, a device or anything else but
 * a regular file, or a file that this user may not replace. A full disk is not foreseen. */
bool atomic_file_check(const char *path, struct failure *failure);

/* Opens a temporary file for `path`. On success the caller owns *file and ends it by
 * atomic_file_commit or atomic_file_abandon. On failure (EXIT_RUN, also for what atomic_file_check
 * would find) *file is all zero. */
bool atomic_file_open(struct atomic_file *file, const char *path, struct failure *failure);

/* The same for a file that other processes write too, and that may be read back. They open it by
 * the name that atomic_file_shared_name gives. named: by processes of other nodes as well, for
 * which the temporary file has a name from the beginning; else they run on this node. */
bool atomic_file_open_shared(struct atomic_file *file, const char *path, bool named,
                             struct failure *failure);

/* The same as atomic_file_open for a target that one process at a time writes, again and again: the
 * name of the temporary file depends on that of the target alone, so that runs that are killed
 * leave one at most. The next commit takes its place, and atomic_file_clear_owned removes it. */
bool atomic_file_open_owned(struct atomic_file *file, const char *path, struct failure *failure);
void atomic_file_clear_owned(const char *path);

/* The absolute path under which other processes can open the temporary file now. false, with errno,
 * if it does not fit. */
bool atomic_file_shared_name(const struct atomic_file *file, char *name, size_t bytes);

/* Appends `bytes` bytes. On failure (EXIT_RUN, as atomic_file_failed) the file cannot be committed
 * any more. Writing to file->stream directly is allowed: the commit finds errors, if later. */
bool atomic_file_write(struct atomic_file *file, const void *data, size_t bytes,
                       struct failure *failure);

/* Describes that writing failed with `error_number`: EXIT_RUN, with the file, the cause, and what
 * became of an earlier file. Returns false. */
bool atomic_file_failed(const struct atomic_file *file, int error_number, struct failure *failure);

/* How to fix what made a write fail with `error_number`: ": " and the words, or "" where the name
 * of the error says it all. */
const char *atomic_file_fix(int error_number);

/* Gives the target the new content and survives a power cut after it: flush, sync, rename, sync of
 * the directory. On failure (EXIT_RUN) the target is what it was and the temporary file is gone. In
 * both cases *file is all zero afterwards. */
bool atomic_file_commit(struct atomic_file *file, struct failure *failure);

/* As atomic_file_commit, but never replaces anything: a file that has appeared at the target since
 * is a failure, unless the file system knows no other way than replacing. */
bool atomic_file_commit_new(struct atomic_file *file, struct failure *failure);

/* Whether two paths name one file, however they are written and whatever links they follow; the
 * file need not exist. */
bool atomic_file_same_target(const char *path_a, const char *path_b);

/* Whether the file, which need not exist, is one of the directory, which need not exist either. */
bool atomic_file_is_in(const char *path, const char *directory);

/* Refuses two outputs in one file, which would leave only the later one: EXIT_USAGE. Paths that are
 * NULL stand for no output. */
bool atomic_file_check_apart(const char *path, const char *other, struct failure *failure);

/* Removes the temporary file and leaves the target alone. Does nothing on an all-zero *file, so
 * after a commit too; *file is all zero afterwards. */
void atomic_file_abandon(struct atomic_file *file);

#endif
