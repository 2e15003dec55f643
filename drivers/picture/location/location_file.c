/* SPDX-License-Identifier: MIT
 * What the keys of each program mean. Their names and defaults are those of Kalles
 * Fraktaler 2.15.5, Fraktaler-3 3.1 and rust-fractal of 2022. */
#include "picture/location/location_file.h"

#include "base/number.h"
#include "base/text_file.h"
#include "picture/location/location_text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum program { KALLES, FRAKTALER, RUST, PROGRAMS };

static const char *const program_names[PROGRAMS] = {"Kalles Fraktaler", "Fraktaler-3",
                                                    "rust-fractal"};

/* What is taken. Fraktaler-3 writes no key that has its default. */
enum part { RE, IM, ZOOM, MAXIT, PARTS };

static const struct {
    const char *key, *missing;
} part_keys[PROGRAMS][PARTS] = {
    [KALLES] = {{"Re", NULL}, {"Im", NULL}, {"Zoom", NULL}, {"Iterations", ""}},
    [FRAKTALER] = {{"location.real", "0"},
                   {"location.imag", "0"},
                   {"location.zoom", "1"},
                   {"bailout.iterations", "1024"}},
    [RUST] = {{"real", NULL}, {"imag", NULL}, {"zoom", NULL}, {"iterations", ""}},
};

/* Everything else that would change the picture. */
enum test { NOT_NUMBER, NOT_TEXT, IS_TRUE, IS_THERE };

static const struct rule {
    enum program program;
    const char *key;
    enum test test;
    double number;
    const char *text;
    const char *words; /* what is left out; NULL: another fractal, which is refused */
} rules[] = {
    {KALLES, "FractalType", NOT_NUMBER, 0, NULL, NULL},
    {KALLES, "Power", NOT_NUMBER, 2, NULL, NULL},
    {KALLES, "UseHybridFormula", IS_TRUE, 0, NULL, NULL},
    {KALLES, "SeedR", NOT_NUMBER, 0, NULL, NULL},
    {KALLES, "SeedI", NOT_NUMBER, 0, NULL, NULL},
    {KALLES, "RotateAngle", NOT_NUMBER, 0, NULL, "rotation"},
    {KALLES, "StretchAmount", NOT_NUMBER, 0, NULL, "stretch"},
    {KALLES, "Rotate", NOT_NUMBER, 0, NULL, "rotation"},
    {KALLES, "Ratio", NOT_NUMBER, 360, NULL, "ratio"},
    {KALLES, "ExponentialMap", IS_TRUE, 0, NULL, "exponential map"},
    {KALLES, "Colors", IS_THERE, 0, NULL, "colours"},
    {FRAKTALER, "formula.name", NOT_TEXT, 0, "Mandelbrot", NULL},
    {FRAKTALER, "formula.power", NOT_NUMBER, 2, NULL, NULL},
    {FRAKTALER, "formula.opcodes", NOT_TEXT, 0, "sqr add", NULL},
    {FRAKTALER, "formula.abs_x", IS_TRUE, 0, NULL, NULL},
    {FRAKTALER, "formula.abs_y", IS_TRUE, 0, NULL, NULL},
    {FRAKTALER, "formula.neg_x", IS_TRUE, 0, NULL, NULL},
    {FRAKTALER, "formula.neg_y", IS_TRUE, 0, NULL, NULL},
    {FRAKTALER, "transform.rotate", NOT_NUMBER, 0, NULL, "rotation"},
    {FRAKTALER, "transform.stretch_amount", NOT_NUMBER, 0, NULL, "stretch"},
    {FRAKTALER, "transform.reflect", IS_TRUE, 0, NULL, "reflection"},
    {FRAKTALER, "transform.vertical_flip", IS_TRUE, 0, NULL, "vertical flip"},
    {FRAKTALER, "transform.exponential_map", IS_TRUE, 0, NULL, "exponential map"},
    {FRAKTALER, "render.zoom_out_sequence", IS_TRUE, 0, NULL, "zoom-out sequence"},
    {FRAKTALER, "bailout.escape_radius", IS_THERE, 0, NULL, "escape radius"},
    {FRAKTALER, "image.width", IS_THERE, 0, NULL, "image size"},
    {FRAKTALER, "image.height", IS_THERE, 0, NULL, "image size"},
    {FRAKTALER, "colour.name", IS_THERE, 0, NULL, "colours"},
    {FRAKTALER, "colour.shader", IS_THERE, 0, NULL, "colours"},
    {RUST, "rotate", NOT_NUMBER, 0, NULL, "rotation"},
    {RUST, "frames", NOT_NUMBER, 1, NULL, "frames"},
    {RUST, "image_width", IS_THERE, 0, NULL, "image size"},
    {RUST, "image_height", IS_THERE, 0, NULL, "image size"},
    {RUST, "palette", IS_THERE, 0, NULL, "colours"},
};

