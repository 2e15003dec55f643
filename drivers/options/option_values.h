/* SPDX-License-Identifier: MIT
 * The texts given for the options of one subcommand, each with its origin. A higher origin replaces
 * a lower one whatever the order of merging, and a text that is in has passed its row's checks.
 *
 * The way under MPI: values_init and values_parse_argv on every rank before MPI_Init; on rank 0
 * values_merge_environment, config_file_merge, values_pack; broadcast; values_unpack on the others;
 * values_apply on every rank. */
#ifndef PLAIT_DRIVERS_OPTION_VALUES_H
#define PLAIT_DRIVERS_OPTION_VALUES_H

#include "options/option.h"

/* Where a value comes from, lowest precedence first. */
enum option_origin {
    ORIGIN_DEFAULT,
    ORIGIN_CONFIG,
    ORIGIN_ENVIRONMENT,
    ORIGIN_COMMAND_LINE,
};

/* What is known of one option. Owned by the values. */
struct option_value {
    enum option_origin origin;
    char *where;   /* "default", "run.ini:7", "PLAIT_MAXIT", "--maxit" */
    char **texts;  /* as given; none: not given and no default. Only TEXTS has more than one */
    char **places; /* where each text was given; the first is as where */
    size_t count;
};

struct option_values {
    const struct option_set *set;
    struct option_value *items; /* one per row, in the order of option_at */
    size_t count;
};

/* Sets every option to its default. set must outlive the values. Free with values_free, also after
 * a failure. */
bool values_init(struct option_values *values, const struct option_set *set,
                 struct failure *failure);

/* Frees everything; texts handed out by values_text and values_apply go with it. Zeroed values may
 * be freed. */
void values_free(struct option_values *values);

/* Parses the argc arguments after the subcommand's name. After "--" all are taken by their places.
 */
bool values_parse_argv(struct option_values *values, int argc, char *const *argv,
                       struct failure *failure);

/* Merges PLAIT_<OPTION> of an environment ("NAME=value", ended by NULL), or where that is not set
 * the variable that the row names. */
bool values_merge_environment(struct option_values *values, char *const *environment,
                              struct failure *failure);

/* Gives warn a line, without "plait: warning: ", for each PLAIT_ variable of an environment that is
 * an option of none of the set_count sets. */
void values_warn_unknown(char *const *environment, const struct option_set *const *sets,
                         size_t set_count, void (*warn)(void *context, const char *line),
                         void *context);

/* Checks one text by the row of that index and takes it over (a copy), unless a higher origin has
 * been there. where goes into errors and is kept as the origin's name. The same origin again adds
 * to a TEXTS and is refused for every other kind, quoting both texts. For readers of other sources.
 */
bool values_set(struct option_values *values, size_t index, enum option_origin origin,
                const char *where, const char *text, struct failure *failure);

/* The same for a text of an origin in which a TEXTS is a list: its items stand between commas, and
 * spaces around them are no part of them. */
bool values_set_list(struct option_values *values, size_t index, enum option_origin origin,
                     const char *where, const char *text, struct failure *failure);

/* Replaces the text of an option that has one by what it has come to, such as "random" by the seed
 * that was drawn; its origin stays. Texts of this option that were handed out before are gone. The
 * text must be one that the row accepts. */
bool values_settle(struct option_values *values, const char *name, const char *text,
                   struct failure *failure);

/* Gives an option this text as if on the command line, whatever it had; NULL: it has none from now
 * on, not even its default. For values that describe a part of a run; the text must be one that the
 * row accepts. */
bool values_replace(struct option_values *values, const char *name, const char *text,
                    struct failure *failure);

/* Where the value of an option comes from. The name must be one of the set's. */
enum option_origin values_origin(const struct option_values *values, const char *name);

/* That place in words: "--region", "PLAIT_REGION", "run.ini:3". */
const char *values_where(const struct option_values *values, const char *name);

/* For errors about two options; each returns its text. Where a value was given and as what:
 * "--max", "MAX", "run.ini:3: max". The value, and where it was given if not on the command line:
 * "--max 5 (MAX)". What can set it: "--max, PLAIT_MAX or MAX". */
enum { VALUES_TEXT_BYTES = 256 };
const char *values_blame(const struct option_values *values, const char *name,
                         char text[VALUES_TEXT_BYTES]);
const char *values_describe(const struct option_values *values, const char *name,
                            char text[VALUES_TEXT_BYTES]);
const char *values_setters(const struct option_values *values, const char *name,
                           char text[VALUES_TEXT_BYTES]);

/* Whether the option has a value at all, be it the default. */
bool values_has(const struct option_values *values, const char *name);

/* Whether the value of an option counts: it has one, and no rival has one of a higher origin. */
bool values_counts(const struct option_values *values, const char *name);

/* The (first) text of an option, NULL if it has none. */
const char *values_text(const struct option_values *values, const char *name);

/* Whether a flag is on. */
bool values_flag(const struct option_values *values, const char *name);

/* Parses everything into the options struct. The member of an option without a value is left as it
 * is: initialise the struct first. Texts stay owned by the values, which must outlive the struct.
 */
bool values_apply(const struct option_values *values, void *options, struct failure *failure);

/* Packs texts and origins into one malloc'ed buffer (caller frees) to be sent to another rank. */
bool values_pack(const struct option_values *values, unsigned char **buffer, size_t *bytes,
                 struct failure *failure);

/* Replaces the values by those of a buffer from values_pack, made for a set of the same rows. A
 * buffer that is cut short, too long or of other rows is refused, and the values stay as they were.
 */
bool values_unpack(struct option_values *values, const unsigned char *buffer, size_t bytes,
                   struct failure *failure);

#endif
