/* SPDX-License-Identifier: MIT
 * plait study merge: the samples of several studies of one thing, from several machines or days, in
 * a new directory. */
#include "base/standard_output.h"
#include "plait/digest.h"
#include "study/lock.h"
#include "study/study.h"
#include "study/verbs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct merge_request {
    struct option_texts directories;
    const char *out;
};

struct merging {
    struct study *merged;
    FILE *stream;    /* the journal of the merged study */
    json_t *seen;    /* new numbers by identities, of all that came before */
    json_t *numbers; /* new numbers by the old ones, of the study that is read */
    uint64_t offset; /* of the numbers of the study that is read */
    size_t repeated;
    struct failure *failure;
};

enum { MERGE_KEY_BYTES = 32 };

static void merge_key(const json_t *number, char key[MERGE_KEY_BYTES]) {
    snprintf(key, MERGE_KEY_BYTES, "%" JSON_INTEGER_FORMAT, json_integer_value(number));
}

/* What distinguishes a sample from all others, in the length of a key. Its study and number do not
 * suffice: copies of a study that were continued apart gave the same numbers to other samples. A
 * digest, since longer keys between the lines that come and go keep their memory in pieces. */
static void merge_identity(const char *name, const json_t *line, char key[MERGE_KEY_BYTES]) {
    const char *started = json_string_value(json_object_get(line, "started"));
    const double seconds = json_number_value(json_object_get(line, "launch_seconds"));
    char number[32];
    const char *const parts[] = {name, started ? started : "", number};
    uint64_t digest = plait_digest_bytes(NULL, 0);
    snprintf(number, sizeof number, "%.17g", seconds);
    for (size_t part = 0; part < sizeof parts / sizeof *parts; part++)
        digest = plait_digest_append(digest, (const unsigned char *)parts[part],
                                     strlen(parts[part]) + 1);
    snprintf(key, MERGE_KEY_BYTES, "%016" PRIx64, digest);
}

/* Takes a sample over, with a number of its own. Its study stays the one that measured it. */
static bool merge_sample(void *context, const struct sample *sample, json_t *line) {
    struct merging *merging = context;
    const json_t *id = json_object_get(line, "sample"),
                 *replaces = json_object_get(line, "replaces");
    const char *study = json_string_value(json_object_get(line, "study"));
    const json_t *origin = json_object_get(line, "merged_from");
    char key[MERGE_KEY_BYTES];
    (void)sample;
    char *name = json_is_string(origin) ? strdup(json_string_value(origin))
                                        : text_format("%s/%" JSON_INTEGER_FORMAT,
                                                      study ? study : "", json_integer_value(id));
    char identity[MERGE_KEY_BYTES];
    if (!name)
        return study_out_of_memory(merging->failure);
    merge_identity(name, line, identity);
    json_t *number = json_object_get(merging->seen, identity);
    const bool repeated = number != NULL;
    if (!repeated) {
        number = json_integer(json_integer_value(id) + (json_int_t)merging->offset);
        if (json_object_set_new(merging->seen, identity, number) != 0)
            number = NULL;
    }
    merge_key(id, key);
    bool good = (number && json_object_set(merging->numbers, key, number) == 0) ||
                failure_set(merging->failure, EXIT_RUN, "out of memory");
    if (good && !repeated) {
        json_t *copy = json_deep_copy(line);
        json_object_set(copy, "sample", number);
        if (json_is_integer(replaces)) {
            /* It may have come with an earlier study, under another number. */
            merge_key(replaces, key);
            json_t *replaced = json_object_get(merging->numbers, key);
            if (replaced)
                json_object_set(copy, "replaces", replaced);
            else
                json_object_del(copy, "replaces");
        }
        json_object_set_new(copy, "merged_from", json_string(name));
        const char *why = "";
        if (!study_take_line(merging->merged, copy, &why))
            good = failure_set(merging->failure, EXIT_RUN, "a sample %s", why);
        else if (json_dumpf(copy, merging->stream, JSON_COMPACT | JSON_REAL_PRECISION(17)) != 0 &&
                 !ferror(merging->stream))
            good = study_out_of_memory(merging->failure);
        fputc('\n', merging->stream);
        json_decref(copy);
    }
    merging->repeated += repeated;
    free(name);
    return good;
}

