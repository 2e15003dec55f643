/* SPDX-License-Identifier: MIT
 * Named tables of 256 colours. A palette is constant and alive as long as the program; adding one
 * is a file with its table and a line in palette.c. */
#ifndef PLAIT_DRIVERS_PALETTE_H
#define PLAIT_DRIVERS_PALETTE_H

#include <stddef.h>
#include <stdint.h>

enum { PALETTE_COLOURS = 256 };

struct palette {
    const char *name;
    uint8_t rgb[PALETTE_COLOURS][3]; /* red, green, blue as in sRGB files, lowest value first */
};

extern const struct palette palette_viridis; /* what pictures use unless another is asked for */
extern const struct palette palette_plasma, palette_magma, palette_inferno, palette_cividis,
    palette_turbo, palette_grey;

/* Points of two kinds, for pictures of the values 0 (none), 1 and 2. Not in the lists: no picture
 * of counts can use it. */
extern const struct palette palette_scatter;

/* The palette of that exact name, NULL if there is none. */
const struct palette *palette_find(const char *name);

/* The names of all palettes in the order of palette_at, ended by NULL: for option tables. */
extern const char *const palette_names[];

#define PALETTE_HELP \
    "colours of the picture: viridis, plasma, magma, inferno, cividis, turbo, grey, or a file with a colour rrggbb on each line, of Fractint (.map) or of GIMP (.gpl, .ggr)"

/* The row of --palette, whose member is the text: a name, or a file. For option tables that include
 * options/option.h. */
#define PALETTE_ROW(member_offset)                                                        \
    {                                                                                     \
        .name = "palette", .kind = OPTION_TEXT, .argument = "NAME", .help = PALETTE_HELP, \
        .default_value = "viridis", .offset = (member_offset), .reads = true,             \
        .choices = palette_names, .defines = true,                                        \
    }

/* The row of --cycle, a count of counts, 0 without it; likewise. */
#define CYCLE_ROW(member_offset)                                                                                                                                                                  \
    {                                                                                                                                                                                             \
        .name = "cycle", .kind = OPTION_COUNT, .argument = "N",                                                                                                                                   \
        .help =                                                                                                                                                                                   \
            "go through the palette once in N counts, beginning at 0, and again in the next N, whatever the picture has, there and back if its ends differ; points that do not escape are black", \
        .offset = (member_offset), .min = 1, .max = INT32_MAX, .defines = true,                                                                                                                   \
    }

/* All palettes, index 0, 1, ... until NULL is returned, for lists of names. */
const struct palette *palette_at(size_t index);

#endif
