/* SPDX-License-Identifier: MIT
 * The two kinds of text that locations are written in, as a sequence of keys and values: lines
 * `Key: value` (.kfr), and TOML 1.0 without dates. What has no meaning for the caller is read past,
 * but must be well formed. */
#ifndef PLAIT_DRIVERS_LOCATION_TEXT_H
#define PLAIT_DRIVERS_LOCATION_TEXT_H

#include "base/failure.h"

#include <stdbool.h>
#include <stddef.h>

/* Longest key with all its tables, the zero too. The value of a longer one is read past. */
enum { LOCATION_KEY_BYTES = 128 };

/* A text that is being read. */
struct location_text {
    const char *name; /* of the file, for errors */
    const char *text; /* ends with a zero, and has no other */
    size_t length;
    /* Takes a value: false, with the failure set, ends the reading. Keys of TOML have those of
     * their tables before them, "location.zoom", and a value within an array ends its key in "[]".
     * The value is the text of a string, or a number or true and false without underscores, and is
     * lost when the function returns; "" for the beginning of an array. */
    bool (*take)(void *context, const char *key, const char *value, unsigned long line,
                 struct failure *failure);
    void *context;
};

/* Whether the first line that is neither empty nor a comment is `Key: value`. */
bool location_text_has_colons(const struct location_text *text);

/* Lines `Key: value`. Lines without a colon, and those that begin with ; or #, are left out. */
bool location_text_read_colons(const struct location_text *text, struct failure *failure);

/* TOML. EXIT_USAGE, with the line, for what is none. */
bool location_text_read_toml(const struct location_text *text, struct failure *failure);

#endif
