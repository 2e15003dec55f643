/* SPDX-License-Identifier: MIT
 * Writes and reads the texts about the origin of a result. Command and parameters are written from
 * the same values: the command is what is read again, the parameters are for people and for
 * --config. A default that ever changes would change what the command of an older result means. */
#include "picture/provenance.h"

#include "base/number.h"
#include "options/config_file.h"
#include "options/shell_words.h"
#include "plait/version.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const char software_name[] = "Software", command_name[] = "plait-command",
                  parameters_name[] = "plait-parameters", version_name[] = "plait-version",
                  checksum_name[] = "plait-fnv1a";

static bool provenance_out_of_memory(struct failure *failure) {
    return failure_set(failure, EXIT_RUN, "out of memory");
}

/* ---- writing ---- */

/* Writes a space and the two texts as one word. */
static bool provenance_write_joined(const char *head, const char *tail, FILE *stream,
                                    struct failure *failure) {
    const size_t bytes = strlen(head) + strlen(tail) + 1;
    char *word = malloc(bytes);
    if (!word)
        return provenance_out_of_memory(failure);
    snprintf(word, bytes, "%s%s", head, tail);
    fputc(' ', stream);
    shell_word_write(word, stream);
    free(word);
    return true;
}

static bool provenance_write_option(const struct option *option, const char *text, FILE *stream,
                                    struct failure *failure) {
    if (option->kind == OPTION_FLAG) {
        bool on;
        if (!option_parse(option, option->name, text, &on, failure))
            return false;
        fprintf(stream, " --%s%s", on ? "" : "no-", option->name);
        return true;
    }
    /* An argument that begins with '-' would be taken for an option. Our arguments are files. */
    if (option->scope == OPTION_ARGUMENT)
        return provenance_write_joined(text[0] == '-' ? "./" : "", text, stream, failure);
    /* A value that begins with "--" must follow '=': after a space it would be taken for the next
     * option. */
    char name[OPTION_VARIABLE_BYTES];
    const bool joined = strncmp(text, "--", 2) == 0;
    snprintf(name, sizeof name, "--%s%s", option->name, joined ? "=" : "");
    if (joined)
        return provenance_write_joined(name, text, stream, failure);
    return provenance_write_joined(name, "", stream, failure) &&
           provenance_write_joined("", text, stream, failure);
}

/* Whether the command has the option: what counts and differs from the default, given or not. */
static bool provenance_states_option(const struct option_values *values,
                                     const struct option *option,
                                     const struct option_value *value) {
    return option->defines && values_counts(values, option->name) &&
           !(value->count == 1 && option_is_default(option, value->texts[0]));
}

static bool provenance_write_command(const struct option_values *values, FILE *stream,
                                     struct failure *failure) {
    fprintf(stream, "plait %s", values->set->command);
    for (size_t i = 0; i < values->count; i++) {
        const struct option *option = option_at(values->set, i, NULL);
        const struct option_value *value = &values->items[i];
        for (size_t t = 0; provenance_states_option(values, option, value) && t < value->count; t++)
            if (!provenance_write_option(option, value->texts[t], stream, failure))
                return false;
    }
    return true;
}

/* The text that a function writes, to be freed; NULL on failure. */
static char *provenance_text_of(bool (*write)(const struct option_values *values, FILE *stream,
                                              struct failure *failure),
                                const struct option_values *values, struct failure *failure) {
    char *text = NULL;
    size_t bytes = 0;
    FILE *stream = open_memstream(&text, &bytes);
    if (!stream) {
        provenance_out_of_memory(failure);
        return NULL;
    }
    bool written = write(values, stream, failure);
    if (fclose(stream) != 0)
        written = provenance_out_of_memory(failure);
    if (written)
        return text;
    free(text);
    return NULL;
}

bool provenance_begin(struct provenance *provenance, const struct option_values *values,
                      struct failure *failure) {
    *provenance = (struct provenance){0};
    provenance->parameters = provenance_text_of(config_file_write_definition, values, failure);
    if (provenance->parameters)
        provenance->command = provenance_text_of(provenance_write_command, values, failure);
    return provenance->command != NULL;
}

void provenance_seal(struct provenance *provenance, uint64_t fnv1a) {
    struct named_text *texts = provenance->texts;
    snprintf(provenance->checksum, sizeof provenance->checksum, "%016" PRIx64, fnv1a);
    texts[0] = (struct named_text){software_name, "Plait"};
    texts[1] = (struct named_text){command_name, provenance->command};
    texts[2] = (struct named_text){parameters_name, provenance->parameters};
    texts[3] = (struct named_text){version_name, plait_version()};
    texts[4] = (struct named_text){checksum_name, provenance->checksum};
}

void provenance_free(struct provenance *provenance) {
    free(provenance->command);
    free(provenance->parameters);
    *provenance = (struct provenance){0};
}

/* ---- reading ---- */

/* The texts of one file. */
struct reading {
    const char *path;
    const char *command, *version, *checksum;
    struct failure mistake; /* of a text, without the file */
};

