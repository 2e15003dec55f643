/* SPDX-License-Identifier: MIT
 * The directory of a study, and its definition. */
#include "study/study.h"

#include "base/atomic_file.h"
#include "options/shell_words.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { STUDY_FORMAT = 1, COUNT_MAX = 1000000000 /* of ranks, of threads: their product fits */ };

const char *const study_modes[] = {"strong", "weak", "throughput", NULL};
const char *const outcome_names[OUTCOMES + 1] = {"ok", "failed", "timeout", "wrong", NULL};
const char *const disturbance_names[DISTURBANCES + 1] = {"load", "clock", "throttled",
                                                         "oversubscribed", NULL};

char *study_path(const struct study *study, const char *name) {
    return text_format("%s/%s", study->directory, name);
}

int study_find_name(const char *const *names, const char *name) {
    int k = 0;
    while (names[k] && (!name || strcmp(names[k], name) != 0))
        k++;
    return names[k] ? k : -1;
}

bool study_exists(const char *directory) {
    char *path = text_format("%s/study.json", directory);
    const bool exists = path && access(path, F_OK) == 0;
    free(path);
    return exists;
}

/* -- the definition ------------------------------------------------------------------------------
 */

static json_t *list_json(const struct texts *texts) {
    json_t *list = json_array();
    for (size_t k = 0; k < texts->count; k++)
        json_array_append_new(list, json_string(texts->items[k]));
    return list;
}

static json_t *text_json(const char *text) {
    return text ? json_string(text) : json_null();
}

static json_t *parameters_json(const struct grid *grid, size_t point) {
    json_t *parameters = json_object();
    for (size_t k = 0; k < grid->names.count; k++)
        if (grid->points[point].values[k])
            json_object_set_new(parameters, grid->names.items[k],
                                json_string(grid->points[point].values[k]));
    return parameters;
}

static void draw_id(char id[17]) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    const uint64_t clock = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
    snprintf(id, 17, "%016" PRIx64, clock ^ ((uint64_t)getpid() << 40));
}

static json_t *definition_json(const struct study *study) {
    const struct study_definition *definition = &study->definition;
    json_t *object = json_object(), *points = json_array();
    json_object_set_new(object, "plait_study", json_integer(STUDY_FORMAT));
    json_object_set_new(object, "id", json_string(study->id));
    json_object_set_new(object, "created", json_string(study->created));
    json_object_set_new(object, "mode", json_string(study_modes[definition->mode]));
    json_object_set_new(object, "program", json_boolean(definition->program));
    json_object_set_new(object, "command", list_json(&definition->words));
    json_object_set_new(object, "launcher", text_json(definition->launcher));
    json_object_set_new(object, "hostfile", text_json(definition->hostfile));
    json_object_set_new(object, "timer", text_json(definition->timer));
    json_object_set_new(object, "grow", text_json(definition->grow));
    json_object_set_new(object, "check_output", text_json(definition->check_output));
    json_object_set_new(object, "repeat", json_integer((json_int_t)study->repeat));
    for (size_t p = 0; p < study->grid.count; p++) {
        const struct point *point = &study->grid.points[p];
        json_t *entry = json_object();
        json_object_set_new(entry, "ranks", json_integer((json_int_t)point->ranks));
        json_object_set_new(entry, "threads", json_integer((json_int_t)point->threads));
        json_object_set_new(entry, "parameters", parameters_json(&study->grid, p));
        json_array_append_new(points, entry);
    }
    json_object_set_new(object, "points", points);
    return object;
}

bool study_make_directory(const char *path, struct failure *failure) {
    struct stat status;
    if (mkdir(path, 0777) == 0)
        return true;
    const int error = errno;
    if (error == EEXIST && stat(path, &status) == 0 && S_ISDIR(status.st_mode))
        return true;
    return failure_set(failure, EXIT_USAGE, "cannot make the directory '%s': %s", path,
                       strerror(error == EEXIST ? ENOTDIR : error));
}