/* What a text has said so far. Keys of the two programs that write TOML differ, and both are looked
 * for. */
struct location_reader {
    const char *name;
    bool colons; /* of the text's two kinds, the one with colons */
    char *parts[PROGRAMS][PARTS];
    unsigned long lines[PROGRAMS][PARTS];
    char left_out[PROGRAMS][LOCATION_LEFT_OUT_BYTES];
    const char *other_key[PROGRAMS]; /* that says it is another fractal */
    unsigned long other_line[PROGRAMS];
    bool upwards;   /* Kalles Fraktaler's ImagPointsUp */
    bool fraktaler; /* Fraktaler-3 has signed the file */
};

/* Adds words to a list that is no longer than LOCATION_LEFT_OUT_BYTES, unless they are there; a
 * number after them if it is short. */
static void location_leave_out(char list[LOCATION_LEFT_OUT_BYTES], const char *words,
                               const char *number) {
    if (strstr(list, words))
        return;
    const bool shown = strlen(number) <= 24 && strspn(number, "0123456789+-.eE") == strlen(number);
    const size_t used = strlen(list);
    snprintf(list + used, LOCATION_LEFT_OUT_BYTES - used, "%s%s%s%s", used > 0 ? ", " : "", words,
             shown && *number ? " " : "", shown ? number : "");
}

/* Angles and amounts are results of conversions: what is so near to its default is a rounding
 * error. */
static bool location_differs(const char *text, double number) {
    char *end;
    const double value = strtod(text, &end);
    return end == text || *end != '\0' || !(fabs(value - number) <= 1e-9);
}

static bool location_applies(const struct rule *rule, const char *value) {
    if (!*value && rule->test != IS_THERE)
        return false;
    switch (rule->test) {
    case NOT_NUMBER:
        return location_differs(value, rule->number);
    case NOT_TEXT:
        return strcmp(value, rule->text) != 0;
    case IS_TRUE:
        return strcmp(value, "false") != 0 && location_differs(value, 0);
    case IS_THERE:
        break;
    }
    return true;
}

/* Keeps the text of a part. What is there twice is refused: the programs do not agree on which one
 * counts. */
static bool location_keep(struct location_reader *reader, enum program program, enum part part,
                          const char *value, unsigned long line, struct failure *failure) {
    char **kept = &reader->parts[program][part];
    if (*kept)
        return failure_set(
            failure, EXIT_USAGE, "%s:%lu: %s is there twice, first in line %lu: keep one of them",
            reader->name, line, part_keys[program][part].key, reader->lines[program][part]);
    *kept = malloc(strlen(value) + 3); /* with the space that decimal_rewrite may need */
    if (!*kept)
        return failure_set(failure, EXIT_RUN, "out of memory for the location '%s'", reader->name);
    strcpy(*kept, value);
    reader->lines[program][part] = line;
    return true;
}

