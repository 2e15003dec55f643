/* SPDX-License-Identifier: MIT
 * Locations in the Mandelbrot set as other programs write them, known by what they hold, not by the
 * names of the files.
 *
 * Kalles Fraktaler (.kfr): lines `Key: value` with Re, Im, Zoom, Iterations. The picture is
 * 4 / Zoom high. The imaginary axis points down unless ImagPointsUp is 1. FractalType 0 with
 * Power 2 is the Mandelbrot set.
 *
 * Fraktaler-3 (.f3.toml): TOML with location.real, location.imag, location.zoom and
 * bailout.iterations, which are not written where they are 0, 0, 1 and 1024. The picture is
 * 4 / zoom high, the axis points up. No [[formula]], or one with power 2, is the Mandelbrot set.
 *
 * rust-fractal (.toml): TOML with real, imag, zoom, iterations. From the middle of the first row to
 * that of the last the picture is 4 / zoom high, which is taken as the height: one row less. The
 * axis points down.
 *
 * A picture whose axis points down is that of Plait upside down. No MPI. */
#ifndef PLAIT_DRIVERS_LOCATION_FILE_H
#define PLAIT_DRIVERS_LOCATION_FILE_H

#include "base/failure.h"
#include "picture/location/location_decimal.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Largest file that is read. */
enum { LOCATION_FILE_BYTES_MAX = 4 << 20 };

enum { LOCATION_LEFT_OUT_BYTES = 256 };

struct location {
    const char
        *program;  /* that writes such files: "Kalles Fraktaler", "Fraktaler-3", "rust-fractal" */
    char *re, *im; /* the centre, as --center takes it, all digits of the file */
    char
        *zoom; /* as the file says it: the picture is 4 / zoom high. For --zoom see location_zoom */
    uint64_t maxit;                         /* 1 ... INT32_MAX; 0: the file does not say */
    char left_out[LOCATION_LEFT_OUT_BYTES]; /* what the file asks for and Plait does not do:
                                               "rotation 30, colours"; "" */
};

/* Reads a location. A file of another fractal is refused: its picture would be a different one.
 * False with EXIT_USAGE and a line for what is no location, EXIT_RUN if memory runs out. End with
 * location_free, also after a failure. */
bool location_load(struct location *location, const char *path, struct failure *failure);

/* The same for a text that is at hand; `name` is for errors. The text ends with a zero after its
 * length. */
bool location_parse(struct location *location, const char *name, const char *text, size_t length,
                    struct failure *failure);

/* Writes what --zoom takes (the picture is 3 / Z wide) for a picture of width x height pixels, each
 * from 1 to 2^31, that is to have the pixels of the location's: Z = 3 height zoom / (4 width),
 * rounded to 45 digits, which is more than a picture uses. False with EXIT_RUN if memory runs out.
 */
bool location_zoom(const struct location *location, uint64_t width, uint64_t height,
                   char text[DECIMAL_SCALED_BYTES], struct failure *failure);

void location_free(struct location *location);

#endif