/* The studies, all of one definition, and their points in one grid. */
static bool read_all(const struct merge_request *request, struct study *studies,
                     struct failure *failure) {
    for (size_t s = 0; s < request->directories.count; s++) {
        struct study_difference difference;
        if (!study_read(&studies[s], request->directories.items[s], failure))
            return false;
        if (!study_same_definition(&studies[0].definition, &studies[s].definition, &difference))
            return failure_set(failure, EXIT_USAGE, "'%s' and '%s' are of different studies: %s",
                               request->directories.items[0], request->directories.items[s],
                               difference.text);
    }
    return true;
}

static bool add_all_points(struct study *merged, const struct study *study,
                           struct failure *failure) {
    size_t index;
    for (size_t p = 0; p < study->grid.count; p++)
        if (!grid_find_of(&merged->grid, &study->grid, p, &index, failure))
            return false;
    merged->repeat = study->repeat > merged->repeat ? study->repeat : merged->repeat;
    return true;
}

/* -- the directory -------------------------------------------------------------------------------
 * It is made under another name next to its place, and renamed when all is there: whoever looks at
 * the place sees the whole study or none. What a merge that was killed leaves under the other name
 * is taken and written again by the next one to the same place. */

/* "PLACE/.plait-merge-NAME" of --out PLACE/NAME, without slashes at its end, to be freed. */
static char *working_name(const char *out) {
    size_t bytes = strlen(out);
    while (bytes > 1 && out[bytes - 1] == '/')
        bytes--;
    size_t name = bytes;
    while (name > 0 && out[name - 1] != '/')
        name--;
    return text_format("%.*s.plait-merge-%.*s", (int)name, out, (int)(bytes - name), out + name);
}

static bool is_empty_directory(const char *path) {
    DIR *directory = opendir(path);
    const struct dirent *entry;
    bool empty = directory != NULL;
    while (empty && (entry = readdir(directory)))
        empty = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
    if (directory)
        closedir(directory);
    return empty;
}

/* Whether the study may stand there: nothing does, or a directory without anything in it. */
static bool check_out(const char *out, struct failure *failure) {
    struct stat status;
    if (!out)
        return failure_set(failure, EXIT_USAGE,
                           "--out is missing: name a directory for the merged study");
    if (study_exists(out))
        return failure_set(failure, EXIT_USAGE,
                           "--out: '%s' has a study already: choose another directory", out);
    const char *slash = strrchr(out, '/'), *name = slash ? slash + 1 : out;
    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 ||
        (lstat(out, &status) == 0 && (!S_ISDIR(status.st_mode) || !is_empty_directory(out))))
        return failure_set(failure, EXIT_USAGE,
                           "--out: '%s' is there and no empty directory: choose another", out);
    return true;
}

static void remove_working(const char *directory) {
    static const char *const names[] = {"samples.jsonl", "study.json", "lock"};
    char *path = text_format("%s/output", directory);
    if (path)
        rmdir(path);
    free(path);
    for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
        path = text_format("%s/%s", directory, names[k]);
        if (path)
            unlink(path);
        free(path);
    }
    rmdir(directory);
}

/* Syncs a directory, or that of a path, as far as its file system can. */
static void sync_directory(const char *path, bool above) {
    const char *slash = strrchr(path, '/');
    char *directory = !above  ? strdup(path)
                      : slash ? text_format("%.*s/", (int)(slash - path), path)
                              : strdup(".");
    const int descriptor = directory ? open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    if (descriptor >= 0) {
        fsync(descriptor);
        close(descriptor);
    }
    free(directory);
}

/* The samples of all studies, in the journal of the merged one. */
static bool write_samples(const struct merge_request *request, const struct study *studies,
                          struct merging *merging, struct failure *failure) {
    char *path = study_path(merging->merged, "samples.jsonl");
    bool good = path || study_out_of_memory(failure);
    if (good && !(merging->stream = fopen(path, "we")))
        good = failure_set(failure, EXIT_RUN, "cannot write '%s': %s", path, strerror(errno));
    for (size_t s = 0; good && s < request->directories.count; s++) {
        merging->offset = merging->merged->next_id;
        json_object_clear(merging->numbers);
        good = study_each_sample(&studies[s], merge_sample, merging, failure) &&
               failure->exit_status == EXIT_DONE;
    }
    if (merging->stream) {
        const bool flushed = fflush(merging->stream) == 0 && !ferror(merging->stream) &&
                             fsync(fileno(merging->stream)) == 0;
        const int error = errno;
        if ((fclose(merging->stream) != 0 || !flushed) && good)
            good = failure_set(failure, EXIT_RUN, "cannot write '%s': %s", path, strerror(error));
    }
    free(path);
    return good;
}