static bool location_take(void *context, const char *key, const char *value, unsigned long line,
                          struct failure *failure) {
    struct location_reader *reader = context;
    for (enum program p = reader->colons ? KALLES : FRAKTALER;
         p <= (reader->colons ? KALLES : RUST); p++) {
        for (enum part part = 0; part < PARTS; part++)
            if (strcmp(key, part_keys[p][part].key) == 0 &&
                !location_keep(reader, p, part, value, line, failure))
                return false;
        for (const struct rule *rule = rules; rule < rules + sizeof rules / sizeof *rules; rule++) {
            if (rule->program != p || strcmp(rule->key, key) != 0 || !location_applies(rule, value))
                continue;
            if (rule->words) {
                location_leave_out(reader->left_out[p], rule->words,
                                   rule->test == NOT_NUMBER ? value : "");
            } else if (!reader->other_key[p]) {
                reader->other_key[p] = rule->key;
                reader->other_line[p] = line;
            }
        }
    }
    if (strcmp(key, "ImagPointsUp") == 0)
        reader->upwards = location_differs(value, 0);
    if (strcmp(key, "program") == 0 && strcmp(value, "fraktaler-3") == 0)
        reader->fraktaler = true;
    return true;
}

/* Which program a text is of; PROGRAMS if of none. */
static enum program location_program(const struct location_reader *reader) {
    if (reader->colons)
        return reader->parts[KALLES][RE] || reader->parts[KALLES][IM] || reader->parts[KALLES][ZOOM]
                   ? KALLES
                   : PROGRAMS;
    if (reader->fraktaler || reader->parts[FRAKTALER][RE] || reader->parts[FRAKTALER][IM] ||
        reader->parts[FRAKTALER][ZOOM])
        return FRAKTALER;
    return reader->parts[RUST][RE] || reader->parts[RUST][IM] || reader->parts[RUST][ZOOM]
               ? RUST
               : PROGRAMS;
}

/* Refuses a number that stands in the file. */
static bool location_refuse(const struct location_reader *reader, enum program program,
                            enum part part, const char *why, struct failure *failure) {
    const char *value = reader->parts[program][part];
    return failure_set(failure, EXIT_USAGE, "%s:%lu: %s '%.40s%s' %s", reader->name,
                       reader->lines[program][part], part_keys[program][part].key, value,
                       strlen(value) > 40 ? "..." : "", why);
}

static bool location_take_maxit(struct location_reader *reader, enum program program,
                                uint64_t *maxit, struct failure *failure) {
    const char *text = reader->parts[program][MAXIT];
    const char *why = *text ? number_count(text, maxit) : NULL;
    *maxit = *text ? *maxit : 0;
    if (why == number_too_large)
        *maxit = UINT64_MAX;
    else if (why || (*text && *maxit == 0))
        return location_refuse(reader, program, MAXIT,
                               why ? why : "is no number of steps: write 1 or more", failure);
    if (*maxit > INT32_MAX) {
        *maxit = INT32_MAX;
        location_leave_out(reader->left_out[program], "iterations beyond 2147483647", "");
    }
    return true;
}

/* Makes the location of what has been read. */
static bool location_make(struct location *location, struct location_reader *reader,
                          struct failure *failure) {
    const enum program program = location_program(reader);
    if (program == PROGRAMS)
        return failure_set(
            failure, EXIT_USAGE,
            "%s: no location is in it: give a .kfr, or a .toml of Fraktaler-3 or rust-fractal",
            reader->name);
    if (reader->other_key[program])
        return failure_set(
            failure, EXIT_USAGE,
            "%s:%lu: %s says that this is another fractal than the Mandelbrot set, and only that one is drawn",
            reader->name, reader->other_line[program], reader->other_key[program]);
    char **parts = reader->parts[program];
    for (enum part part = 0; part < PARTS; part++) {
        const char *missing = part_keys[program][part].missing;
        if (!parts[part] && !missing)
            return failure_set(failure, EXIT_USAGE, "%s: %s is missing: a location of %s has it",
                               reader->name, part_keys[program][part].key, program_names[program]);
        if (!parts[part] && !location_keep(reader, program, part, missing, 0, failure))
            return false;
        const char *why = part == MAXIT ? NULL : decimal_rewrite(parts[part]);
        if (!why && part == ZOOM) {
            if (!decimal_is_positive(parts[part]))
                why = "is not above 0";
            else if (llabs(decimal_power(parts[part])) >= 100000)
                why = "is beyond 1e100000: zoom out";
        }
        if (why)
            return location_refuse(reader, program, part, why, failure);
    }
    if (!location_take_maxit(reader, program, &location->maxit, failure))
        return false;
    /* The imaginary axis of rust-fractal points down, Kalles Fraktaler's too unless it is turned.
     */
    if (program == RUST || (program == KALLES && !reader->upwards))
        location_leave_out(reader->left_out[program], "imaginary axis downwards", "");
    strcpy(location->left_out, reader->left_out[program]);
    location->program = program_names[program];
    location->re = parts[RE];
    location->im = parts[IM];
    location->zoom = parts[ZOOM];
    parts[RE] = parts[IM] = parts[ZOOM] = NULL;
    return true;
}

