/* SPDX-License-Identifier: MIT
 * The file of a checkpoint of a sequence. Its content: the number of frames, the results of all,
 * the number of pieces; for each of them frame, first row and rows, and their message. */
#include "picture/frames/frames_checkpoint.h"

#include "base/stop_signal.h"
#include "picture/frames/frame_files.h"
#include "picture/frames/frame_parts.h"
#include "picture/picture_checkpoint.h"
#include "plait/digest.h"
#include "ranks/agree.h"
#include "ranks/mpi_check.h"
#include "ranks/share_units.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { RESULT_WORDS = sizeof(struct frame_result) / sizeof(uint64_t), PIECE_HEAD_WORDS = 3 };

/* All that the files depend on: those that are written must be those of this run. false: out of
 * memory. */
static bool frames_checkpoint_describe(struct frames *frames) {
    static const char *const texts[] = {"method", "colour", "cycle", "colour-range", "interior"};
    static const char *const names[2][3] = {{"center", "zoom", "c"}, {"to", "zoom-to", "c-to"}};
    const struct picture_options *options = frames->options;
    const struct option_values *values = frames->run->values;
    struct checkpoint_parameters *parameters = &frames->parameters;
    checkpoint_parameter(parameters, "subcommand", "%s --frames", values->set->command);
    checkpoint_parameter(parameters, "frames", "%" PRIu32, frames->count);
    checkpoint_parameter(parameters, "size", "%" PRIu32 "x%" PRIu32, frames->width, frames->height);
    checkpoint_parameter(parameters, "samples", "%" PRIu64, options->samples);
    checkpoint_parameter(parameters, "maxit", "%" PRIu64, options->maxit);
    for (int k = 0; k < 2; k++) {
        const char *const given[] = {frames->path.center[k], frames->path.zoom[k],
                                     frames->path.c[k]};
        for (int n = 0; n < 3 && given[n]; n++)
            if (!picture_checkpoint_describe_exact(parameters, names[k][n], given[n],
                                                   n == 1 ? 1 : 2))
                return false;
    }
    checkpoint_parameter(parameters, "bailout", "%.17g", options->bailout);
    for (size_t k = 0; k < sizeof texts / sizeof *texts; k++)
        checkpoint_parameter(parameters, texts[k], "%s",
                             values_counts(values, texts[k]) ? values_text(values, texts[k])
                                                             : "not given");
    checkpoint_parameter(parameters, "checksum-of-palette", "%016" PRIx64,
                         plait_digest_bytes(frames->palette.rgb[0], sizeof frames->palette.rgb));
    for (size_t k = 0; k < options->out.count; k++) {
        const char *out = options->out.items[k];
        char name[32];
        snprintf(name, sizeof name, "out-%zu", k + 1);
        checkpoint_parameter(parameters, name, "%.100s %016" PRIx64, out,
                             plait_digest_bytes((const unsigned char *)out, strlen(out)));
    }
    return true;
}

/* -- saving ------------------------------------------------------------------------------------ */

/* The pieces of all open frames: their words; with words not NULL writes them. */
static size_t frames_checkpoint_write_pieces(const struct frames *frames, uint64_t *words,
                                             uint64_t *pieces) {
    size_t used = 0;
    *pieces = 0;
    for (uint32_t f = 0; f < frames->count; f++) {
        const struct open_frame *open = frames->open[f];
        for (size_t k = 0; open && k < open->rows.count; k++) {
            const struct piece rows = open->rows.items[k];
            const struct piece units = {frames->first_units[f] + rows.first, rows.count};
            const struct frame_part part = frame_part_of(frames, units);
            if (words) {
                uint64_t *to = words + used;
                to[0] = f;
                to[1] = rows.first;
                to[2] = rows.count;
                frame_files_give(frames, &part, to + PIECE_HEAD_WORDS);
                if (k > 0) /* the sums are of the frame, and come once */
                    memset(to + PIECE_HEAD_WORDS, 0, FRAME_HEAD_WORDS * sizeof *to);
            }
            used += PIECE_HEAD_WORDS + frame_part_words(frames, &part);
            ++*pieces;
        }
    }
    return used;
}

