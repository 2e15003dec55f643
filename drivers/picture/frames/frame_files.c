/* SPDX-License-Identifier: MIT
 * Assembles and writes frames. */
#include "picture/frames/frame_files.h"

#include "base/atomic_file.h"
#include "base/clock.h"
#include "picture/frames/frame_writers.h"
#include "picture/picture_files.h"
#include "picture/provenance.h"
#include "plait/digest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* -- names ------------------------------------------------------------------------------------- */

char *frame_file_name(const char *out, int frame) {
    enum { NUMBER_BYTES = 8 };
    const char *ending = strrchr(out, '.'); /* all formats with a file have one */
    const size_t stem = ending ? (size_t)(ending - out) : strlen(out);
    const size_t bytes = 2 * strlen(out) + NUMBER_BYTES;
    char *name = malloc(bytes), *to = name;
    for (size_t k = 0; name && k < stem; k++) {
        if (frame < 0 && out[k] == '%')
            *to++ = '%';
        *to++ = out[k];
    }
    if (name && frame < 0)
        snprintf(to, bytes - (size_t)(to - name), "-%%04d%s", out + stem);
    else if (name)
        snprintf(to, bytes - (size_t)(to - name), "-%04d%s", frame, out + stem);
    return name;
}

/* The outputs of one frame: names that are made, and the files. */
struct frame_outputs {
    struct option_texts paths;
    char **names;
    struct picture_files files;
};

static bool frame_outputs_begin(const struct frames *frames, int frame,
                                struct frame_outputs *outputs, struct failure *failure) {
    const struct option_texts *out = &frames->options->out;
    const uint32_t samples = (uint32_t)frames->options->samples;
    *outputs = (struct frame_outputs){.names = calloc(out->count + 1, sizeof *outputs->names)};
    bool named = outputs->names != NULL;
    for (size_t k = 0; named && k < out->count; k++) {
        const bool is_null = strcmp(out->items[k], "null") == 0;
        outputs->names[k] = is_null ? strdup("null") : frame_file_name(out->items[k], frame);
        named = outputs->names[k] != NULL;
        outputs->paths.count++;
    }
    outputs->paths.items = (const char *const *)outputs->names;
    return (named || failure_set(failure, EXIT_RUN, "out of memory")) &&
           files_begin(&outputs->files, &outputs->paths, FILES_OF_PICTURE, frames->width / samples,
                       frames->height / samples, failure);
}

static void frame_outputs_free(struct frame_outputs *outputs) {
    for (size_t k = 0; outputs->names && k < outputs->paths.count; k++)
        free(outputs->names[k]);
    free(outputs->names);
    files_end(&outputs->files);
}

/* -- before the work --------------------------------------------------------------------------- */

/* No frame is a file that the run writes or reads for something else. */
static bool frame_file_check(const struct frames *frames, const char *name,
                             struct failure *failure) {
    static const char *const others[] = {"json", "checkpoint", "palette", "location", "config"};
    const struct option_values *values = frames->run->values;
    if (!atomic_file_check(name, failure))
        return false;
    for (size_t k = 0; k < sizeof others / sizeof *others; k++) {
        const char *other =
            option_find(values->set, others[k], NULL) && values_has(values, others[k])
                ? values_text(values, others[k])
                : NULL;
        if (other && atomic_file_same_target(name, other))
            return failure_set(failure, EXIT_USAGE,
                               "--%s '%s' is the file of a frame: name another for one of them",
                               others[k], other);
    }
    return true;
}

static bool frame_files_check(const struct frames *frames, struct failure *failure) {
    bool good = true;
    for (uint32_t frame = 0; good && frame < frames->count; frame++) {
        struct frame_outputs outputs;
        good = frame_outputs_begin(frames, (int)frame, &outputs, failure);
        for (size_t k = 0; good && k < outputs.files.count; k++)
            good = !writer_makes_file(outputs.files.items[k].format) ||
                   frame_file_check(frames, outputs.files.items[k].path, failure);
        frame_outputs_free(&outputs);
    }
    return good;
}

bool frame_files_begin(struct frames *frames, struct failure *failure) {
    struct frame_outputs outputs;
    const bool root = session_is_root(frames->run->session);
    const bool begun = frame_outputs_begin(frames, 0, &outputs, failure);
    for (size_t k = 0; k < outputs.files.count; k++) {
        const struct writer_format *format = outputs.files.items[k].format;
        frames->coloured |= writer_has_colours(format);
        frames->counted |= writer_makes_file(format) && !writer_has_colours(format);
    }
    frame_outputs_free(&outputs);
    if (!begun || !root)
        return begun;
    frames->open = calloc(frames->count, sizeof(struct open_frame *));
    frames->results = calloc(frames->count, sizeof *frames->results);
    frames->buffers.arrivals = calloc((size_t)frames->run->session->size, sizeof(uint64_t *));
    if (!frames->open || !frames->results || !frames->buffers.arrivals)
        return failure_set(failure, EXIT_RUN, "out of memory");
    return frame_files_check(frames, failure);
}

