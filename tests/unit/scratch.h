/* SPDX-License-Identifier: MIT
 * A directory for the files of one test, empty at the start and gone at the end. Test suites use
 * scratch_begin and scratch_end as the set-up and tear-down of each test. */
#ifndef PLAIT_TESTS_SCRATCH_H
#define PLAIT_TESTS_SCRATCH_H

#include <stddef.h>
#include <stdint.h>

void scratch_begin(void);
void scratch_end(void);

/* The path of `name` in the directory, itself for "". Valid until the eighth call from now. */
const char *scratch_path(const char *name);

/* How many files, links and directories stand in the directory's subdirectory `name` ("": in
 * itself), hidden ones too: so that a forgotten temporary file shows. */
size_t scratch_entries(const char *name);

/* Makes the file `path` with the text as its content. */
void scratch_write(const char *path, const char *text);

/* Makes a file below the directory, and those above it: "/proc/stat" of a made-up machine. */
void scratch_put(const char *path, const char *text);

/* The directory, as the root of a made-up machine. */
const char *scratch_root(void);

/* The content of a file with a terminating zero, to be freed by the caller; *bytes (may be NULL)
 * gets its size. A file that cannot be read is NULL. */
uint8_t *scratch_read(const char *path, size_t *bytes);

/* Whether the file `path` can be read and holds exactly the text. */
int scratch_holds(const char *path, const char *text);

/* From now on writing a file beyond `bytes` fails with EFBIG, as on a disk that is full; 0: no
 * limit of ours. */
void scratch_limit_files(size_t bytes);

#endif
