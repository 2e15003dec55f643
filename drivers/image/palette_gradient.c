/* SPDX-License-Identifier: MIT
 * Reads gradients of GIMP and works out their colours. */
#include "image/palette_gradient.h"

#include "base/number.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double pi = 3.14159265358979323846;

/* GIMP writes six decimal digits. */
static const double joint_error = 1e-5;

/* What is shorter has no middle. */
static const double shortest = 1e-10;

/* The numbers of the file. */
enum blending { BLEND_LINEAR, BLEND_CURVED, BLEND_SINE, BLEND_RISING, BLEND_FALLING, BLEND_STEP };
enum colouring { COLOURING_RGB, COLOURING_HSV_RISING, COLOURING_HSV_FALLING };

struct gradient_segment {
    double left, middle, right; /* 0 to 1 over the gradient */
    double from[3], to[3];      /* red, green, blue, 0 to 1 */
    enum blending blending;
    enum colouring colouring;
};

/* -- reading ------------------------------------------------------------------------------------
 */

/* The places of numbers in the line of a segment. Files before GIMP 2.3.11 lack the last two. */
enum {
    LEFT,
    MIDDLE,
    RIGHT,
    FROM_RED,
    FROM_OPACITY = FROM_RED + 3,
    TO_RED,
    TO_OPACITY = TO_RED + 3,
    BLENDING,
    COLOURING,
    FROM_KIND,
    TO_KIND,
    NUMBERS_MAX,
};

/* Reads the numbers of a line, up to NUMBERS_MAX; -1 if something in it is none, or there are more.
 */
static int gradient_numbers(const char *line, double numbers[NUMBERS_MAX]) {
    static const char blanks[] = " \t";
    int count = 0;
    for (const char *text = line + strspn(line, blanks); *text; text += strspn(text, blanks)) {
        char word[64];
        const size_t length = strcspn(text, blanks);
        if (length >= sizeof word || count == NUMBERS_MAX)
            return -1;
        memcpy(word, text, length);
        word[length] = '\0';
        if (number_real(word, &numbers[count++]))
            return -1;
        text += length;
    }
    return count;
}

static bool is_part(double value) {
    return value >= 0 && value <= 1;
}

static bool is_kind(double value, int kinds) {
    return value >= 0 && value < kinds && value == floor(value);
}

/* What is wrong with the numbers of a segment, NULL if nothing is. */
static const char *gradient_fault(const double *numbers, int count, double begin) {
    if (count != FROM_KIND && count != NUMBERS_MAX)
        return "a segment has 13 or 15 numbers";
    for (int k = 0; k <= TO_OPACITY; k++)
        if (!is_part(numbers[k]))
            return "places and colours are from 0 to 1";
    if (!(numbers[LEFT] <= numbers[MIDDLE] && numbers[MIDDLE] <= numbers[RIGHT]))
        return "the middle of a segment lies between its ends";
    if (fabs(numbers[LEFT] - begin) > joint_error)
        return "a segment begins where the one before it ends, the first at 0";
    if (!is_kind(numbers[BLENDING], BLEND_STEP + 1))
        return "the twelfth number, the blending, is 0 to 5";
    if (!is_kind(numbers[COLOURING], COLOURING_HSV_FALLING + 1))
        return "the thirteenth number, the colouring, is 0 to 2";
    if (count == NUMBERS_MAX && (numbers[FROM_KIND] != 0 || numbers[TO_KIND] != 0))
        return "a colour is GIMP's foreground or background: choose fixed colours there";
    return NULL;
}

static bool gradient_take_count(struct gradient *gradient, const struct text_file *file,
                                struct failure *failure) {
    uint64_t count;
    const char *reason = number_count(file->text, &count);
    if (reason || count == 0 || count > GRADIENT_SEGMENTS_MAX)
        return failure_set(failure, EXIT_USAGE,
                           "%s:%lu: '%.40s' is no number of segments: it is 1 to %d", file->path,
                           file->number, file->text, GRADIENT_SEGMENTS_MAX);
    gradient->announced = (size_t)count;
    gradient->segments = calloc(gradient->announced, sizeof *gradient->segments);
    return gradient->segments ||
           failure_set(failure, EXIT_RUN, "out of memory for the palette '%s'", file->path);
}

bool gradient_take_line(struct gradient *gradient, const struct text_file *file,
                        struct failure *failure) {
    if (strspn(file->text, " \t") == file->length)
        return true;
    if (gradient->announced == 0)
        return strncmp(file->text, "Name:", 5) == 0 || gradient_take_count(gradient, file, failure);
    if (gradient->count == gradient->announced)
        return failure_set(failure, EXIT_USAGE,
                           "%s:%lu: one segment too many: the file announces %zu", file->path,
                           file->number, gradient->announced);
    double numbers[NUMBERS_MAX];
    const int count = gradient_numbers(file->text, numbers);
    const double begin = gradient->count > 0 ? gradient->segments[gradient->count - 1].right : 0;
    const char *fault =
        count < 0 ? "a segment is a line of numbers" : gradient_fault(numbers, count, begin);
    if (fault)
        return failure_set(failure, EXIT_USAGE, "%s:%lu: %s", file->path, file->number, fault);
    struct gradient_segment *segment = &gradient->segments[gradient->count++];
    *segment = (struct gradient_segment){
        .left = numbers[LEFT],
        .middle = numbers[MIDDLE],
        .right = numbers[RIGHT],
        .blending = (enum blending)numbers[BLENDING],
        .colouring = (enum colouring)numbers[COLOURING],
    };
    memcpy(segment->from, &numbers[FROM_RED], sizeof segment->from);
    memcpy(segment->to, &numbers[TO_RED], sizeof segment->to);
    return true;
}

