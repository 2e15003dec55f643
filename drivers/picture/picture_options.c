/* SPDX-License-Identifier: MIT
 * Option tables of mandelbrot and julia; from options to a checked picture. */
#include "picture/picture_options.h"

#include "base/decimal.h"
#include "image/palette.h"
#include "image/writer.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MEMBER(name) offsetof(struct picture_options, name)

static const char *const colour_choices[] = {"count", "smooth", "distance", "histogram", NULL};
static const char *const method_choices[] = {"auto", "direct", "deep", NULL};
static const char *const interior_choices[] = {"fast", "brute", NULL};

static const char *const region_rivals[] = {"center", "zoom", NULL};
static const char *const center_rivals[] = {"region", NULL};
static const char *const location_rivals[] = {"region", "center", "zoom", NULL};

/* Values of --out that name no file. */
static const char *const out_choices[] = {"null", NULL};

/* Rows that are the same for the two subcommands, except for a default. */
#define SIZE_ROW(size_text)                                                                \
    {                                                                                      \
        .name = "size", .kind = OPTION_SIZE, .argument = "WxH",                            \
        .help = "width and height of the picture in pixels", .default_value = (size_text), \
        .offset = MEMBER(size), .min = 1, .max = PLAIT_ESCAPE_SIDE_MAX, .defines = true,   \
        .grows = true,                                                                     \
    }
#define MULTIPLIER_ROW                                                                        \
    {                                                                                         \
        .name = "multiplier", .kind = OPTION_COUNT, .argument = "M",                          \
        .help = "multiply both sides of the size by M; the view stays", .default_value = "1", \
        .offset = MEMBER(multiplier), .min = 1, .max = 1024, .defines = true,                 \
    }
#define REGION_ROW(region_text)                                                              \
    {                                                                                        \
        .name = "region", .kind = OPTION_REALS, .argument = "XMIN,XMAX,YMIN,YMAX",           \
        .help = "part of the complex plane that the picture shows, stretched over its size", \
        .default_value = (region_text), .offset = MEMBER(region), .reals = 4,                \
        .rivals = region_rivals, .defines = true,                                            \
    }
#define CENTER_ROW(center_text)                                                                           \
    {                                                                                                     \
        .name = "center", .kind = OPTION_REALS, .argument = "RE,IM",                                      \
        .help =                                                                                           \
            "square pixels around RE + i IM, instead of --region; with as many digits as the zoom needs", \
        .default_text = "with --zoom alone " center_text, .offset = MEMBER(center), .reals = 2,           \
        .exact = true, .rivals = center_rivals, .defines = true,                                          \
    }
#define ZOOM_ROW(width)                                                                    \
    {                                                                                      \
        .name = "zoom", .kind = OPTION_REAL, .argument = "Z",                              \
        .help = "the picture is " width " / Z wide, instead of --region; below 1e100000",  \
        .default_text = "with --center alone 1", .offset = MEMBER(zoom), .positive = true, \
        .exact = true, .rivals = center_rivals, .defines = true,                           \
    }
#define METHOD_ROW                                                                                                                                                               \
    {                                                                                                                                                                            \
        .name = "method", .kind = OPTION_CHOICE, .argument = "HOW",                                                                                                              \
        .help =                                                                                                                                                                  \
            "how points are computed: direct in doubles, deep by an orbit of the centre in high precision for zooms beyond 1e13; auto is direct where doubles resolve the view", \
        .default_value = "auto", .offset = MEMBER(method), .choices = method_choices,                                                                                            \
        .defines = true, .later = true,                                                                                                                                          \
    }
#define MAXIT_ROW(maxit_text)                                                                    \
    {                                                                                            \
        .name = "maxit", .kind = OPTION_COUNT, .argument = "N", .help = "most steps of a point", \
        .default_value = (maxit_text), .offset = MEMBER(maxit), .min = 1, .max = INT32_MAX,      \
        .defines = true,                                                                         \
    }