static bool frames_checkpoint_save(struct frames *frames, struct failure *failure) {
    uint64_t pieces;
    const size_t results = (size_t)frames->count * RESULT_WORDS;
    const size_t count =
        1 + results + 1 + frames_checkpoint_write_pieces(frames, NULL, &pieces) + 1;
    uint64_t *words = malloc(count * sizeof *words);
    if (!words)
        return failure_set(failure, EXIT_RUN, "out of memory for the checkpoint");
    words[0] = frames->count;
    memcpy(words + 1, frames->results, results * sizeof *words);
    frames_checkpoint_write_pieces(frames, words + 1 + results + 1, &pieces);
    words[1 + results] = pieces;
    frames->changed = false;
    const bool saved = checkpoint_rewrite(&frames->checkpoint, words, count, failure);
    free(words);
    return saved;
}

bool frames_checkpoint_tend(struct frames *frames, struct failure *failure) {
    return !frames->options->checkpoint || !frames->changed ||
           (!checkpoint_is_due(&frames->checkpoint) && !stop_signal_seen()) ||
           frames_checkpoint_save(frames, failure);
}

/* -- loading ----------------------------------------------------------------------------------- */

/* Frames that are written; their units are finished. */
static bool frames_checkpoint_take_results(struct frames *frames, const uint64_t *words,
                                           struct unit_set *finished, struct failure *failure) {
    memcpy(frames->results, words, (size_t)frames->count * sizeof *frames->results);
    for (uint32_t f = 0; f < frames->count; f++) {
        struct frame_result *result = &frames->results[f];
        const struct piece units = {frames->first_units[f], frame_distinct(frames, f)};
        if (result->done > 1)
            return checkpoint_damaged(&frames->checkpoint, "its frames", failure);
        if (!result->done || !frame_files_exist(frames, f)) {
            *result = (struct frame_result){0};
            continue;
        }
        frames->done++;
        frames->resumed.steps += result->steps;
        frames->resumed.interior += result->interior;
        if (!unit_set_add(finished, units))
            return failure_set(failure, EXIT_RUN, "out of memory");
    }
    return true;
}

/* Rows of frames that are not; returns the words after the piece, NULL with a failure. */
static uint64_t *frames_checkpoint_take_piece(struct frames *frames, uint64_t *words, size_t left,
                                              struct unit_set *finished, struct failure *failure) {
    bool good = left >= PIECE_HEAD_WORDS && words[0] < frames->count &&
                words[1] < frame_distinct(frames, (uint32_t)words[0]) && words[2] > 0 &&
                words[2] <= frame_distinct(frames, (uint32_t)words[0]) - words[1];
    struct frame_part part = {0};
    struct piece units = {0};
    if (good) {
        units = (struct piece){frames->first_units[words[0]] + words[1], words[2]};
        part = frame_part_of(frames, units);
        const struct open_frame *open = frames->open[part.frame];
        const uint64_t before = open ? unit_set_units(&open->rows) : 0;
        good = frame_part_words(frames, &part) <= left - PIECE_HEAD_WORDS &&
               !frames->results[part.frame].done &&
               before + part.count <= frame_distinct(frames, part.frame);
    }
    if (!good) {
        checkpoint_damaged(&frames->checkpoint, "its rows", failure);
        return NULL;
    }
    uint64_t *message = words + PIECE_HEAD_WORDS;
    frames->resumed.steps += message[FRAME_HEAD_STEPS];
    frames->resumed.interior += message[FRAME_HEAD_INTERIOR];
    if (!frame_files_take(frames, &part, message, failure))
        return NULL;
    if (!unit_set_add(finished, units)) {
        failure_set(failure, EXIT_RUN, "out of memory");
        return NULL;
    }
    return message + frame_part_words(frames, &part);
}