bool location_parse(struct location *location, const char *name, const char *text, size_t length,
                    struct failure *failure) {
    *location = (struct location){0};
    if (strlen(text) < length)
        return failure_set(failure, EXIT_USAGE, "%s: holds a zero byte: a location is a text file",
                           name);
    struct location_reader *reader = calloc(1, sizeof *reader);
    if (!reader)
        return failure_set(failure, EXIT_RUN, "out of memory for the location '%s'", name);
    struct location_text source = {name, text, length, location_take, reader};
    reader->name = name;
    reader->colons = location_text_has_colons(&source);
    const bool made = (reader->colons ? location_text_read_colons(&source, failure)
                                      : location_text_read_toml(&source, failure)) &&
                      location_make(location, reader, failure);
    for (enum program program = 0; program < PROGRAMS; program++)
        for (enum part part = 0; part < PARTS; part++)
            free(reader->parts[program][part]);
    free(reader);
    return made;
}

/* Adds a line to a text that has `length` bytes and, after a line, a zero; the space is doubled
 * when it is used up. */
static bool location_add_line(char **text, size_t *length, size_t *space,
                              const struct text_file *file, struct failure *failure) {
    const size_t needed = *length + file->length + 2;
    if (file->cut || needed > LOCATION_FILE_BYTES_MAX)
        return failure_set(
            failure, EXIT_USAGE,
            "%s:%lu: more than 4 MiB, or a line of more than 1 MiB: this is no location",
            file->path, file->number);
    if (needed > *space) {
        char *more = realloc(*text, 2 * needed);
        if (!more)
            return failure_set(failure, EXIT_RUN, "out of memory for the location '%s'",
                               file->path);
        *text = more;
        *space = 2 * needed;
    }
    memcpy(*text + *length, file->text, file->length);
    *length += file->length;
    memcpy(*text + *length, "\n", 2);
    *length += 1;
    return true;
}

bool location_load(struct location *location, const char *path, struct failure *failure) {
    *location = (struct location){0};
    struct text_file file;
    char *text = NULL;
    size_t length = 0, space = 0;
    /* Ranks wait for the one that reads: it must not wait for a pipe that nobody may write to. */
    bool good = text_file_open(&file, "the location", path, TEXT_PIPE_REFUSED, failure);
    while (good && text_file_line(&file, failure))
        good = location_add_line(&text, &length, &space, &file, failure);
    good = good && failure->exit_status == EXIT_DONE &&
           location_parse(location, path, text ? text : "", length, failure);
    text_file_close(&file);
    free(text);
    return good;
}

bool location_zoom(const struct location *location, uint64_t width, uint64_t height,
                   char text[DECIMAL_SCALED_BYTES], struct failure *failure) {
    return decimal_scale(location->zoom, 3 * height, 4 * width, text) ||
           failure_set(failure, EXIT_RUN, "out of memory for the zoom of the location");
}

void location_free(struct location *location) {
    free(location->re);
    free(location->im);
    free(location->zoom);
    *location = (struct location){0};
}