bool study_write_definition(struct study *study, struct failure *failure) {
    char *output = study_path(study, "output"), *path = study_path(study, "study.json");
    bool good = (output && path) || study_out_of_memory(failure);
    if (good && !study->id[0]) {
        const time_t now = time(NULL);
        char created[32];
        struct tm day;
        gmtime_r(&now, &day);
        strftime(created, sizeof created, "%Y-%m-%dT%H:%M:%SZ", &day);
        draw_id(study->id);
        good = (study->created = strdup(created)) || study_out_of_memory(failure);
    }
    good = good && study_make_directory(study->directory, failure) &&
           study_make_directory(output, failure);
    struct atomic_file file = {0};
    if (good && atomic_file_open(&file, path, failure)) {
        json_t *object = definition_json(study);
        const bool whole = json_dumpf(object, file.stream, JSON_INDENT(1)) == 0;
        fputc('\n', file.stream);
        json_decref(object);
        if (whole || ferror(file.stream)) {
            good = atomic_file_commit(&file, failure);
        } else { /* no error of the file, which the commit finds */
            atomic_file_abandon(&file);
            good = study_out_of_memory(failure);
        }
    } else {
        good = false;
    }
    free(output);
    free(path);
    return good;
}

static bool take_text(char **text, const json_t *object, const char *key) {
    const char *value = json_string_value(json_object_get(object, key));
    return !value || (*text = strdup(value));
}

bool study_take_point(struct grid *grid, const json_t *object, size_t *index, const char **why,
                      struct failure *failure) {
    const json_int_t ranks = json_integer_value(json_object_get(object, "ranks"));
    const json_int_t threads = json_integer_value(json_object_get(object, "threads"));
    json_t *parameters = json_object_get(object, "parameters"), *value;
    const char *name;
    size_t k;
    *why = "has no ranks and threads";
    if (ranks < 1 || threads < 1 || ranks > COUNT_MAX || threads > COUNT_MAX)
        return false;
    *why = "has a parameter that is no text";
    json_object_foreach(parameters, name, value) {
        if (!json_is_string(value))
            return false;
        if (!grid_name(grid, name, &k, failure))
            return false;
    }
    char **values = calloc(grid->names.count + 1, sizeof *values);
    for (k = 0; values && k < grid->names.count; k++)
        values[k] = (char *)json_string_value(json_object_get(parameters, grid->names.items[k]));
    const bool good =
        values && grid_find(grid, (uint64_t)ranks, (uint64_t)threads, values, index, failure);
    free(values);
    *why = "does not fit into memory";
    return good;
}

static bool take_definition(struct study *study, const json_t *object, const char *path,
                            struct failure *failure) {
    struct study_definition *definition = &study->definition;
    const int mode =
        study_find_name(study_modes, json_string_value(json_object_get(object, "mode")));
    const char *id = json_string_value(json_object_get(object, "id")), *why = "";
    json_t *points = json_object_get(object, "points"), *words = json_object_get(object, "command"),
           *item;
    size_t k, index;
    if (json_integer_value(json_object_get(object, "plait_study")) != STUDY_FORMAT || mode < 0 ||
        !id)
        return failure_set(failure, EXIT_USAGE, "'%s' is not of a study of this version of plait",
                           path);
    definition->mode = (enum study_mode)mode;
    definition->program = json_is_true(json_object_get(object, "program"));
    snprintf(study->id, sizeof study->id, "%s", id);
    if (!take_text(&study->created, object, "created") ||
        !take_text(&definition->launcher, object, "launcher") ||
        !take_text(&definition->hostfile, object, "hostfile") ||
        !take_text(&definition->timer, object, "timer") ||
        !take_text(&definition->grow, object, "grow") ||
        !take_text(&definition->check_output, object, "check_output"))
        return study_out_of_memory(failure);
    study->repeat = (uint64_t)json_integer_value(json_object_get(object, "repeat"));
    if (!study->created || !definition->timer)
        return failure_set(failure, EXIT_USAGE, "'%s' lacks its date or its timer", path);
    json_array_foreach(words, k, item) {
        if (json_is_string(item) &&
            !texts_add(&definition->words, json_string_value(item), failure))
            return false;
    }
    if (definition->words.count == 0)
        return failure_set(failure, EXIT_USAGE, "'%s' has no command", path);
    json_array_foreach(points, k, item) {
        if (!study_take_point(&study->grid, item, &index, &why, failure))
            return failure_set(failure, EXIT_USAGE, "'%s': point %zu %s", path, k, why);
    }
    return true;
}

/* A command line from the word number `from` on, as a shell takes it; NULL without memory. */
static char *command_from(const struct study_definition *definition, size_t from) {
    char *text = NULL;
    size_t bytes;
    FILE *stream = open_memstream(&text, &bytes);
    if (!stream)
        return NULL;
    fputs(from > 0 ? "... " : definition->program ? "--program " : "", stream);
    for (size_t k = from; k < definition->words.count; k++) {
        fputs(k > from ? " " : "", stream);
        shell_word_write(definition->words.items[k], stream);
    }
    fputs(from == definition->words.count ? "(its end)" : "", stream);
    if (fclose(stream) == 0)
        return text;
    free(text);
    return NULL;
}