/* The same for both, except for the default. */
#define OUT_ROW(file)                                                                                  \
    {                                                                                                  \
        .name = "out", .kind = OPTION_TEXTS, .argument = "FILE", .replaces = true,                     \
        .help =                                                                                        \
            "write the picture to FILE, .png, .pdf or .ppm, or the counts, .npy; null writes nothing", \
        .default_value = (file), .offset = MEMBER(out), .choices = out_choices,                        \
    }

const struct option mandelbrot_option_rows[MANDELBROT_OPTIONS] = {
    SIZE_ROW("1200x800"),
    MULTIPLIER_ROW,
    REGION_ROW("-2,1,-1,1"),
    CENTER_ROW("-0.5,0"),
    ZOOM_ROW("3"),
    {
        .name = "location",
        .kind = OPTION_TEXT,
        .argument = "FILE",
        .help =
            "take the centre, the zoom and, unless --maxit is given, the steps from a location of Kalles Fraktaler (.kfr), Fraktaler-3 or rust-fractal (.toml), instead of --center and --zoom",
        .offset = MEMBER(location),
        .rivals = location_rivals,
        .reads = true,
    },
    METHOD_ROW,
    {
        .name = "bailout",
        .kind = OPTION_REAL,
        .argument = "R",
        .help =
            "a point has escaped when |z| >= R, 2 to 1e10; with a large one, such as 1000, smooth colours do not break off next to c = -2",
        .default_value = "2",
        .offset = MEMBER(bailout),
        .positive = true,
        .defines = true,
        .later = true,
    },
    MAXIT_ROW("127"),
    OUT_ROW("mandelbrot.png"),
};

const struct option julia_option_rows[JULIA_OPTIONS] = {
    SIZE_ROW("640x480"),
    MULTIPLIER_ROW,
    REGION_ROW("-2,2,-1.5,1.5"),
    CENTER_ROW("0,0"),
    ZOOM_ROW("4"),
    METHOD_ROW,
    {
        .name = "c",
        .kind = OPTION_REALS,
        .argument = "RE,IM",
        .help = "the constant c of z -> z*z + c",
        .default_value = "0,0.65",
        .offset = MEMBER(c),
        .reals = 2,
        .exact = true,
        .defines = true,
    },
    {
        .name = "bailout",
        .kind = OPTION_REAL,
        .argument = "R",
        .help = "a point has escaped when |z| >= R",
        .default_value = "3",
        .offset = MEMBER(bailout),
        .positive = true,
        .defines = true,
    },
    MAXIT_ROW("254"),
    OUT_ROW("julia.png"),
};

