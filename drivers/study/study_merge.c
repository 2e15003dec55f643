/* SPDX-License-Identifier: MIT
 * plait study merge: the samples of several studies of one thing, from several machines or days, in
 * a new directory. */
#include "base/standard_output.h"
#include "study/lock.h"
#include "study/study.h"
#include "study/verbs.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct merge_request {
    struct option_texts directories;
    const char *out;
};

struct merging {
    struct study *merged;
    json_t *seen;    /* new numbers by "study/sample", of all that came before */
    json_t *numbers; /* new numbers by the old ones, of the study that is read */
    uint64_t offset; /* of the numbers of the study that is read */
    size_t repeated;
    struct failure *failure;
};

enum { MERGE_KEY_BYTES = 32 };

static void merge_key(const json_t *number, char key[MERGE_KEY_BYTES]) {
    snprintf(key, MERGE_KEY_BYTES, "%" JSON_INTEGER_FORMAT, json_integer_value(number));
}

/* Takes a sample over, with a number of its own. Its study stays the one that measured it. */
static bool merge_line(void *context, json_t *line) {
    struct merging *merging = context;
    const json_t *id = json_object_get(line, "sample"),
                 *replaces = json_object_get(line, "replaces");
    const char *study = json_string_value(json_object_get(line, "study"));
    const json_t *origin = json_object_get(line, "merged_from");
    char key[MERGE_KEY_BYTES];
    if (!json_is_integer(id))
        return true;
    char *name = json_is_string(origin) ? strdup(json_string_value(origin))
                                        : text_format("%s/%" JSON_INTEGER_FORMAT,
                                                      study ? study : "", json_integer_value(id));
    if (!name)
        return failure_set(merging->failure, EXIT_RUN, "out of memory");
    json_t *number = json_object_get(merging->seen, name);
    const bool repeated = number != NULL;
    if (!repeated) {
        number = json_integer(json_integer_value(id) + (json_int_t)merging->offset);
        if (json_object_set_new(merging->seen, name, number) != 0)
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
        good = study_append(merging->merged, copy, merging->failure);
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

void study_merge(const struct option_values *values, const void *options, struct failure *failure) {
    const struct merge_request request = *(const struct merge_request *)options;
    (void)values;
    struct study *studies = NULL, merged = {.journal = -1};
    struct study_lock lock = {-1};
    struct merging merging = {
        .merged = &merged, .seen = json_object(), .numbers = json_object(), .failure = failure};
    bool good = (merging.seen && merging.numbers) || study_out_of_memory(failure);
    if (good && !request.out)
        good = failure_set(failure, EXIT_USAGE,
                           "--out is missing: name a directory for the merged study");
    if (good && study_exists(request.out))
        good =
            failure_set(failure, EXIT_USAGE,
                        "--out: '%s' has a study already: choose another directory", request.out);
    if (good && !(studies = calloc(request.directories.count, sizeof *studies)))
        good = study_out_of_memory(failure);
    good = good && read_all(&request, studies, failure);
    if (good) {
        /* The definition is lent by the first study until the end. */
        merged.definition = studies[0].definition;
        good = (merged.directory = strdup(request.out)) || study_out_of_memory(failure);
    }
    for (size_t s = 0; good && s < request.directories.count; s++)
        good = add_all_points(&merged, &studies[s], failure);
    good = good && study_make_directory(request.out, failure) &&
           study_lock_take(&lock, request.out, 0, failure) &&
           study_write_definition(&merged, failure) && study_open_journal(&merged, failure);
    for (size_t s = 0; good && s < request.directories.count; s++) {
        merging.offset = merged.next_id;
        json_object_clear(merging.numbers);
        good = study_each_line(&studies[s], merge_line, &merging, failure) &&
               failure->exit_status == EXIT_DONE;
    }
    if (good) {
        printf("merge: %zu samples of %zu studies, %zu repeated -> %s\n", merged.sample_count,
               request.directories.count, merging.repeated, request.out);
        standard_output_flush(failure);
    }
    merged.definition = (struct study_definition){0};
    study_free(&merged);
    study_lock_release(&lock);
    json_decref(merging.seen);
    json_decref(merging.numbers);
    for (size_t s = 0; studies && s < request.directories.count; s++)
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
        .help = "directory of the merged study, which is new",
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
        "Each sample is taken over once, whatever order and however often its study is named, with a new number and a field merged_from that says which one it was. What the launches printed stays in the old directories. The report lists every node and setting that samples came from.",
    .tables = tables,
    .table_count = sizeof tables / sizeof tables[0],
};
