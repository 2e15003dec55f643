/* SPDX-License-Identifier: MIT
 * Option tables of mandelbrot and julia; from options to a checked picture. */
#include "cmd/picture_options.h"

#include "core/progress_display.h"

#include <float.h>
#include <inttypes.h>

#define MEMBER(name) offsetof(struct picture_options, name)

static const char *const interior_choices[] = {"fast", "brute", NULL};

const struct option picture_option_rows[PICTURE_OPTIONS] = {
    {
        .name = "multiplier",
        .kind = OPTION_COUNT,
        .argument = "M",
        .help = "multiply both sides of the size by M; the view stays",
        .default_value = "1",
        .offset = MEMBER(multiplier),
        .min = 1,
        .max = 1024,
    },
    {
        .name = "center",
        .kind = OPTION_REALS,
        .argument = "RE,IM",
        .help = "square pixels around RE + i IM, instead of --region",
        .default_text = "with --zoom alone, the centre of the default region",
        .offset = MEMBER(center),
        .reals = 2,
        .real_min = -1e150,
        .real_max = 1e150,
    },
    {
        .name = "interior",
        .kind = OPTION_CHOICE,
        .argument = "HOW",
        .help =
            "fast takes mathematical shortcuts for points inside the set and mirrored rows, brute "
            "does not; the counts are the same",
        .default_value = "fast",
        .offset = MEMBER(interior),
        .choices = interior_choices,
    },
    {
        .name = "verify",
        .kind = OPTION_FLAG,
        .help =
            "recompute 1000 pixels spread over the picture by the scalar reference; a difference "
            "is an error",
        .offset = MEMBER(verify),
    },
    {
        .name = "progress",
        .kind = OPTION_CHOICE,
        .argument = "STYLE",
        .help =
            "how to show progress on long work; auto is a bar on a terminal and lines elsewhere",
        .default_value = "auto",
        .offset = MEMBER(progress),
        .choices = progress_styles,
    },
};

/* What the two subcommands have alike but for the default. */
#define SIZE_ROW(size_text)                                                                \
    {                                                                                      \
        .name = "size", .kind = OPTION_SIZE, .argument = "WxH",                            \
        .help = "width and height of the picture in pixels", .default_value = (size_text), \
        .offset = MEMBER(size), .min = 1, .max = PLAIT_ESCAPE_SIDE_MAX,                    \
    }
#define REGION_ROW(region_text)                                                                   \
    {                                                                                             \
        .name = "region", .kind = OPTION_REALS, .argument = "XMIN,XMAX,YMIN,YMAX",                \
        .help = "part of the complex plane that the picture shows, stretched over its size",      \
        .default_value = (region_text), .offset = MEMBER(region), .reals = 4, .real_min = -1e150, \
        .real_max = 1e150,                                                                        \
    }
#define ZOOM_ROW(width)                                                              \
    {                                                                                \
        .name = "zoom", .kind = OPTION_REAL, .argument = "Z",                        \
        .help = "the picture is " width " / Z wide, instead of --region",            \
        .default_text = "1 with --center", .offset = MEMBER(zoom), .positive = true, \
    }
#define MAXIT_ROW(maxit_text)                                                                    \
    {                                                                                            \
        .name = "maxit", .kind = OPTION_COUNT, .argument = "N", .help = "most steps of a point", \
        .default_value = (maxit_text), .offset = MEMBER(maxit), .min = 1, .max = INT32_MAX,      \
    }
#define OUT_ROW(file)                                                                        \
    {                                                                                        \
        .name = "out", .kind = OPTION_TEXTS, .argument = "FILE",                             \
        .help = "write the picture to FILE, .png or .ppm, or the counts, .npy; null writes " \
                "nothing",                                                                   \
        .default_value = (file), .offset = MEMBER(out),                                      \
    }

const struct option mandelbrot_option_rows[MANDELBROT_OPTIONS] = {
    SIZE_ROW("1200x800"), REGION_ROW("-2,1,-1,1"),   ZOOM_ROW("3"),
    MAXIT_ROW("127"),     OUT_ROW("mandelbrot.png"),
};

