/* SPDX-License-Identifier: MIT
 * The progress bar and the progress lines. */
#include "base/progress_display.h"

#include "base/clock.h"

#include <stdio.h>
#include <unistd.h>

static const uint64_t second_ns = UINT64_C(1000000000);
static const uint64_t bar_every_ns = UINT64_C(100000000);
static const uint64_t line_every_ns = UINT64_C(5000000000);

const char *const progress_styles[] = {"auto", "bar", "lines", "none", NULL};

struct progress_display progress_display_begin(const char *label, enum progress_style style) {
    if (style == PROGRESS_AUTO)
        style = isatty(STDERR_FILENO) ? PROGRESS_BAR : PROGRESS_LINES;
    const uint64_t now = clock_now_ns();
    return (struct progress_display){
        .label = label,
        .style = style,
        .start_ns = now,
        .next_ns = style == PROGRESS_NONE ? UINT64_MAX : now + second_ns,
    };
}

static void show_bar(const char *label, double fraction, double left_s) {
    enum { WIDTH = 40 };
    char bar[WIDTH + 1];
    for (int k = 0; k < WIDTH; k++)
        bar[k] = k < (int)(fraction * WIDTH) ? '#' : '.';
    bar[WIDTH] = '\0';
    fprintf(stderr, "\r%s [%s] %3.0f %%, %.0f s left \033[K", label, bar, 100 * fraction, left_s);
}

void progress_display_update(struct progress_display *display, uint64_t done, uint64_t total) {
    const uint64_t now = clock_now_ns();
    display->done = done;
    display->total = total;
    if (now < display->next_ns || done == 0)
        return;
    const double fraction = (double)done / (double)total;
    const double elapsed_s = (double)(now - display->start_ns) * 1e-9;
    const double left_s = elapsed_s * (1 - fraction) / fraction;
    if (display->style == PROGRESS_BAR)
        show_bar(display->label, fraction, left_s);
    else
        fprintf(stderr, "%s: %.0f %% after %.0f s, about %.0f s left\n", display->label,
                100 * fraction, elapsed_s, left_s);
    display->next_ns = now + (display->style == PROGRESS_BAR ? bar_every_ns : line_every_ns);
    display->shown = true;
}

bool progress_display_is_due(const struct progress_display *display) {
    return clock_now_ns() >= display->next_ns;
}

void progress_display_show(struct progress_display *display, const char *text) {
    const uint64_t now = clock_now_ns();
    const double elapsed_s = (double)(now - display->start_ns) * 1e-9;
    if (now < display->next_ns)
        return;
    if (display->style == PROGRESS_BAR)
        fprintf(stderr, "\r%s: %s, %.0f s \033[K", display->label, text, elapsed_s);
    else
        fprintf(stderr, "%s: %s, %.0f s\n", display->label, text, elapsed_s);
    display->next_ns = now + (display->style == PROGRESS_BAR ? bar_every_ns : line_every_ns);
    display->shown = true;
}

void progress_display_end(struct progress_display *display) {
    if (!display->shown)
        return;
    if (display->style == PROGRESS_BAR)
        fputs("\r\033[K", stderr);
    else if (display->total > 0)
        fprintf(stderr, "%s: %d %% after %.0f s\n", display->label,
                (int)(100 * (double)display->done / (double)display->total),
                clock_seconds_since(display->start_ns));
}
