/* SPDX-License-Identifier: MIT
 * The last line of a progress display reports the part that was done. The display writes to a pipe.
 */
#include "base/progress_display.h"
#include "check.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The last line of a display whose last update was of done of total units, or a text where total is
 * 0; "" for none. */
static const char *last_line(uint64_t done, uint64_t total, uint64_t next_ns) {
    static char text[256];
    int pipes[2];
    const int standard_error = dup(STDERR_FILENO);
    struct progress_display display = progress_display_begin("work", PROGRESS_LINES);
    display.next_ns = next_ns;
    memset(text, 0, sizeof text);
    CHECK(pipe(pipes) == 0);
    dup2(pipes[1], STDERR_FILENO);
    CHECK_INT(next_ns == 0, progress_display_is_due(&display));
    if (total > 0)
        progress_display_update(&display, done, total);
    else
        progress_display_show(&display, "step 3 after step 2");
    progress_display_end(&display);
    fflush(stderr);
    dup2(standard_error, STDERR_FILENO);
    close(standard_error);
    close(pipes[1]);
    CHECK(read(pipes[0], text, sizeof text - 1) >= 0);
    close(pipes[0]);
    if (text[0])
        text[strlen(text) - 1] = '\0';
    char *line = strrchr(text, '\n');
    line = line ? line + 1 : text;
    if (strstr(line, " after"))
        *strstr(line, " after") = '\0'; /* the seconds */
    return line;
}

static void test_last_line(void) {
    CHECK_TEXT("work: 100 %", last_line(2000, 2000, 0));
    CHECK_TEXT("work: 38 %", last_line(779, 2000, 0));
    CHECK_TEXT("work: 99 %", last_line(1999, 2000, 0)); /* not rounded to all */
    CHECK_TEXT("", last_line(2000, 2000, UINT64_MAX));  /* short work stays silent */
    CHECK_TEXT("work: step 3", last_line(0, 0, 0));     /* and nothing after it */
    CHECK_TEXT("", last_line(0, 0, UINT64_MAX));
}

int main(int argc, char **argv) {
    static const struct check_test tests[] = {
        {"last_line", test_last_line},
        {NULL, NULL},
    };
    return check_main("progress_display", tests, argc, argv);
}
