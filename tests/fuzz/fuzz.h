/* SPDX-License-Identifier: MIT
 * What the fuzzers share. Each is a file fuzz_<reader>.c with the one function that libFuzzer calls
 * for every input; it reads the input as its reader would and requires what must hold of the
 * result. Its inputs of interest are kept in corpus/<reader>/. */
#ifndef PLAIT_TESTS_FUZZ_H
#define PLAIT_TESTS_FUZZ_H

#include "base/failure.h"
#include "options/option.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Ends the program as a crash, with the line, unless the condition holds. */
#define REQUIRE(condition) fuzz_require((condition), #condition, __FILE__, __LINE__)
void fuzz_require(bool holds, const char *condition, const char *file, int line);

/* A failure is one line with a status, and only what has failed has one. */
void fuzz_check_failure(bool succeeded, const struct failure *failure);

/* The input as lines: a copy of it, whose lines become texts, and pointers to them, ended by NULL.
 * Bytes after a zero byte of a line are lost. Free with fuzz_lines_free. */
struct fuzz_lines {
    char *copy;
    char **items;
    size_t count;
};
struct fuzz_lines fuzz_lines_of(const uint8_t *data, size_t size);
void fuzz_lines_free(struct fuzz_lines *lines);

/* Makes the input a file, the same one for every input, and sets the path to open it by. */
enum { FUZZ_PATH_BYTES = 64 };
void fuzz_file(const void *data, size_t size, char path[FUZZ_PATH_BYTES]);

/* One of the subcommands' option sets: that whose name is the first line of the input, or any one.
 * The input then begins after that line. */
const struct option_set *fuzz_choose_set(const uint8_t **data, size_t *size);

#endif