const struct option picture_option_rows[PICTURE_OPTIONS] = {
    {
        .name = "tiles",
        .kind = OPTION_TEXT,
        .argument = "DIR",
        .help =
            "write the picture as a Deep Zoom Image into the new or empty directory DIR, with a page index.html to zoom in it, instead of the default of --out; counts are on disk there meanwhile, as with --stream, and all nodes must see DIR",
        .offset = MEMBER(tiles),
        .replaces = true,
        .directory = true,
    },
    PALETTE_ROW(MEMBER(palette)),
    {
        .name = "colour",
        .alias = "color",
        .kind = OPTION_CHOICE,
        .argument = "WHAT",
        .help =
            "count gives all points of one count one colour; smooth has no bands; distance shows how far points are from the set, in pixels, so that filaments are lines; histogram gives each colour as many points as another; these three draw points that do not escape black",
        .default_value = "count",
        .offset = MEMBER(colour),
        .choices = colour_choices,
        .defines = true,
    },
    CYCLE_ROW(MEMBER(cycle)),
    {
        .name = "samples",
        .kind = OPTION_COUNT,
        .argument = "N",
        .help =
            "compute N x N points of each pixel and draw the mean of their light; counts, checksum and .npy have a value for each of the points, not for each pixel",
        .default_value = "1",
        .offset = MEMBER(samples),
        .min = 1,
        .max = IMAGE_SAMPLES_MAX,
        .defines = true,
    },
    {
        .name = "values",
        .kind = OPTION_TEXTS,
        .argument = "FILE",
        .help =
            "write the smooth values, for colouring elsewhere, to FILE: .npy, float64, infinite for points that do not escape; or .png, grey of 16 bits on a logarithmic scale; one for each sample; they are on disk next to the first FILE meanwhile, and all nodes must see that directory",
        .offset = MEMBER(values),
        .replaces = true,
    },
    {
        .name = "interior",
        .kind = OPTION_CHOICE,
        .argument = "HOW",
        .help =
            "fast takes mathematical shortcuts for points inside the set and mirrored rows, brute does not; the counts are the same",
        .default_value = "fast",
        .offset = MEMBER(interior),
        .choices = interior_choices,
    },
    SCHEDULE_ROW(MEMBER(schedule), "the rows", "counts"),
    {
        .name = "verify",
        .kind = OPTION_FLAG,
        .help =
            "recompute 1000 pixels spread over the picture by the scalar reference; a difference is an error",
        .offset = MEMBER(verify),
    },
    {
        .name = "verify-exact",
        .kind = OPTION_FLAG,
        .help =
            "of a deep view, iterate 1000 pixels spread over the picture in full precision, and report how many counts are equal; takes long",
        .offset = MEMBER(verify_exact),
    },
    {
        .name = "reference",
        .kind = OPTION_TEXT,
        .argument = "FILE",
        .help =
            "of a deep view, take the reference orbit from FILE as far as it goes, continue it, and keep it there for the next picture of that centre; signals save it as those of --checkpoint do",
        .offset = MEMBER(reference),
        .replaces = true,
    },
    {
        .name = "stream",
        .kind = OPTION_FLAG,
        .help =
            "keep the counts on disk while the picture is made, in the .npy or next to the first output, and a few MiB in the memory of each rank; all nodes must see that directory",
        .offset = MEMBER(stream),
    },
    CHECKPOINT_ROW(MEMBER(checkpoint), "rows"),
    CHECKPOINT_EVERY_ROW(MEMBER(checkpoint_every)),
    PROGRESS_ROW(MEMBER(progress)),
};

/* Width and height with the multiplier and the samples, within what the library takes. */
static bool picture_take_size(const struct picture_options *options, struct plait_escape *escape,
                              struct failure *failure) {
    const uint64_t factor = options->multiplier * options->samples;
    const uint64_t width = options->size.width * factor;
    const uint64_t height = options->size.height * factor;
    if (width > PLAIT_ESCAPE_SIDE_MAX || height > PLAIT_ESCAPE_SIDE_MAX ||
        width * height > PLAIT_ESCAPE_PIXELS_MAX)
        return failure_set(failure, EXIT_USAGE,
                           "a picture of %" PRIu64 "x%" PRIu64
                           " pixels is too large: at most %u per side and %" PRIu64
                           " in all (131072x131072), see --size, --multiplier and --samples",
                           width, height, PLAIT_ESCAPE_SIDE_MAX, PLAIT_ESCAPE_PIXELS_MAX);
    if (options->maxit > UINT64_MAX / (width * height))
        return failure_set(failure, EXIT_USAGE,
                           "a picture of %" PRIu64 "x%" PRIu64
                           " pixels may take more than 2^64 steps: choose a smaller --maxit",
                           width, height);
    escape->width = (uint32_t)width;
    escape->height = (uint32_t)height;
    return true;
}

/* The nearest double of a number of an exact text; beyond all doubles infinity, or 0. */
static double picture_double(const char *text, size_t index) {
    const char *begin;
    (void)decimal_piece(text, index, &begin);
    return strtod(begin, NULL);
}

