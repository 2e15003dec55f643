/* SPDX-License-Identifier: MIT
 * Lines and members about frames. */
#include "picture/frames/frames_report.h"

#include "options/shell_words.h"
#include "picture/frames/frame_files.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { FRAMES_PER_SECOND = 30 };

/* " -> zoom-0000.png ... zoom-0059.png", of each output. */
static void frames_print_files(const struct frames *frames) {
    const struct option_texts *out = &frames->options->out;
    for (size_t k = 0; k < out->count; k++) {
        const bool is_null = strcmp(out->items[k], "null") == 0;
        char *first = is_null ? NULL : frame_file_name(out->items[k], 0);
        char *last = is_null ? NULL : frame_file_name(out->items[k], (int)frames->count - 1);
        printf("%s", k == 0 ? " -> " : ", ");
        if (first && last)
            printf("%s ... %s", first, last);
        else
            printf("%s", out->items[k]);
        free(first);
        free(last);
    }
}

/* A name with another ending. */
static char *frames_video_name(const char *out) {
    const char *ending = strrchr(out, '.');
    const size_t stem = ending ? (size_t)(ending - out) : strlen(out);
    char *name = malloc(stem + sizeof ".mp4");
    if (name)
        sprintf(name, "%.*s.mp4", (int)stem, out);
    return name;
}

/* Of the first output that ffmpeg reads. Video of this kind has an even number of pixels. */
static void frames_print_joining(const struct frames *frames) {
    const struct option_texts *out = &frames->options->out;
    const uint32_t samples = (uint32_t)frames->options->samples;
    const bool odd = frames->width / samples % 2 > 0 || frames->height / samples % 2 > 0;
    for (size_t k = 0; k < out->count; k++) {
        const size_t length = strlen(out->items[k]);
        const char *ending = length > 4 ? out->items[k] + length - 4 : "";
        if (strcasecmp(ending, ".png") != 0 && strcasecmp(ending, ".ppm") != 0)
            continue;
        char *pattern = frame_file_name(out->items[k], -1);
        char *video = frames_video_name(out->items[k]);
        if (pattern && video) {
            printf("ffmpeg -framerate %d -i ", FRAMES_PER_SECOND);
            shell_word_write(pattern, stdout);
            printf(" -c:v libx264 -crf 18%s -pix_fmt yuv420p ",
                   odd ? " -vf 'pad=ceil(iw/2)*2:ceil(ih/2)*2'" : "");
            shell_word_write(video, stdout);
            putchar('\n');
        }
        free(pattern);
        free(video);
        return;
    }
}

void frames_print(const struct run *run, const struct picture *picture) {
    const struct frames *frames = &picture->frames;
    const struct keeper *keeper = &picture->keeper;
    const uint64_t steps = keeper->tally.steps - keeper->resumed.steps;
    const uint32_t samples = (uint32_t)frames->options->samples;
    printf("%s, %" PRIu32 " frames of %" PRIu32 "x%" PRIu32, run->values->set->command,
           frames->count, frames->width / samples, frames->height / samples);
    if (samples > 1)
        printf(" of %" PRIu32 "x%" PRIu32 " samples", samples, samples);
    printf(
        ", maxit %" PRIu64 ": %" PRIu64
        " step%s in %.4g s, %.3g G steps/s effective, imbalance %.2f, encode %.2g s meanwhile, fnv1a %016" PRIx64,
        frames->options->maxit, keeper->tally.steps, keeper->tally.steps == 1 ? "" : "s",
        run->compute.seconds, (double)steps * 1e-9 / run->compute.seconds,
        queue_imbalance(picture->work.queue.shares, run->session->size), run->encode.seconds,
        picture->fnv1a);
    if (frames->options->verify)
        printf(", %d pixels of each frame verified", VERIFY_SAMPLES);
    if (frames->resumed_units > 0)
        printf(", %" PRIu64 " rows from '%s'", frames->resumed_units, frames->options->checkpoint);
    frames_print_files(frames);
    putchar('\n');
    frames_print_joining(frames);
}

void frames_report_timing(const struct picture *picture, struct report *report) {
    report_count(report, "most_open_frames", picture->frames.most_open);
}

void frames_report_result(const struct run *run, const struct picture *picture,
                          struct report *report) {
    const struct frames *frames = &picture->frames;
    const struct option_texts *out = &frames->options->out;
    (void)run;
    report_open_array(report, "frames");
    for (uint32_t k = 0; k < frames->count; k++) {
        const struct frame_result *result = &frames->results[k];
        struct failure unsaid = {0};
        struct frame_place place;
        report_open_object(report, NULL);
        report_open_array(report, "files");
        for (size_t f = 0; f < out->count; f++) {
            char *name =
                strcmp(out->items[f], "null") == 0 ? NULL : frame_file_name(out->items[f], (int)k);
            if (name)
                report_text(report, NULL, name);
            free(name);
        }
        report_close(report);
        if (frame_path_find(&frames->path, k, &place, &unsaid))
            report_decimal(report, "zoom", place.zoom);
        frame_place_free(&place);
        report_count(report, "steps", result->steps);
        report_count(report, "interior", result->interior);
        report_real(report, "seconds", (double)result->ns * 1e-9);
        report_identifier(report, "fnv1a", result->fnv1a);
        report_close(report);
    }
    report_close(report);
}
