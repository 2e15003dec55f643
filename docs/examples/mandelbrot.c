/* SPDX-License-Identifier: MIT
 * Draws a small Mandelbrot set in letters and prints the checksum of its counts, which is the same
 * on every machine, path and number of threads.
 *
 *     cc mandelbrot.c $(pkg-config --cflags --libs plait) -o mandelbrot
 */
#include <inttypes.h>
#include <plait/plait.h>
#include <stdio.h>

enum { WIDTH = 72, HEIGHT = 24 };

static int fail(const char *what, enum plait_status status) {
    fprintf(stderr, "%s: %s\n", what, plait_status_text(status));
    return 1;
}

int main(void) {
    static int32_t counts[HEIGHT][WIDTH];
    uint64_t row_digests[HEIGHT];
    enum plait_status status;

    /* What to compute: the default picture, in another size. */
    struct plait_escape picture = plait_escape_default(PLAIT_MANDELBROT);
    picture.width = WIDTH;
    picture.height = HEIGHT;
    status = plait_escape_set_region(&picture, -2.0, 1.0, -1.0, 1.0);
    if (status != PLAIT_OK)
        return fail("view", status);

    /* How to compute it: the fastest path of this machine, a thread per core. */
    struct plait_exec exec;
    status = plait_exec_init(&exec, NULL, 0);
    if (status != PLAIT_OK)
        return fail("exec", status);

    status = plait_escape_rows(&picture, &exec, 0, HEIGHT, counts[0]);
    if (status != PLAIT_OK)
        return fail("rows", status);

    for (int i = 0; i < HEIGHT; i++) {
        for (int j = 0; j < WIDTH; j++)
            putchar(counts[i][j] == picture.maxit ? '#' : counts[i][j] > 5 ? '+' : '.');
        putchar('\n');
    }
    plait_digest_rows(&exec, counts[0], HEIGHT, WIDTH, row_digests);
    printf("%s %016" PRIx64 "\n", plait_path_name(exec.path),
           plait_digest_picture(row_digests, HEIGHT));
    return 0;
}