const struct option julia_option_rows[JULIA_OPTIONS] = {
    SIZE_ROW("640x480"),
    REGION_ROW("-2,2,-1.5,1.5"),
    ZOOM_ROW("4"),
    MAXIT_ROW("254"),
    OUT_ROW("julia.png"),
    {
        .name = "c",
        .kind = OPTION_REALS,
        .argument = "RE,IM",
        .help = "the constant c of z -> z*z + c",
        .default_value = "0,0.65",
        .offset = MEMBER(c),
        .reals = 2,
        .real_min = -1e150,
        .real_max = 1e150,
    },
    {
        .name = "bailout",
        .kind = OPTION_REAL,
        .argument = "R",
        .help = "a point has escaped when |z| >= R",
        .default_value = "3",
        .offset = MEMBER(bailout),
        .positive = true,
        .real_min = -1e150,
        .real_max = 1e150,
    },
};

/* Width and height with the multiplier, within what the library takes. */
static bool take_size(const struct picture_options *options, struct plait_escape *escape,
                      struct failure *failure) {
    const uint64_t width = options->size.width * options->multiplier;
    const uint64_t height = options->size.height * options->multiplier;
    if (width > PLAIT_ESCAPE_SIDE_MAX || height > PLAIT_ESCAPE_SIDE_MAX ||
        width * height > PLAIT_ESCAPE_PIXELS_MAX)
        return failure_set(failure, EXIT_USAGE,
                           "a picture of %" PRIu64 "x%" PRIu64
                           " pixels is too large: at most %u a side and %" PRIu64
                           " in all (32768x32768), see --size and --multiplier",
                           width, height, PLAIT_ESCAPE_SIDE_MAX, PLAIT_ESCAPE_PIXELS_MAX);
    escape->width = (uint32_t)width;
    escape->height = (uint32_t)height;
    return true;
}

enum view_form { VIEW_REGION, VIEW_CENTER, VIEW_BOTH };

/* Which form counts: the one that comes from the place of higher precedence. */
static enum view_form view_form(const struct option_values *values) {
    const enum option_origin region = values_origin(values, "region");
    const enum option_origin by_center = values_origin(values, "center");
    const enum option_origin by_zoom = values_origin(values, "zoom");
    const enum option_origin center = by_center > by_zoom ? by_center : by_zoom;
    if (center == ORIGIN_DEFAULT || region > center)
        return VIEW_REGION;
    return center > region ? VIEW_CENTER : VIEW_BOTH;
}

static enum plait_status set_view(const struct picture_options *options,
                                  const struct option_values *values, enum view_form form,
                                  struct plait_escape *escape) {
    if (form == VIEW_REGION)
        return plait_escape_set_region(escape, options->region[0], options->region[1],
                                       options->region[2], options->region[3]);
    const struct plait_escape standard = plait_escape_default(escape->kind);
    const bool has_center = values_has(values, "center");
    return plait_escape_set_center(escape, has_center ? options->center[0] : standard.cx,
                                   has_center ? options->center[1] : standard.cy,
                                   values_has(values, "zoom") ? options->zoom : 1.0);
}

bool picture_of_options(const struct picture_options *options, const struct option_values *values,
                        enum plait_escape_kind kind, struct plait_escape *escape,
                        struct failure *failure) {
    const enum view_form form = view_form(values);

    *escape = plait_escape_default(kind);
    if (!take_size(options, escape, failure))
        return false;
    escape->maxit = (int32_t)options->maxit;
    escape->brute = options->interior == INTERIOR_BRUTE;
    if (kind == PLAIT_JULIA) {
        escape->cre = options->c[0];
        escape->cim = options->c[1];
        escape->bailout = options->bailout;
    }
    if (form == VIEW_BOTH)
        return failure_set(failure, EXIT_USAGE,
                           "--region and --center or --zoom both set the view: give only one");
    if (form == VIEW_REGION && !(options->region[0] < options->region[1]))
        return failure_set(failure, EXIT_USAGE,
                           "--region: XMIN %g is not below XMAX %g: exchange or widen them",
                           options->region[0], options->region[1]);
    if (form == VIEW_REGION && !(options->region[2] < options->region[3]))
        return failure_set(failure, EXIT_USAGE,
                           "--region: YMIN %g is not below YMAX %g: exchange or widen them",
                           options->region[2], options->region[3]);

    switch (set_view(options, values, form, escape)) {
    case PLAIT_OK:
        return true;
    case PLAIT_E_UNRESOLVED:
        return failure_set(failure, EXIT_USAGE,
                           "the pixels of this view are %.3g times too small for double precision: "
                           "zoom out or take fewer pixels",
                           1 / plait_escape_resolution(escape));
    default:
        return failure_set(
            failure, EXIT_USAGE,
            "this view reaches beyond 1e150, where squares overflow: zoom in or move "
            "towards 0");
    }
}
