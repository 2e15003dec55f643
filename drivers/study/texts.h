/* SPDX-License-Identifier: MIT
 * Lists of texts that grow. */
#ifndef PLAIT_DRIVERS_STUDY_TEXTS_H
#define PLAIT_DRIVERS_STUDY_TEXTS_H

#include "base/failure.h"

#include <stdbool.h>
#include <stddef.h>

/* All zero: empty. items[count] is NULL once there is an item, as execvp wants it. */
struct texts {
    char **items;
    size_t count;
    size_t capacity;
};

/* Appends a copy. false, with EXIT_RUN, without memory; the list stays as it was. */
bool texts_add(struct texts *texts, const char *text, struct failure *failure);

/* Appends a copy of the first bytes of text. */
bool texts_add_part(struct texts *texts, const char *text, size_t bytes, struct failure *failure);

/* Appends copies of all texts of another list. */
bool texts_add_all(struct texts *texts, const struct texts *other, struct failure *failure);

bool texts_equal(const struct texts *a, const struct texts *b);

/* The index of a text, or count. */
size_t texts_find(const struct texts *texts, const char *text);

/* Splits a command line at spaces; what stands between single or double quotes is one word, without
 * any escapes in it. EXIT_USAGE for a quote that does not end. */
bool texts_split(struct texts *texts, const char *line, struct failure *failure);

/* printf into a new text, NULL without memory. Free with free. */
char *text_format(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Describes the failure; returns false. */
bool study_out_of_memory(struct failure *failure);

void texts_free(struct texts *texts);

#endif
