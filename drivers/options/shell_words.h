/* SPDX-License-Identifier: MIT
 * Words of a command line as a POSIX shell reads them, for commands that users paste. What is read
 * back is only ever split into words, never run. */
#ifndef PLAIT_DRIVERS_SHELL_WORDS_H
#define PLAIT_DRIVERS_SHELL_WORDS_H

#include "base/failure.h"

#include <stddef.h>
#include <stdio.h>

struct shell_words {
    char **items;
    size_t count;
};

/* Writes the word so that a shell reads just this word: as it is, or between single quotes. */
void shell_word_write(const char *word, FILE *stream);

/* Splits a line of such words with one space between two. Anything that shell_word_write would not
 * have written (other quotes, variables, ';', control characters) is refused with EXIT_USAGE. Free
 * with shell_words_free, also after a failure. */
bool shell_words_split(struct shell_words *words, const char *line, struct failure *failure);

void shell_words_free(struct shell_words *words);

#endif