/* The texts of a view that is given by its centre, where they may be left out. */
static struct deep_texts picture_texts(const struct picture_options *options,
                                       const struct option_values *values,
                                       enum plait_escape_kind kind) {
    const bool julia = kind == PLAIT_JULIA;
    const char *standard = julia ? "0,0" : "-0.5,0";
    return (struct deep_texts){
        .center = values_counts(values, "center") ? options->center : standard,
        .zoom = values_counts(values, "zoom") ? options->zoom : "1",
        .c = julia ? options->c : NULL,
    };
}

/* The direct view, and whether doubles resolve it. */
static enum plait_status picture_set_direct(const struct picture_options *options,
                                            const struct deep_texts *texts, bool by_region,
                                            struct plait_escape *escape) {
    if (by_region)
        return plait_escape_set_region(escape, options->region[0], options->region[1],
                                       options->region[2], options->region[3]);
    const double zoom = picture_double(texts->zoom, 0);
    if (isinf(zoom)) { /* pixels of no width */
        escape->dx = escape->dy = 0;
        return PLAIT_E_UNRESOLVED;
    }
    return plait_escape_set_center(escape, picture_double(texts->center, 0),
                                   picture_double(texts->center, 1), zoom);
}

/* Whether pixels that doubles distinguish fall together in the first step of a Julia set, z z + c:
 * near 0 squares are so small that they are lost in c. Where c is large all such pixels escape
 * alike, and a deep view would refuse it. */
static bool picture_step_merges(const struct plait_escape *escape) {
    const double c = fmax(fabs(escape->cre), fabs(escape->cim));
    if (escape->kind != PLAIT_JULIA || c >= 32)
        return false;
    const double far_re = fabs(escape->cx) + escape->width / 2.0 * escape->dx;
    const double far_im = fabs(escape->cy) + escape->height / 2.0 * escape->dy;
    const double apart = 2 * fmax(far_re, far_im) * escape->dx; /* after the step, at the edge */
    return apart < 4 * (nextafter(c, INFINITY) - c);
}

static bool picture_check_order(const char *low_name, double low, const char *high_name,
                                double high, struct failure *failure) {
    return low < high || failure_set(failure, EXIT_USAGE,
                                     "--region: %s %g is not below %s %g: exchange or widen them",
                                     low_name, low, high_name, high);
}

static bool picture_take_view(const struct picture_options *options,
                              const struct option_values *values, struct picture_request *request,
                              struct failure *failure) {
    struct plait_escape *escape = &request->escape;
    const bool by_region = values_counts(values, "region");
    const bool center = values_counts(values, "center"), zoom = values_counts(values, "zoom");
    if (by_region && (center || zoom)) { /* from one place: it is undefined which of them counts */
        char one[VALUES_TEXT_BYTES], other[VALUES_TEXT_BYTES];
        return failure_set(failure, EXIT_USAGE, "%s and %s both set the view: give only one",
                           values_blame(values, "region", one),
                           values_blame(values, center ? "center" : "zoom", other));
    }
    if (by_region &&
        (!picture_check_order("XMIN", options->region[0], "XMAX", options->region[1], failure) ||
         !picture_check_order("YMIN", options->region[2], "YMAX", options->region[3], failure)))
        return false;
    request->texts = picture_texts(options, values, escape->kind);
    if (options->method == METHOD_DEEP && by_region)
        return failure_set(failure, EXIT_USAGE,
                           "--method deep needs the centre of the view: give --center and --zoom");
    if (options->method == METHOD_DEEP) {
        request->deep = true;
        return true;
    }
    switch (picture_set_direct(options, &request->texts, by_region, escape)) {
    case PLAIT_OK:
        request->deep = !by_region && options->method == METHOD_AUTO && picture_step_merges(escape);
        return true;
    case PLAIT_E_UNRESOLVED:
        if (!by_region && options->method == METHOD_AUTO) {
            request->deep = true;
            return true;
        }
        if (!(plait_escape_resolution(escape) > 0))
            return failure_set(
                failure, EXIT_USAGE,
                "the pixels of this view are too small for any double: zoom out, or give --center and --zoom with --method auto");
        return failure_set(
            failure, EXIT_USAGE,
            "the pixels of this view are %.3g times too small for double precision: zoom out, take fewer pixels (--size), or give --center and --zoom with --method auto",
            1 / plait_escape_resolution(escape));
    default:
        if (!by_region && picture_double(request->texts.zoom, 0) == 0)
            return failure_set(failure, EXIT_USAGE, "--zoom is too small for a double: zoom in");
        return failure_set(
            failure, EXIT_USAGE,
            "--region, --center or --zoom reaches beyond 1e150, where squares overflow: zoom in or move towards 0");
    }
}

