/* SPDX-License-Identifier: MIT
 * How a result was made, in texts that it carries: the command, all parameters, the version and
 * the checksum. They depend on the result alone, not on ranks, threads, path, schedule,
 * files or date.
 *
 * Anybody may have written a text that is read: the command is parsed by the readers of command
 * lines, with all their checks, and nothing in it is ever run. The parameters are not read. */
#ifndef PLAIT_DRIVERS_PROVENANCE_H
#define PLAIT_DRIVERS_PROVENANCE_H

#include "base/named_text.h"
#include "options/option_values.h"

#include <stdint.h>

enum { PROVENANCE_TEXTS = 5 };

/* The name of the text that a file of smooth values has in addition: what its pixels mean. */
#define PROVENANCE_VALUES "plait-values"

struct provenance {
    char *command;    /* a line for a shell: the subcommand and the options that define the result
                       * and differ from the default, wherever they were given */
    char *parameters; /* all options that define the result, as --config reads them */
    char checksum[17];
    struct named_text
        texts[PROVENANCE_TEXTS]; /* after provenance_seal; they live as long as this */
};

/* Describes the result of values that are complete. EXIT_USAGE for a value that no configuration
 * file can hold. Free with provenance_free, also after a failure; zeroed ones may be freed. */
bool provenance_begin(struct provenance *provenance, const struct option_values *values,
                      struct failure *failure);

/* Makes the texts of a result with this checksum. *provenance must stay where it is from then on.
 */
void provenance_seal(struct provenance *provenance, uint64_t fnv1a);

void provenance_free(struct provenance *provenance);

/* What the texts of a result contain. */
struct origin {
    struct option_values values; /* of one of the sets: those in the command */
    const char *command;         /* in the texts */
    uint64_t fnv1a;
};

/* The texts in a file, and the subcommands whose results may be in it. */
struct provenance_source {
    const char *path; /* for errors */
    const struct named_text *texts;
    size_t text_count;
    const struct option_set *const *sets;
    size_t set_count;
};

/* Reads the texts of Plait; others may be among them. EXIT_USAGE: no texts of Plait, damaged ones,
 * a newer version than this one. Free origin->values, also after a failure. */
bool provenance_read(struct origin *origin, const struct provenance_source *source,
                     struct failure *failure);

#endif