/* -- colours ------------------------------------------------------------------------------------
 */

/* Half of the way to the second colour is at the middle. */
static double gradient_linear(double middle, double at) {
    if (at <= middle)
        return middle < shortest ? 0 : 0.5 * at / middle;
    return 1 - middle < shortest ? 1 : 0.5 + 0.5 * (at - middle) / (1 - middle);
}

/* How much of the second colour there is at a place. */
static double gradient_mix(const struct gradient_segment *segment, double place) {
    const double length = segment->right - segment->left;
    const bool is_point = length < shortest;
    const double middle = is_point ? 0.5 : (segment->middle - segment->left) / length;
    /* A place in the gap that joint_error allows is outside by very little: as at the end. */
    const double part = is_point ? 0.5 : (place - segment->left) / length;
    const double at = fmin(fmax(part, 0), 1);
    const double linear = gradient_linear(middle, at);
    switch (segment->blending) {
    case BLEND_LINEAR:
        return linear;
    case BLEND_CURVED:
        return 1 - middle < shortest ? 0 : pow(at, log(0.5) / log(fmax(middle, shortest)));
    case BLEND_SINE:
        return (1 - cos(pi * linear)) / 2;
    case BLEND_RISING:
        return sqrt(1 - (linear - 1) * (linear - 1));
    case BLEND_FALLING:
        return 1 - sqrt(1 - linear * linear);
    case BLEND_STEP:
        break;
    }
    return at >= middle ? 1 : 0;
}

/* Hue, saturation and value (Smith, Color gamut transform pairs, 1978), 0 to 1 each. */
static void hsv_from_rgb(const double rgb[3], double hsv[3]) {
    const double most = fmax(rgb[0], fmax(rgb[1], rgb[2]));
    const double span = most - fmin(rgb[0], fmin(rgb[1], rgb[2]));
    double sixths = 0;
    if (span > 0) {
        if (most == rgb[0])
            sixths = (rgb[1] - rgb[2]) / span;
        else if (most == rgb[1])
            sixths = 2 + (rgb[2] - rgb[0]) / span;
        else
            sixths = 4 + (rgb[0] - rgb[1]) / span;
    }
    hsv[0] = (sixths < 0 ? sixths + 6 : sixths) / 6;
    hsv[1] = most > 0 ? span / most : 0;
    hsv[2] = most;
}

static void rgb_from_hsv(const double hsv[3], double rgb[3]) {
    const double sixths = hsv[0] * 6;
    for (int channel = 0; channel < 3; channel++) {
        /* Each channel is a trapezium over the hue: red around 0, green around 2, blue around 4. */
        const double away = fabs(remainder(sixths - 2 * channel, 6));
        rgb[channel] = hsv[2] * (1 - hsv[1] * fmin(fmax(away - 1, 0), 1));
    }
}

/* The hue rises or falls all the way, through 0 if need be. */
static void gradient_blend_hues(const struct gradient_segment *segment, double mix, double rgb[3]) {
    double from[3], to[3], hsv[3];
    hsv_from_rgb(segment->from, from);
    hsv_from_rgb(segment->to, to);
    const double rise = to[0] - from[0];
    const double way = segment->colouring == COLOURING_HSV_RISING ? (rise < 0 ? rise + 1 : rise)
                       : rise > 0                                 ? rise - 1
                                                                  : rise;
    for (int k = 1; k < 3; k++)
        hsv[k] = from[k] + (to[k] - from[k]) * mix;
    hsv[0] = from[0] + way * mix;
    rgb_from_hsv(hsv, rgb);
}

static void gradient_colour(const struct gradient_segment *segment, double place, uint8_t out[3]) {
    double rgb[3];
    const double mix = gradient_mix(segment, place);
    if (segment->colouring == COLOURING_RGB)
        for (int channel = 0; channel < 3; channel++)
            rgb[channel] =
                segment->from[channel] + (segment->to[channel] - segment->from[channel]) * mix;
    else
        gradient_blend_hues(segment, mix, rgb);
    for (int channel = 0; channel < 3; channel++)
        out[channel] = (uint8_t)(255 * fmin(fmax(rgb[channel], 0), 1) + 0.5);
}

bool gradient_palette(const struct gradient *gradient, const char *path, struct palette *palette,
                      struct failure *failure) {
    if (gradient->announced == 0 || gradient->count < gradient->announced)
        return failure_set(failure, EXIT_USAGE,
                           "%s: the gradient has %zu segments of %zu: give the whole file", path,
                           gradient->count, gradient->announced);
    const double end = gradient->segments[gradient->count - 1].right;
    if (end < 1 - joint_error)
        return failure_set(failure, EXIT_USAGE, "%s: the last segment ends at %.6g: end it at 1",
                           path, end);
    const struct gradient_segment *segment = gradient->segments;
    for (size_t k = 0; k < PALETTE_COLOURS; k++) {
        const double place = (double)k / (PALETTE_COLOURS - 1);
        while (segment->right < place && segment < gradient->segments + gradient->count - 1)
            segment++;
        gradient_colour(segment, place, palette->rgb[k]);
    }
    return true;
}

void gradient_free(struct gradient *gradient) {
    free(gradient->segments);
    *gradient = (struct gradient){0};
}