static bool picture_take_mandelbrot(const struct picture_options *options,
                                    struct plait_escape *escape, struct failure *failure) {
    if (options->bailout < PLAIT_MANDELBROT_BAILOUT_MIN)
        return failure_set(
            failure, EXIT_USAGE,
            "--bailout is below 2, where points of the set count as escaped, too: choose 2 or more");
    if (options->bailout > PLAIT_MANDELBROT_BAILOUT_MAX)
        return failure_set(
            failure, EXIT_USAGE,
            "--bailout is beyond 1e10, the limit for the Mandelbrot set: choose a smaller one");
    escape->bailout = options->bailout;
    return true;
}

static bool picture_take_julia(const struct picture_options *options, struct plait_escape *escape,
                               struct failure *failure) {
    const double most = PLAIT_ESCAPE_VALUE_MAX;
    const double cre = picture_double(options->c, 0), cim = picture_double(options->c, 1);
    if (fabs(cre) > most || fabs(cim) > most || options->bailout > most)
        return failure_set(
            failure, EXIT_USAGE,
            "--c or --bailout is beyond 1e150, where squares overflow: choose a smaller one");
    escape->cre = cre;
    escape->cim = cim;
    escape->bailout = options->bailout;
    return true;
}

bool picture_of_options(const struct picture_options *options, const struct option_values *values,
                        enum plait_escape_kind kind, struct picture_request *request,
                        struct failure *failure) {
    struct plait_escape *escape = &request->escape;
    *request = (struct picture_request){.escape = plait_escape_default(kind)};
    escape->maxit = (int32_t)options->maxit;
    escape->brute = options->interior == INTERIOR_BRUTE;
    if (options->cycle > 0 &&
        (options->colour == PICTURE_HISTOGRAM || options->colour == PICTURE_DISTANCE)) {
        char cycle[VALUES_TEXT_BYTES], colour[VALUES_TEXT_BYTES];
        return failure_set(failure, EXIT_USAGE, "%s and %s %s exclude each other: give only one",
                           values_blame(values, "cycle", cycle),
                           values_blame(values, "colour", colour), colour_choices[options->colour]);
    }
    if (!checkpoint_options_check(values, failure) ||
        !picture_take_size(options, escape, failure) ||
        !(kind == PLAIT_JULIA ? picture_take_julia : picture_take_mandelbrot)(options, escape,
                                                                              failure) ||
        !picture_take_view(options, values, request, failure))
        return false;
    request->reference = options->reference;
    if (options->reference && !request->deep)
        return failure_set(
            failure, EXIT_USAGE,
            "--reference is for deep views, and this one is computed in doubles: give --method deep with --center, or leave it out");
    if (options->colour == PICTURE_DISTANCE && request->deep)
        return failure_set(
            failure, EXIT_USAGE,
            "--colour distance is for views that doubles resolve, and this one is deep, where orbits have no derivative: choose --colour smooth, or zoom out");
    return !options->verify_exact || request->deep ||
           failure_set(
               failure, EXIT_USAGE,
               "--verify-exact is for deep views, and this one is computed in doubles: give --method deep with --center, or --verify");
}

enum colour_value picture_colour_value(enum plait_escape_kind kind) {
    return kind == PLAIT_JULIA ? COLOUR_255_MINUS_COUNT : COLOUR_COUNT;
}