static bool frames_checkpoint_load(struct frames *frames, struct unit_set *finished,
                                   struct failure *failure) {
    const size_t results = (size_t)frames->count * RESULT_WORDS;
    uint64_t *words = NULL;
    size_t count = 0;
    bool good = checkpoint_read_whole(&frames->checkpoint, &words, &count, failure);
    if (good && (count < results + 3 || words[0] != frames->count))
        good = checkpoint_damaged(&frames->checkpoint, "its length", failure);
    good = good && frames_checkpoint_take_results(frames, words + 1, finished, failure);
    if (good) {
        const uint64_t *end = words + count - 1;
        uint64_t *next = words + 1 + results;
        for (uint64_t pieces = *next++; good && pieces > 0; pieces--) {
            next =
                frames_checkpoint_take_piece(frames, next, (size_t)(end - next), finished, failure);
            good = next != NULL;
        }
        if (good && next != end)
            good = checkpoint_damaged(&frames->checkpoint, "its length", failure);
    }
    free(words);
    return good;
}

static void frames_checkpoint_open_on_root(struct frames *frames, struct failure *failure) {
    struct unit_set finished = {0};
    bool found = false;
    if (!frames_checkpoint_describe(frames)) {
        failure_set(
            failure, EXIT_RUN,
            "out of memory for the digits by which checkpoint '%s' is known: leave it out, or start fewer ranks on this node",
            frames->options->checkpoint);
        return;
    }
    if (checkpoint_open(&frames->checkpoint, frames->options->checkpoint, &frames->parameters,
                        &found, failure) &&
        (!found || frames_checkpoint_load(frames, &finished, failure)) &&
        (unit_set_rest(&finished, frames->first_units[frames->count], &frames->rest) ||
         failure_set(failure, EXIT_RUN, "out of memory")) &&
        (found || frames_checkpoint_save(frames, failure))) /* shows at once that it can be */
        checkpoint_set_interval(&frames->checkpoint, frames->options->checkpoint_every);
    unit_set_free(&finished);
}

bool frames_checkpoint_open(struct frames *frames, struct failure *failure) {
    const struct session *session = frames->run->session;
    if (!frames->options->checkpoint)
        return true;
    stop_signal_watch();
    if (session_is_root(session))
        frames_checkpoint_open_on_root(frames, failure);
    if (!agree(session, failure) || !share_units(session, &frames->rest, failure))
        return false;
    frames->resumed_units = frames->first_units[frames->count] - unit_set_units(&frames->rest);
    return true;
}

/* -- the end ----------------------------------------------------------------------------------- */

static void frames_checkpoint_end_on_root(struct frames *frames, bool stopped,
                                          struct failure *failure) {
    const char *path = frames->options->checkpoint;
    uint64_t rows = 0;
    for (uint32_t f = 0; f < frames->count; f++)
        rows += frames->open[f] ? unit_set_units(&frames->open[f]->rows) : 0;
    if (frames->changed && !frames_checkpoint_save(frames, failure))
        return;
    if (frames->done == frames->count || !stopped || failure->exit_status != EXIT_DONE)
        return;
    failure_set(failure, EXIT_STOPPED,
                "stopped: checkpoint '%s' has %" PRIu32 " of %" PRIu32 " frames and %" PRIu64
                " rows of others, and the same command continues from there",
                path, frames->done, frames->count, rows);
}

bool frames_checkpoint_end_work(struct frames *frames, bool stopped, struct failure *failure) {
    const struct session *session = frames->run->session;
    char text[sizeof failure->text];
    if (!frames->options->checkpoint)
        return agree(session, failure);
    if (session_is_root(session)) {
        struct failure saving = {0};
        frames_checkpoint_end_on_root(frames, stopped, &saving);
        if (failure->exit_status == EXIT_DONE)
            *failure = saving;
    }
    if (!agree(session, failure))
        return false;
    snprintf(text, sizeof text,
             "stopped: checkpoint '%.200s' has all %" PRIu32
             " frames, and the same command reports them",
             frames->options->checkpoint, frames->count);
    stop_signal_end_at_once(session_is_root(session) ? text : NULL);
    return true;
}

bool frames_checkpoint_remove(const struct frames *frames, struct failure *failure) {
    if (!frames->options->checkpoint)
        return true;
    stop_signal_release();
    return !session_is_root(frames->run->session) ||
           checkpoint_remove(&frames->checkpoint, failure);
}