uint64_t frame_open_bytes(const struct frames *frames) {
    const uint64_t pixel =
        (frames->coloured ? sizeof(uint8_t) : 0) + (frames->counted ? sizeof(int32_t) : 0);
    return frames->height * (frames->width * pixel + sizeof(uint64_t));
}

uint32_t frame_open_most(const struct frames *frames, int ranks) {
    enum { CYCLIC_PIECES = 65 }; /* per rank, a frame is shared where two of them meet */
    const bool cyclic = frames->options->schedule == SCHEDULE_CYCLIC && ranks > 1;
    const uint64_t most = (cyclic ? CYCLIC_PIECES : 3) * (uint64_t)ranks + 2;
    const uint64_t written = frame_writers_most(frames->run->exec.threads);
    return most + written < frames->count ? (uint32_t)(most + written) : frames->count;
}

bool frame_files_exist(const struct frames *frames, uint32_t frame) {
    struct frame_outputs outputs;
    struct failure unsaid = {0};
    struct stat status;
    bool exist = frame_outputs_begin(frames, (int)frame, &outputs, &unsaid);
    for (size_t k = 0; exist && k < outputs.files.count; k++)
        exist = !writer_makes_file(outputs.files.items[k].format) ||
                (stat(outputs.files.items[k].path, &status) == 0 && S_ISREG(status.st_mode));
    frame_outputs_free(&outputs);
    return exist;
}

/* -- frames ------------------------------------------------------------------------------------ */

static void open_frame_free(struct open_frame *open) {
    if (!open)
        return;
    free(open->digests);
    free(open->counts);
    free(open->indices);
    unit_set_free(&open->rows);
    free(open);
}

static struct open_frame *open_frame_new(const struct frames *frames) {
    const size_t pixels = (size_t)frames->width * frames->height;
    struct open_frame *open = calloc(1, sizeof *open);
    if (!open)
        return NULL;
    open->digests = malloc(frames->height * sizeof *open->digests);
    open->counts = frames->counted ? malloc(pixels * sizeof *open->counts) : NULL;
    open->indices = frames->coloured ? malloc(pixels) : NULL;
    if (open->digests && (open->counts || !frames->counted) && (open->indices || !frames->coloured))
        return open;
    open_frame_free(open);
    return NULL;
}

static bool frame_write_files(const struct frames *frames, const struct frame *frame,
                              const struct open_frame *open, uint64_t fnv1a,
                              struct failure *failure) {
    const uint32_t samples = (uint32_t)frames->options->samples;
    struct provenance provenance = {0};
    struct frame_outputs outputs;
    bool written = frame_outputs_begin(frames, (int)frame->index, &outputs, failure) &&
                   provenance_begin(&provenance, &frame->values, failure);
    if (written && files_are_made(&outputs.files)) {
        provenance_seal(&provenance, fnv1a);
        const struct image image = {
            .width = frames->width / samples,
            .height = frames->height / samples,
            .samples = samples,
            .palette = &frames->palette,
            .texts = provenance.texts,
            .text_count = PROVENANCE_TEXTS,
            .threads = 1,
        };
        const struct image_rows rows = {open->counts, open->indices, frames->height};
        written = files_open(&outputs.files, &image, failure) &&
                  files_put(&outputs.files, &rows, failure);
        written = files_close(&outputs.files, written, failure);
    }
    provenance_free(&provenance);
    frame_outputs_free(&outputs);
    return written;
}

static bool frame_is_complete(const struct frames *frames, uint32_t index) {
    const struct open_frame *open = frames->open[index];
    return open && unit_set_units(&open->rows) == frame_distinct(frames, index);
}

/* On a writer's thread, which reads frames and an open frame that does not change any more. */
static void frame_write(void *context, struct frame_job *job) {
    const struct frames *frames = context;
    const struct open_frame *open = frames->open[job->frame];
    const uint64_t start_ns = clock_now_ns();
    struct frame frame;
    job->fnv1a = plait_digest_picture(open->digests, frames->height);
    if (frame_describe(frames, job->frame, &frame, &job->failure))
        frame_write_files(frames, &frame, open, job->fnv1a, &job->failure);
    frame_free(&frame);
    job->seconds = clock_seconds_since(start_ns);
}