/* Both commands; of long ones what begins with the word before the first that differs. */
static void command_difference(const struct study_definition *a, const struct study_definition *b,
                               char *text, size_t bytes) {
    enum { SHOWN = 80 };
    size_t same = 0;
    char *one = command_from(a, 0), *other = command_from(b, 0);
    if (one && other && strlen(one) + strlen(other) > 2 * SHOWN) {
        while (same < a->words.count && same < b->words.count &&
               strcmp(a->words.items[same], b->words.items[same]) == 0)
            same++;
        same -= same > 0;
        free(one);
        free(other);
        one = command_from(a, same);
        other = command_from(b, same);
    }
    snprintf(text, bytes, "the command there is %.*s%s, here %.*s%s", SHOWN, one ? one : "",
             one && strlen(one) > SHOWN ? " ..." : "", SHOWN, other ? other : "",
             other && strlen(other) > SHOWN ? " ..." : "");
    free(one);
    free(other);
}

bool study_same_definition(const struct study_definition *a, const struct study_definition *b,
                           struct study_difference *difference) {
    const struct {
        const char *name, *a, *b;
    } texts[] = {
        {"mode", study_modes[a->mode], study_modes[b->mode]},
        {"timer", a->timer, b->timer},
        {"launcher", a->launcher, b->launcher},
        {"hostfile", a->hostfile, b->hostfile},
        {"grow", a->grow, b->grow},
        {"check-output", a->check_output, b->check_output},
    };
    if (a->program != b->program || !texts_equal(&a->words, &b->words)) {
        command_difference(a, b, difference->text, sizeof difference->text);
        return false;
    }
    for (size_t k = 0; k < sizeof texts / sizeof *texts; k++)
        if ((texts[k].a == NULL) != (texts[k].b == NULL) ||
            (texts[k].a && strcmp(texts[k].a, texts[k].b) != 0)) {
            snprintf(difference->text, sizeof difference->text,
                     "--%s is %s%.100s%s there and %s%.100s%s here", texts[k].name,
                     texts[k].a ? "'" : "", texts[k].a ? texts[k].a : "not given",
                     texts[k].a ? "'" : "", texts[k].b ? "'" : "",
                     texts[k].b ? texts[k].b : "not given", texts[k].b ? "'" : "");
            return false;
        }
    return true;
}

double study_work(const struct study_definition *definition, const struct point *point) {
    switch (definition->mode) {
    case STUDY_WEAK:
        return (double)point_cores(point);
    case STUDY_THROUGHPUT:
        return (double)point->ranks;
    case STUDY_STRONG:
        break;
    }
    return 1;
}

bool study_read_definition(struct study *study, const char *directory, struct failure *failure) {
    *study = (struct study){.journal = -1, .directory = strdup(directory)};
    char *path = study->directory ? study_path(study, "study.json") : NULL;
    if (!path)
        return study_out_of_memory(failure);
    json_error_t error;
    bool good;
    json_t *object = json_load_file(path, 0, &error);
    if (object)
        good = take_definition(study, object, path, failure);
    else if (access(path, F_OK) != 0)
        good = failure_set(failure, EXIT_USAGE,
                           "'%s' has no study in it: give the directory of --out", directory);
    else
        good = failure_set(failure, EXIT_USAGE, "'%s' cannot be read: line %d: %s", path,
                           error.line, error.text);
    json_decref(object);
    free(path);
    return good;
}

bool study_read(struct study *study, const char *directory, struct failure *failure) {
    return study_read_definition(study, directory, failure) && study_read_samples(study, failure);
}

void study_definition_free(struct study_definition *definition) {
    texts_free(&definition->words);
    free(definition->launcher);
    free(definition->hostfile);
    free(definition->timer);
    free(definition->grow);
    free(definition->check_output);
    *definition = (struct study_definition){0};
}

void study_free(struct study *study) {
    if (study->journal > 0)
        close(study->journal);
    study_definition_free(&study->definition);
    grid_free(&study->grid);
    texts_free(&study->interned);
    free(study->samples);
    free(study->works);
    free(study->directory);
    free(study->created);
    *study = (struct study){.journal = -1};
}
