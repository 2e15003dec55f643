/* SPDX-License-Identifier: MIT
 * plait mandelbrot: the Mandelbrot set. */
#include "base/warning.h"
#include "picture/location/location_file.h"
#include "picture/picture.h"
#include "picture/picture_report.h"
#include "ranks/parameters.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct mandelbrot {
    struct picture picture; /* first: the steps of pictures take a struct mandelbrot for one */
    char warning[512];      /* rank 0: what of a location is left out; "" */
};

/* Gives an option the text of a location, as from the place where --location is given. */
static bool mandelbrot_set(struct option_values *values, const char *name, const char *text,
                           struct failure *failure) {
    size_t index = 0;
    (void)option_find(values->set, name, &index);
    return values_set(values, index, values_origin(values, "location"),
                      values_where(values, "location"), text, failure);
}

/* The values of the options that say the same as a location. */
static bool mandelbrot_take_location(struct option_values *values, const struct location *location,
                                     struct failure *failure) {
    struct picture_options options = {0};
    char zoom[DECIMAL_SCALED_BYTES], maxit[24];
    if (!values_apply(values, &options, failure) ||
        !location_zoom(location, options.size.width, options.size.height, zoom, failure))
        return false;
    const size_t bytes = strlen(location->re) + strlen(location->im) + 2;
    char *center = malloc(bytes);
    if (!center)
        return failure_set(failure, EXIT_RUN, "out of memory");
    snprintf(center, bytes, "%s,%s", location->re, location->im);
    snprintf(maxit, sizeof maxit, "%" PRIu64, location->maxit);
    const bool given = values_origin(values, "maxit") != ORIGIN_DEFAULT || location->maxit == 0;
    const bool set = mandelbrot_set(values, "center", center, failure) &&
                     mandelbrot_set(values, "zoom", zoom, failure) &&
                     (given || mandelbrot_set(values, "maxit", maxit, failure));
    free(center);
    return set;
}

/* With --location, rank 0 reads the file, and all ranks continue as if its view were given: files
 * that are written say that view, not the file's name. */
static bool mandelbrot_settle(const struct session *session, struct option_values *values,
                              void *state, struct failure *failure) {
    static const char *const others[] = {"region", "center", "zoom"};
    struct mandelbrot *mandelbrot = state;
    struct location location;
    if (!picture_settle(session, values, state, failure))
        return false;
    if (!values_counts(values, "location"))
        return true;
    for (size_t k = 0; k < sizeof others / sizeof *others; k++) {
        char one[VALUES_TEXT_BYTES], other[VALUES_TEXT_BYTES];
        if (values_has(values, others[k]) &&
            values_origin(values, others[k]) == values_origin(values, "location"))
            return failure_set(failure, EXIT_USAGE, "%s and %s both set the view: give only one",
                               values_blame(values, "location", one),
                               values_blame(values, others[k], other));
    }
    if (session_is_root(session)) {
        const char *path = values_text(values, "location");
        if (location_load(&location, path, failure) &&
            mandelbrot_take_location(values, &location, failure) && location.left_out[0])
            snprintf(mandelbrot->warning, sizeof mandelbrot->warning,
                     "--location '%.150s' of %s: left out: %s", path, location.program,
                     location.left_out);
        location_free(&location);
    }
    return parameters_broadcast(session, values, failure);
}

static bool mandelbrot_begin(struct run *run, void *state, struct failure *failure) {
    return picture_begin(run, state, PLAIT_MANDELBROT, failure);
}

/* What is left out is a warning only if the run takes place. */
static bool mandelbrot_prepare(struct run *run, void *state, struct failure *failure) {
    const struct mandelbrot *mandelbrot = state;
    if (!picture_prepare(run, state, failure))
        return false;
    if (mandelbrot->warning[0])
        warning_print(mandelbrot->warning);
    return true;
}

const struct command cmd_mandelbrot = {
    .options = &mandelbrot_option_set,
    .options_bytes = sizeof(struct picture_options),
    .state_bytes = sizeof(struct mandelbrot),
    .device_job = PLAIT_JOB_ROWS,
    .settle = mandelbrot_settle,
    .begin = mandelbrot_begin,
    .prepare = mandelbrot_prepare,
    .work = picture_work,
    .print = picture_print,
    .limit = picture_limit,
    .report_timing = picture_report_timing,
    .report_result = picture_report_result,
    .amounts = picture_amounts,
    .finish = picture_finish,
    .free = picture_free,
    .phases = true,
};
