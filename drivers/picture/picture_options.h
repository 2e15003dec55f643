/* SPDX-License-Identifier: MIT
 * The options of mandelbrot and julia, and the picture that they ask for. */
#ifndef PLAIT_DRIVERS_PICTURE_OPTIONS_H
#define PLAIT_DRIVERS_PICTURE_OPTIONS_H

#include "base/failure.h"
#include "image/colour.h"
#include "options/option_values.h"
#include "picture/deep/reference_orbit.h"
#include "plait/escape.h"
#include "run/run_options.h"

#include <stdbool.h>
#include <stdint.h>

struct picture_options {
    struct option_size size;
    uint64_t multiplier;
    uint64_t samples;   /* of a pixel, along each side */
    double region[4];   /* xmin, xmax, ymin, ymax */
    const char *center; /* re, im: texts, since a deep view needs every digit */
    const char *zoom;
    const char *location; /* mandelbrot: a file of another program; NULL: none */
    uint64_t frames;      /* of a sequence; 0: one picture */
    const char *zoom_to;  /* of the last frame; NULL: as the first */
    const char *to;       /* centre of the last frame; likewise */
    int method;           /* enum picture_method */
    uint64_t maxit;
    const char *c;    /* julia: re, im */
    const char *c_to; /* julia: of the last frame; NULL: as the first */
    double bailout;
    int interior; /* enum picture_interior */
    int schedule; /* enum schedule_kind */
    struct option_texts out;
    struct option_texts values; /* files of smooth values */
    const char *tiles;          /* a directory; NULL: none */
    const char *palette;        /* a name, or a file */
    int colour;                 /* enum picture_colour */
    uint64_t cycle;             /* 0: colours do not repeat */
    double colour_range[2];     /* if the option counts */
    bool verify, verify_exact;
    const char *reference; /* NULL: none */
    bool stream;
    const char *checkpoint; /* NULL: none */
    double checkpoint_every;
    int progress; /* enum progress_style */
    struct run_options run;
    struct energy_options energy;
};

enum { PICTURE_FRAMES_MAX = 10000 }; /* four digits in their names */

enum picture_method { METHOD_AUTO, METHOD_DIRECT, METHOD_DEEP };

enum picture_colour { PICTURE_COUNT, PICTURE_SMOOTH, PICTURE_DISTANCE, PICTURE_HISTOGRAM };

enum picture_interior { INTERIOR_FAST, INTERIOR_BRUTE };

/* Rows for a struct picture_options, in the order of the help: view, iteration and files of each
 * subcommand, then how it is computed and shown, the same for both. */
enum { PICTURE_OPTIONS = 16, MANDELBROT_OPTIONS = 13, JULIA_OPTIONS = 14 };
extern const struct option picture_option_rows[PICTURE_OPTIONS];
extern const struct option mandelbrot_option_rows[MANDELBROT_OPTIONS];
extern const struct option julia_option_rows[JULIA_OPTIONS];

/* A picture that options ask for. */
struct picture_request {
    struct plait_escape escape; /* its pixels are the samples; a deep view has no coordinates yet */
    bool deep;
    struct deep_texts texts; /* of a deep view; they belong to the values */
    const char *reference;   /* a deep view's file of its orbit, likewise; NULL: none */
};

/* The picture of applied options. --region and --center/--zoom exclude each other where they come
 * from the same place; else the one of higher precedence counts. EXIT_USAGE for any invalid value.
 */
bool picture_of_options(const struct picture_options *options, const struct option_values *values,
                        enum plait_escape_kind kind, struct picture_request *request,
                        struct failure *failure);

/* Which value of a pixel is drawn. */
enum colour_value picture_colour_value(enum plait_escape_kind kind);

extern const struct option_set mandelbrot_option_set, julia_option_set;

#endif