/* Makes the merged study under its working name, and gives it its own. */
static bool write_merged(const struct merge_request *request, const struct study *studies,
                         struct merging *merging, struct failure *failure) {
    struct study *merged = merging->merged;
    struct study_lock lock = {-1};
    const char *working = merged->directory;
    if (mkdir(working, 0777) != 0 && errno != EEXIST)
        return failure_set(failure, EXIT_USAGE, "cannot make the directory '%s': %s", request->out,
                           strerror(errno));
    bool good = study_lock_take(&lock, working, 0, failure);
    if (!good) { /* another merge to the same place works there */
        rmdir(working);
        return false;
    }
    good = study_write_definition(merged, failure) &&
           write_samples(request, studies, merging, failure);
    if (good) {
        sync_directory(working, false);
        good = rename(working, request->out) == 0 ||
               failure_set(failure, EXIT_RUN, "cannot make the directory '%s': %s", request->out,
                           strerror(errno));
    }
    if (good)
        sync_directory(working, true);
    else
        remove_working(working);
    study_lock_release(&lock);
    return good;
}

void study_merge(const struct option_values *values, const void *options, struct failure *failure) {
    const struct merge_request request = *(const struct merge_request *)options;
    const size_t count = request.directories.count;
    (void)values;
    struct study *studies = NULL, merged = {.journal = -1};
    struct merging merging = {
        .merged = &merged, .seen = json_object(), .numbers = json_object(), .failure = failure};
    bool good = ((merging.seen && merging.numbers) || study_out_of_memory(failure)) &&
                check_out(request.out, failure);
    if (good && !(studies = calloc(count, sizeof *studies)))
        good = study_out_of_memory(failure);
    good = good && read_all(&request, studies, failure);
    if (good) {
        /* The definition is lent by the first study until the end. */
        merged.definition = studies[0].definition;
        good = (merged.directory = working_name(request.out)) || study_out_of_memory(failure);
    }
    for (size_t s = 0; good && s < count; s++)
        good = add_all_points(&merged, &studies[s], failure);
    if (good && write_merged(&request, studies, &merging, failure)) {
        printf("merge: %zu sample%s of %zu stud%s, %zu repeated -> %s\n", merged.sample_count,
               merged.sample_count == 1 ? "" : "s", count, count == 1 ? "y" : "ies",
               merging.repeated, request.out);
        standard_output_flush(failure);
    }
    merged.definition = (struct study_definition){0};
    study_free(&merged);
    json_decref(merging.seen);
    json_decref(merging.numbers);
    for (size_t s = 0; studies && s < count; s++)
        study_free(&studies[s]);
    free(studies);
}

_Static_assert(sizeof(struct merge_request) <= STUDY_OPTIONS_BYTES, "raise STUDY_OPTIONS_BYTES");

#define MEMBER(name) offsetof(struct merge_request, name)
static const struct option rows[] = {
    {
        .name = "directories",
        .kind = OPTION_TEXTS,
        .scope = OPTION_ARGUMENT,
        .argument = "DIRECTORY",
        .directory = true,
        .help = "directories of the studies; all have the same mode, command, launcher and timer",
        .offset = MEMBER(directories),
    },
    {
        .name = "out",
        .kind = OPTION_TEXT,
        .argument = "DIRECTORY",
        .directory = true,
        .help = "directory of the merged study, which is new: it appears whole or not at all",
        .offset = MEMBER(out),
    },
};

static const struct option_table tables[] = {
    {rows, sizeof rows / sizeof rows[0], 0},
    OPTION_STANDARD_TABLE,
};

const struct option_set study_merge_option_set = {
    .command = "study merge",
    .summary = "put the samples of several studies of one thing into a new one",
    .details =
        "Each sample is taken over once, whatever order and however often its study is named, also of copies of a study that were continued apart, with a new number and a field merged_from that says which one it was. What the launches printed stays in the old directories. The report lists every node and setting that samples came from.",
    .tables = tables,
    .table_count = sizeof tables / sizeof tables[0],
};
