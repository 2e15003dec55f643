/* SPDX-License-Identifier: MIT
 * The directory of a study: its definition and its journal. */
#include "study/study.h"

#include "base/atomic_file.h"
#include "base/number.h"
#include "base/warning.h"
#include "options/shell_words.h"
#include "study/nodes.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* A number that is larger is damage: those after it would be as large. */
#define SAMPLE_NUMBER_MAX UINT64_C(1000000000000)

enum { STUDY_FORMAT = 1, COUNT_MAX = 1000000000 /* of ranks, of threads: their product fits */ };

const char *const study_modes[] = {"strong", "weak", "throughput", NULL};
const char *const outcome_names[OUTCOMES + 1] = {"ok", "failed", "timeout", "wrong", NULL};
const char *const disturbance_names[DISTURBANCES + 1] = {"load", "clock", "throttled",
                                                         "oversubscribed", NULL};

char *study_path(const struct study *study, const char *name) {
    return text_format("%s/%s", study->directory, name);
}

static int find_name(const char *const *names, const char *name) {
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
        json_dumpf(object, file.stream, JSON_INDENT(1));
        fputc('\n', file.stream);
        json_decref(object);
        good = atomic_file_commit(&file, failure);
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

/* The index of the point that an object names by its ranks, threads and parameters. */
static bool take_point(struct grid *grid, const json_t *object, size_t *index, const char **why,
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
    const int mode = find_name(study_modes, json_string_value(json_object_get(object, "mode")));
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
    json_array_foreach(points, k, item) {
        if (!take_point(&study->grid, item, &index, &why, failure))
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
    fclose(stream);
    return text;
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
    snprintf(text, bytes, "the command is '%.*s%s' there and '%.*s%s' here", SHOWN, one ? one : "",
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

/* -- samples -------------------------------------------------------------------------------------
 */

static const char *intern_text(struct study *study, const char *text) {
    struct failure ignored = {0};
    const size_t k = texts_find(&study->interned, text);
    return k < study->interned.count || texts_add(&study->interned, text, &ignored)
               ? study->interned.items[k]
               : NULL;
}

static const char *intern_member(struct study *study, const json_t *object, const char *key) {
    const char *text = json_string_value(json_object_get(object, key));
    return text ? intern_text(study, text) : NULL;
}

/* The environment's columns of enum where_column in one text. */
static const char *intern_where(struct study *study, const json_t *environment) {
    static const char *const keys[] = {"shape",    "processor", "system", "governor",
                                       "launcher", "version",   "mpi",    "libraries"};
    const json_t *hosts = json_object_get(environment, "hosts");
    const char *host = json_string_value(json_object_get(environment, "host"));
    char *text = NULL;
    size_t bytes;
    FILE *stream = open_memstream(&text, &bytes);
    if (!stream)
        return NULL;
    for (size_t k = 0; k < json_array_size(hosts); k++) {
        const char *name = json_string_value(json_array_get(hosts, k));
        fprintf(stream, "%s%s", k ? " " : "", name ? name : "unknown");
    }
    if (json_array_size(hosts) == 0)
        fputs(host ? host : "unknown", stream);
    for (size_t k = 0; k < sizeof keys / sizeof *keys; k++) {
        /* Of other programs nothing is known from "version" on. */
        const char *value = json_string_value(json_object_get(environment, keys[k]));
        char *joined =
            value ? NULL : nodes_join(json_object_get(environment, "nodes"), keys[k], " + ");
        fprintf(stream, "\t%s",
                value                             ? value
                : joined                          ? joined
                : k < WHERE_VERSION - WHERE_SHAPE ? "unknown"
                                                  : "-");
        free(joined);
    }
    fclose(stream);
    const char *where = intern_text(study, text);
    free(text);
    return where;
}

static double study_number_of(const json_t *object, const char *key) {
    const json_t *value = json_object_get(object, key);
    return json_is_number(value) ? json_number_value(value) : NAN;
}

static uint64_t id_of(const json_t *line, const char *key) {
    const json_t *value = json_object_get(line, key);
    return json_is_integer(value) && json_integer_value(value) >= 0
               ? (uint64_t)json_integer_value(value)
               : SAMPLE_NONE;
}

static struct sample *find_sample(struct study *study, uint64_t id) {
    /* They are numbered as they come; only lines that were left out shift them. */
    for (size_t k = study->sample_count; k-- > 0;)
        if (study->samples[k].id == id)
            return &study->samples[k];
    return NULL;
}

bool study_take_line(struct study *study, const json_t *line, const char **why) {
    struct failure failure = {0};
    struct sample sample = {.id = id_of(line, "sample"), .replaces = id_of(line, "replaces")};
    const char *phase = json_string_value(json_object_get(line, "phase"));
    const int outcome =
        find_name(outcome_names, json_string_value(json_object_get(line, "outcome")));
    const json_t *environment = json_object_get(line, "environment");
    json_t *marks = json_object_get(line, "disturbed"), *mark;
    size_t k;
    *why = "is no sample";
    if (!json_is_object(line) || sample.id == SAMPLE_NONE || outcome < 0 || !phase)
        return false;
    *why = "has the number of another sample";
    if (sample.id < study->next_id && find_sample(study, sample.id))
        return false;
    if (!take_point(&study->grid, line, &sample.point, why, &failure))
        return false;
    sample.outcome = (enum outcome)outcome;
    sample.warmup = strcmp(phase, "warmup") == 0;
    sample.seconds = study_number_of(line, "seconds");
    sample.launch_seconds = study_number_of(line, "launch_seconds");
    const json_t *speeds = json_object_get(json_object_get(line, "speeds"), "per_second"),
                 *limit = json_object_get(line, "limit");
    sample.speed = json_array_size(speeds) > 0 ? 0 : NAN;
    for (k = 0; k < json_array_size(speeds); k++)
        sample.speed += json_number_value(json_array_get(speeds, k));
    sample.limit_seconds = study_number_of(limit, "seconds");
    sample.limit_part = study_number_of(limit, "part");
    const json_t *energy = json_object_get(line, "energy"),
                 *work = json_array_get(json_object_get(energy, "work"), 0);
    sample.joules = study_number_of(energy, "joules");
    sample.watts = sample.joules / study_number_of(energy, "seconds");
    sample.per_joule = study_number_of(work, "per_joule");
    sample.energy = intern_member(study, work, "unit");
    *why = "is ok and has no time";
    if (sample.outcome == OUTCOME_OK && !(sample.seconds > 0))
        return false;
    const size_t repeats = json_array_size(json_object_get(line, "repeats"));
    sample.repeats = repeats ? repeats : 1;
    sample.exit_status = (int)json_integer_value(json_object_get(line, "exit"));
    sample.signal = (int)json_integer_value(json_object_get(line, "signal"));
    sample.complaint = intern_member(study, line, "complaint");
    sample.answer = intern_member(study, line, "answer");
    sample.path = intern_member(study, environment, "path");
    sample.governor = intern_member(study, environment, "governor");
    sample.binding = intern_member(study, environment, "binding");
    sample.where = intern_where(study, environment);
    json_array_foreach(marks, k, mark) {
        const int bit = find_name(disturbance_names, json_string_value(mark));
        sample.disturbed |= bit < 0 ? 0 : 1u << bit;
    }
    *why = "does not fit into memory";
    if (study->sample_count == study->sample_capacity) {
        const size_t capacity = study->sample_capacity ? 2 * study->sample_capacity : 64;
        struct sample *samples = realloc(study->samples, capacity * sizeof *samples);
        if (!samples)
            return false;
        study->samples = samples;
        study->sample_capacity = capacity;
    }
    if (sample.replaces != SAMPLE_NONE) {
        struct sample *replaced = find_sample(study, sample.replaces);
        if (replaced)
            replaced->replaced = true;
    }
    const char *started = json_string_value(json_object_get(line, "started"));
    if (started && strcmp(started, study->last_started) > 0)
        snprintf(study->last_started, sizeof study->last_started, "%.31s", started);
    study->samples[study->sample_count++] = sample;
    if (sample.id >= study->next_id)
        study->next_id = sample.id + 1;
    return true;
}

bool sample_counts(const struct sample *sample, bool with_disturbed) {
    return !sample->warmup && !sample->replaced && sample->outcome == OUTCOME_OK &&
           (with_disturbed || sample->disturbed == 0);
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

/* -- the journal ---------------------------------------------------------------------------------
 */

/* Reads lines one by one; each is handed to take, with its number: as JSON, NULL if it is none, and
 * as text. */
static bool study_read_lines(const char *path,
                             bool (*take)(void *context, size_t number, json_t *line,
                                          const char *text),
                             void *context, bool *torn, struct failure *failure) {
    FILE *stream = fopen(path, "re");
    char *text = NULL;
    size_t capacity = 0, number = 0;
    ssize_t bytes;
    bool more = true;
    if (!stream)
        return errno == ENOENT ||
               failure_set(failure, EXIT_USAGE, "cannot read '%s': %s", path, strerror(errno));
    *torn = false;
    while (more && (bytes = getline(&text, &capacity, stream)) > 0) {
        number++;
        if (text[bytes - 1] != '\n') {
            *torn = true;
            break;
        }
        json_t *line = json_loadb(text, (size_t)bytes, 0, NULL);
        more = take(context, number, line, text);
        json_decref(line);
    }
    const bool good = !ferror(stream);
    free(text);
    fclose(stream);
    return good || failure_set(failure, EXIT_RUN, "cannot read '%s' to its end", path);
}

/* The number of the sample on a line that cannot be read is not given to another one, which would
 * write over the outputs of its launch, and be taken for it by whoever repairs the line. */
static void skip_number(struct study *study, const json_t *line, const char *text) {
    static const char key[] = "\"sample\":";
    const char *place = strstr(text, key);
    uint64_t id = line ? id_of(line, "sample") : SAMPLE_NONE, written;
    char number[32];
    if (!line && place) {
        place += strlen(key);
        place += strspn(place, " ");
        snprintf(number, sizeof number, "%.*s", (int)strspn(place, "0123456789"), place);
        id = number_count(number, &written) ? SAMPLE_NONE : written;
    }
    if (id <= SAMPLE_NUMBER_MAX && id >= study->next_id)
        study->next_id = id + 1;
}

static bool take_read_line(void *context, size_t number, json_t *line, const char *source) {
    struct study *study = context;
    const char *why = "is no JSON";
    if (line && study_take_line(study, line, &why))
        return true;
    skip_number(study, line, source);
    char text[FAILURE_TEXT_BYTES];
    snprintf(text, sizeof text, "%s/samples.jsonl:%zu: %s: it is left alone and does not count",
             study->directory, number, why);
    warning_print(text);
    study->bad_lines++;
    return true;
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

bool study_read_samples(struct study *study, struct failure *failure) {
    char *path = study_path(study, "samples.jsonl");
    const bool good = path ? study_read_lines(path, take_read_line, study, &study->torn, failure)
                           : study_out_of_memory(failure);
    free(path);
    return good;
}

bool study_read(struct study *study, const char *directory, struct failure *failure) {
    return study_read_definition(study, directory, failure) && study_read_samples(study, failure);
}

struct line_visit {
    bool (*visit)(void *context, json_t *line);
    void *context;
};

static bool visit_line(void *context, size_t number, json_t *line, const char *text) {
    const struct line_visit *visit = context;
    (void)number;
    (void)text;
    return !json_is_object(line) || visit->visit(visit->context, line);
}

bool study_each_line(const struct study *study, bool (*visit)(void *context, json_t *line),
                     void *context, struct failure *failure) {
    struct line_visit lines = {visit, context};
    char *path = study_path(study, "samples.jsonl");
    bool torn;
    const bool good = path ? study_read_lines(path, visit_line, &lines, &torn, failure)
                           : study_out_of_memory(failure);
    free(path);
    return good;
}

/* Bytes of the file up to the end of its last whole line. */
static int64_t whole_bytes(int file) {
    const off_t size = lseek(file, 0, SEEK_END);
    char block[4096];
    for (off_t end = size; end > 0;) {
        const off_t begin = end > (off_t)sizeof block ? end - (off_t)sizeof block : 0;
        const ssize_t bytes = pread(file, block, (size_t)(end - begin), begin);
        if (bytes != end - begin)
            return -1;
        for (ssize_t k = bytes; k-- > 0;)
            if (block[k] == '\n')
                return begin + k + 1;
        end = begin;
    }
    return size < 0 ? -1 : 0;
}

bool study_open_journal(struct study *study, struct failure *failure) {
    char *path = study_path(study, "samples.jsonl");
    if (!path)
        return study_out_of_memory(failure);
    study->journal = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    study->journal_bytes = study->journal < 0 ? -1 : whole_bytes(study->journal);
    bool good = study->journal_bytes >= 0;
    if (good && lseek(study->journal, 0, SEEK_END) > study->journal_bytes) {
        char text[FAILURE_TEXT_BYTES];
        snprintf(
            text, sizeof text,
            "%s: its last line is torn, as a crash leaves it: it is dropped, and its sample runs again",
            path);
        warning_print(text);
        good = ftruncate(study->journal, study->journal_bytes) == 0;
    }
    if (!good)
        failure_set(failure, EXIT_RUN, "cannot append to '%s': %s", path, strerror(errno));
    free(path);
    return good;
}

bool study_append(struct study *study, json_t *line, struct failure *failure) {
    const char *why = "";
    char *text = json_dumps(line, JSON_COMPACT | JSON_REAL_PRECISION(17));
    size_t bytes = text ? strlen(text) : 0, done = 0;
    bool good = text || study_out_of_memory(failure);
    if (good)
        text[bytes++] = '\n'; /* in place of its end: written by count */
    while (good && done < bytes) {
        const ssize_t written = write(study->journal, text + done, bytes - done);
        if (written < 0 && errno == EINTR)
            continue;
        good = written >= 0;
        done += good ? (size_t)written : 0;
    }
    good = good && fdatasync(study->journal) == 0;
    if (!good) {
        const int error = errno;
        const bool cut = ftruncate(study->journal, study->journal_bytes) == 0;
        failure_set(failure, EXIT_RUN,
                    "cannot append to '%s/samples.jsonl': %s: the samples so far are %s",
                    study->directory, strerror(error),
                    cut ? "kept" : "kept, after them stands a torn line");
    } else {
        study->journal_bytes += (int64_t)bytes;
        if (!study_take_line(study, line, &why))
            good = failure_set(failure, EXIT_RUN, "a sample %s", why);
    }
    free(text);
    json_decref(line);
    return good;
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
    free(study->directory);
    free(study->created);
    *study = (struct study){.journal = -1};
}