static bool frame_note_job(struct frames *frames, const struct frame_job *job,
                           struct failure *failure) {
    struct open_frame *open = frames->open[job->frame];
    frames->write_seconds += job->seconds;
    if (job->failure.exit_status != EXIT_DONE) {
        if (failure->exit_status == EXIT_DONE)
            *failure = job->failure;
        return false;
    }
    frames->results[job->frame] = (struct frame_result){
        .done = 1,
        .fnv1a = job->fnv1a,
        .steps = open->tally.steps,
        .interior = open->tally.interior,
        .ns = open->ns,
    };
    open_frame_free(open);
    frames->open[job->frame] = NULL;
    frames->now_open--;
    frames->done++;
    frames->changed = true;
    return true;
}

bool frame_files_note(struct frames *frames, bool all, struct failure *failure) {
    struct frame_job job;
    bool good = true;
    while (frames->writers && frame_writers_take(frames->writers, all, &job))
        good = frame_note_job(frames, &job, failure) && good;
    return good;
}

static bool frame_give(struct frames *frames, uint32_t index, struct failure *failure) {
    struct frame_job job = {.frame = index};
    if (!frames->writers) {
        frame_write(frames, &job);
        return frame_note_job(frames, &job, failure);
    }
    while (!frame_writers_give(frames->writers, index))
        if (frame_writers_take(frames->writers, true, &job) &&
            !frame_note_job(frames, &job, failure))
            return false;
    return true;
}

bool frame_files_start(struct frames *frames, struct failure *failure) {
    bool good = true;
    frames->writers = frame_writers_begin(frames->run->exec.threads, frame_write, frames);
    frames->writes = true;
    for (uint32_t k = 0; good && k < frames->count; k++)
        good = !frame_is_complete(frames, k) || frame_give(frames, k, failure);
    return good;
}

bool frame_files_take(struct frames *frames, const struct frame_part *part, uint64_t *words,
                      struct failure *failure) {
    const struct frame_message message = frame_part_layout(frames, part, words);
    const uint32_t firsts[] = {part->first, part->mirror}, counts[] = {part->count, part->mirrored};
    const size_t width = frames->width;
    struct open_frame *open = frames->open[part->frame];
    if (!open) {
        open = frames->open[part->frame] = open_frame_new(frames);
        if (!open)
            return failure_set(failure, EXIT_RUN, "out of memory for another frame");
        frames->now_open++;
        if (frames->now_open > frames->most_open)
            frames->most_open = frames->now_open;
    }
    for (size_t k = 0, from = 0; k < 2; from += counts[k++]) {
        const size_t to = firsts[k], rows = counts[k];
        memcpy(open->digests + to, message.digests + from, rows * sizeof *open->digests);
        if (open->counts)
            memcpy(open->counts + to * width, message.counts + from * width,
                   rows * width * sizeof *open->counts);
        if (open->indices)
            memcpy(open->indices + to * width, message.indices + from * width, rows * width);
    }
    open->tally.steps += message.head[FRAME_HEAD_STEPS];
    open->tally.interior += message.head[FRAME_HEAD_INTERIOR];
    open->ns += message.head[FRAME_HEAD_NS];
    frames->changed = true;
    if (!unit_set_add(&open->rows, (struct piece){part->first, part->count}))
        return failure_set(failure, EXIT_RUN, "out of memory");
    return !frames->writes || !frame_is_complete(frames, part->frame) ||
           frame_give(frames, part->frame, failure);
}

void frame_files_give(const struct frames *frames, const struct frame_part *part, uint64_t *words) {
    const struct frame_message message = frame_part_layout(frames, part, words);
    const uint32_t firsts[] = {part->first, part->mirror}, counts[] = {part->count, part->mirrored};
    const size_t width = frames->width;
    const struct open_frame *open = frames->open[part->frame];
    words[frame_part_words(frames, part) - 1] = 0; /* what pads it */
    for (size_t k = 0, from = 0; k < 2; from += counts[k++]) {
        const size_t to = firsts[k], rows = counts[k];
        memcpy(message.digests + from, open->digests + to, rows * sizeof *open->digests);
        if (open->counts)
            memcpy(message.counts + from * width, open->counts + to * width,
                   rows * width * sizeof *open->counts);
        if (open->indices)
            memcpy(message.indices + from * width, open->indices + to * width, rows * width);
    }
    message.head[FRAME_HEAD_STEPS] = open->tally.steps;
    message.head[FRAME_HEAD_INTERIOR] = open->tally.interior;
    message.head[FRAME_HEAD_NS] = open->ns;
}

void frame_files_free(struct frames *frames) {
    frame_writers_end(frames->writers);
    for (uint32_t k = 0; frames->open && k < frames->count; k++)
        open_frame_free(frames->open[k]);
    for (int r = 0; frames->buffers.arrivals && r < frames->run->session->size; r++)
        free(frames->buffers.arrivals[r]);
    free(frames->open);
    free(frames->results);
    free(frames->buffers.arrivals);
    frame_parts_free(frames);
}
