/* SPDX-License-Identifier: MIT
 * Shows how far long work is, on standard error: a bar on a terminal, a line now and then
 * elsewhere. */
#ifndef PLAIT_DRIVERS_PROGRESS_DISPLAY_H
#define PLAIT_DRIVERS_PROGRESS_DISPLAY_H

#include <stdbool.h>
#include <stdint.h>

enum progress_style { PROGRESS_AUTO, PROGRESS_BAR, PROGRESS_LINES, PROGRESS_NONE };

/* The names of the styles in the order of the enum, ended by NULL: for the option table. */
extern const char *const progress_styles[];

struct progress_display {
    const char *label; /* "mandelbrot" */
    enum progress_style style;
    uint64_t start_ns;
    uint64_t next_ns;     /* nothing is shown before this moment */
    bool shown;           /* something has been */
    uint64_t done, total; /* of the last update */
};

/* A display that begins now. PROGRESS_AUTO becomes bar or lines by what standard error is. Nothing
 * is shown in the first second, so that short work stays silent. */
struct progress_display progress_display_begin(const char *label, enum progress_style style);

/* Shows done of total units if it is time to. */
void progress_display_update(struct progress_display *display, uint64_t done, uint64_t total);

/* For work of which nobody knows how long it is: shows a text and the seconds so far, if it is time
 * to; progress_display_is_due says so, for texts that take time to make. */
bool progress_display_is_due(const struct progress_display *display);
void progress_display_show(struct progress_display *display, const char *text);

/* Ends the display: clears the bar, or writes a last line if there were others, with the part that
 * was done. It is 100 % only where that is all; texts have no last line. */
void progress_display_end(struct progress_display *display);

#endif
