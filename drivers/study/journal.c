/* SPDX-License-Identifier: MIT
 * The samples of a study: lines of the journal, read and appended. */
#include "study/study.h"

#include "base/number.h"
#include "base/warning.h"
#include "study/answers.h"
#include "study/builds.h"
#include "study/nodes.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A number that is larger is damage: those after it would be as large. */
#define SAMPLE_NUMBER_MAX UINT64_C(1000000000000)

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
    static const char *const keys[] = {"shape",    "processor", "system",   "governor",
                                       "launcher", "mpi",       "libraries"};
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
        /* Of other programs nothing is known from "mpi" on. */
        const char *value = json_string_value(json_object_get(environment, keys[k]));
        char *joined =
            value ? NULL : nodes_join(json_object_get(environment, "nodes"), keys[k], " + ");
        fprintf(stream, "\t%s",
                value                         ? value
                : joined                      ? joined
                : k < WHERE_MPI - WHERE_SHAPE ? "unknown"
                                              : "-");
        free(joined);
    }
    const char *where = fclose(stream) == 0 ? intern_text(study, text) : NULL;
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
        study_find_name(outcome_names, json_string_value(json_object_get(line, "outcome")));
    const json_t *environment = json_object_get(line, "environment");
    json_t *marks = json_object_get(line, "disturbed"), *mark;
    size_t k;
    *why = "is no sample";
    if (!json_is_object(line) || sample.id == SAMPLE_NONE || outcome < 0 || !phase)
        return false;
    *why = "has a number beyond 10^12";
    if (sample.id > SAMPLE_NUMBER_MAX)
        return false;
    *why = "has the number of another sample";
    if (sample.id < study->next_id && find_sample(study, sample.id))
        return false;
    if (!study_take_point(&study->grid, line, &sample.point, why, &failure))
        return false;
    sample.outcome = (enum outcome)outcome;
    sample.warmup = strcmp(phase, "warmup") == 0;
    sample.seconds = study_number_of(line, "seconds");
    sample.launch_seconds = study_number_of(line, "launch_seconds");
    const json_t *speeds = json_object_get(json_object_get(line, "speeds"), "per_second"),
                 *limit = json_object_get(line, "limit");
    sample.speed = json_array_size(speeds) > 0 ? 0 : NAN;
    for (k = 0; k < json_array_size(speeds); k++)
        sample.speed += json_is_number(json_array_get(speeds, k))
                            ? json_number_value(json_array_get(speeds, k))
                            : NAN; /* a rank that had nothing to do: nobody knows how fast it is */
    sample.limit_seconds = study_number_of(limit, "seconds");
    sample.limit_part = study_number_of(limit, "part");
    sample.compute_seconds = sample.limit_seconds / sample.limit_part;
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
    sample.judged =
        sample.answer && sample.seconds > 0 &&
        (sample.outcome == OUTCOME_OK || (sample.outcome == OUTCOME_WRONG && sample.complaint &&
                                          (strcmp(sample.complaint, answer_differs) == 0 ||
                                           strcmp(sample.complaint, answer_undecided) == 0)));
    sample.path = intern_member(study, environment, "path");
    sample.governor = intern_member(study, environment, "governor");
    sample.binding = intern_member(study, environment, "binding");
    sample.where = intern_where(study, environment);
    char *build = builds_columns(environment);
    sample.build = build ? intern_text(study, build) : NULL;
    free(build);
    json_array_foreach(marks, k, mark) {
        const int bit = study_find_name(disturbance_names, json_string_value(mark));
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
    if (line && study_take_line(study, line, &why)) {
        study->samples[study->sample_count - 1].line = number;
        return true;
    }
    skip_number(study, line, source);
    char text[FAILURE_TEXT_BYTES];
    snprintf(text, sizeof text, "%s/samples.jsonl:%zu: %s: it is left alone and does not count",
             study->directory, number, why);
    warning_print(text);
    study->bad_lines++;
    return true;
}

bool study_read_samples(struct study *study, struct failure *failure) {
    char *path = study_path(study, "samples.jsonl");
    const bool good = path ? study_read_lines(path, take_read_line, study, &study->torn, failure)
                           : study_out_of_memory(failure);
    free(path);
    return good && (answers_judge(study) || study_out_of_memory(failure));
}

struct sample_visit {
    bool (*visit)(void *context, const struct sample *sample, json_t *line);
    void *context;
    const struct study *study;
    size_t index; /* of the sample whose line is next */
};

static bool visit_line(void *context, size_t number, json_t *line, const char *text) {
    struct sample_visit *visit = context;
    const struct study *study = visit->study;
    (void)text;
    if (visit->index >= study->sample_count)
        return false;
    if (!line || study->samples[visit->index].line != number)
        return true;
    return visit->visit(visit->context, &study->samples[visit->index++], line);
}

bool study_each_sample(const struct study *study,
                       bool (*visit)(void *context, const struct sample *sample, json_t *line),
                       void *context, struct failure *failure) {
    struct sample_visit samples = {visit, context, study, 0};
    char *path = study_path(study, "samples.jsonl");
    bool torn;
    const bool good = path ? study_read_lines(path, visit_line, &samples, &torn, failure)
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
        else if (!answers_judge(study))
            good = study_out_of_memory(failure);
    }
    free(text);
    json_decref(line);
    return good;
}
