/* SPDX-License-Identifier: MIT
 * Computes one small picture that lies inside the Mandelbrot set, brute, on one thread, and prints
 * the steps made: for counting instructions under an emulator, where time means nothing. steps_once
 * PATH MAXIT */
#include "plait/plait.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { WIDTH = 64, HEIGHT = 14 };

int main(int argc, char **argv) {
    static int32_t counts[WIDTH * HEIGHT];
    struct plait_exec exec;
    if (argc != 3 || plait_exec_init(&exec, argv[1], 1) != PLAIT_OK) {
        fprintf(stderr, "usage: steps_once PATH MAXIT\n");
        return 2;
    }
    struct plait_escape picture = plait_escape_default(PLAIT_MANDELBROT);
    picture.width = WIDTH;
    picture.height = HEIGHT;
    picture.maxit = (int32_t)strtol(argv[2], NULL, 10);
    picture.brute = true;
    if (plait_escape_set_region(&picture, -0.2, 0.2, -0.2, 0.2) != PLAIT_OK ||
        plait_escape_picture(&picture, &exec, counts) != PLAIT_OK)
        return 1;
    printf("%" PRIu64 "\n",
           plait_escape_count_steps(&picture, &exec, counts, picture.height).steps);
    return 0;
}