/* The first text of that name, NULL if there is none. */
static const char *provenance_find_text(const struct provenance_source *source, const char *name) {
    for (size_t k = 0; k < source->text_count; k++)
        if (strcmp(source->texts[k].name, name) == 0)
            return source->texts[k].text;
    return NULL;
}

static bool provenance_find_texts(struct reading *reading, const struct provenance_source *source,
                                  struct failure *failure) {
    reading->command = provenance_find_text(source, command_name);
    reading->version = provenance_find_text(source, version_name);
    reading->checksum = provenance_find_text(source, checksum_name);
    const int found = !!reading->command + !!reading->version + !!reading->checksum;
    if (found == 3)
        return true;
    if (found == 0)
        return failure_set(
            failure, EXIT_USAGE,
            "'%s' has no record of how it was made: Plait did not draw it, or another program has removed the texts",
            reading->path);
    return failure_set(
        failure, EXIT_USAGE,
        "'%s' has lost some of the texts that record how it was made: use a copy that has them all",
        reading->path);
}

/* Reads "major.minor.patch". */
static bool provenance_read_version(const char *text, uint64_t parts[3]) {
    char copy[64];
    if (strlen(text) >= sizeof copy)
        return false;
    strcpy(copy, text);
    char *part = copy;
    for (int k = 0; k < 3; k++) {
        char *dot = strchr(part, '.');
        if ((k < 2) != (dot != NULL))
            return false;
        if (dot)
            *dot = '\0';
        if (part[strspn(part, "0123456789")] != '\0' || number_count(part, &parts[k]) != NULL)
            return false;
        part = dot + 1;
    }
    return true;
}

static bool provenance_check_version(struct reading *reading, struct failure *failure) {
    uint64_t theirs[3], ours[3];
    if (!provenance_read_version(reading->version, theirs))
        return failure_set(&reading->mistake, EXIT_USAGE, "%s is no version", version_name);
    provenance_read_version(plait_version(), ours);
    for (int k = 0; k < 3 && theirs[k] >= ours[k]; k++)
        if (theirs[k] > ours[k])
            return failure_set(failure, EXIT_USAGE,
                               "'%s' comes from Plait %s, and this is %s: use that one",
                               reading->path, reading->version, plait_version());
    return true;
}

static bool provenance_read_checksum(struct reading *reading, uint64_t *fnv1a) {
    const char *text = reading->checksum;
    if (strlen(text) != 16 || strspn(text, "0123456789abcdef") != 16)
        return failure_set(&reading->mistake, EXIT_USAGE, "%s is no checksum", checksum_name);
    *fnv1a = strtoull(text, NULL, 16);
    return true;
}

/* The set of the subcommand that a command begins with. NULL is a mistake. */
static const struct option_set *provenance_find_set(struct reading *reading,
                                                    const struct shell_words *words,
                                                    const struct provenance_source *source) {
    const bool ours = words->count >= 2 && strcmp(words->items[0], "plait") == 0;
    for (size_t k = 0; ours && k < source->set_count; k++)
        if (strcmp(words->items[1], source->sets[k]->command) == 0)
            return source->sets[k];
    failure_set(&reading->mistake, EXIT_USAGE, "%s names no subcommand that this Plait has",
                command_name);
    return NULL;
}

/* Only options that define the result may be given: by others the author of the file could choose
 * what is written where. */
static bool provenance_only_definitions(struct reading *reading,
                                        const struct option_values *values) {
    for (size_t i = 0; i < values->count; i++) {
        const struct option *option = option_at(values->set, i, NULL);
        if (!option->defines && values->items[i].origin != ORIGIN_DEFAULT)
            return failure_set(&reading->mistake, EXIT_USAGE, "'%s' has no place in the command",
                               option->name);
    }
    return true;
}

static bool provenance_read_command(struct reading *reading, struct option_values *values,
                                    const struct provenance_source *source) {
    struct shell_words words;
    const struct option_set *set = NULL;
    if (shell_words_split(&words, reading->command, &reading->mistake))
        set = provenance_find_set(reading, &words, source);
    const bool good =
        set && values_init(values, set, &reading->mistake) &&
        values_parse_argv(values, (int)words.count - 2, words.items + 2, &reading->mistake) &&
        provenance_only_definitions(reading, values);
    shell_words_free(&words);
    return good;
}

bool provenance_read(struct origin *origin, const struct provenance_source *source,
                     struct failure *failure) {
    struct reading reading = {.path = source->path};
    *origin = (struct origin){0};
    if (!provenance_find_texts(&reading, source, failure))
        return false;
    origin->command = reading.command;
    if (provenance_check_version(&reading, failure) &&
        provenance_read_checksum(&reading, &origin->fnv1a) &&
        provenance_read_command(&reading, &origin->values, source))
        return true;
    if (reading.mistake.exit_status == EXIT_DONE)
        return false;
    return failure_set(
        failure, reading.mistake.exit_status,
        "the texts of '%s' that record how it was made (Plait %s) are damaged: %s: use an intact copy",
        source->path, reading.version, reading.mistake.text);
}
