/* SPDX-License-Identifier: MIT
 * Short orbits, long ones, none that escapes, and those that end one by one. */
#include "escape_views.h"

const char *const escape_view_names[ESCAPE_VIEWS] = {
    "the report's: 1200x800, maxit 127",
    "the same region, 2400x1600, maxit 1000",
    "interior: 600x400 of [-0.9,0.3]x[-0.4,0.4], maxit 10000",
    "seahorses: 600x400, width 1e-5, maxit 5000",
};

struct plait_escape escape_view(int view) {
    struct plait_escape e = plait_escape_default(PLAIT_MANDELBROT);
    if (view == 2) {
        e.width = 2400;
        e.height = 1600;
        e.maxit = 1000;
        plait_escape_set_region(&e, -2, 1, -1, 1);
    } else if (view == 3) {
        e.width = 600;
        e.height = 400;
        e.maxit = 10000;
        plait_escape_set_region(&e, -0.9, 0.3, -0.4, 0.4);
    } else if (view == 4) {
        e.width = 600;
        e.height = 400;
        e.maxit = 5000;
        plait_escape_set_center(&e, -0.743643887037151, 0.131825904205330, 3 / 1e-5);
    }
    return e;
}
