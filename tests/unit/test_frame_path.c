/* SPDX-License-Identifier: MIT
 * Where a sequence of frames goes: zooms and centres against their formulas, sums digit by digit.
 */
#include "picture/frames/frame_path.h"

#include "suite.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct frame_place place_of(const struct frame_path *path, uint32_t frame) {
    struct frame_place place;
    struct failure failure = {0};
    CU_ASSERT_FATAL(frame_path_find(path, frame, &place, &failure));
    return place;
}

/* Whether a frame has these texts; c may be NULL. */
static bool is_at(const struct frame_path *path, uint32_t frame, const char *zoom,
                  const char *center, const char *c) {
    struct frame_place place = place_of(path, frame);
    const bool same = strcmp(place.zoom, zoom) == 0 && strcmp(place.center, center) == 0 &&
                      (c ? place.c && strcmp(place.c, c) == 0 : !place.c);
    if (!same)
        printf("frame %u: zoom %s, center %s, c %s\n", frame, place.zoom, place.center,
               place.c ? place.c : "none");
    frame_place_free(&place);
    return same;
}

static const char *const here = "-0.5,0";

/* By the same factor from frame to frame, in and out; what is not moved keeps its text. */
static void test_zooms(void) {
    const struct frame_path in = {.frames = 4, .zoom = {"1.0", "1e3"}, .center = {here, here}};
    CU_ASSERT(is_at(&in, 0, "1.0", here, NULL) && is_at(&in, 1, "10", here, NULL) &&
              is_at(&in, 2, "100", here, NULL) && is_at(&in, 3, "1e3", here, NULL));
    const struct frame_path out = {.frames = 3, .zoom = {"4e40", "1e-2"}, .center = {here, here}};
    CU_ASSERT(is_at(&out, 1, "2e19", here, NULL));
    const struct frame_path far = {
        .frames = 5, .zoom = {"2", "2e-40"}, .center = {here, here}, .c = {"1,2", "1,2"}};
    CU_ASSERT(is_at(&far, 2, "2e-20", here, "1,2"));
    const struct frame_path deep = {.frames = 3, .zoom = {"1", "9e99998"}, .center = {here, here}};
    CU_ASSERT(is_at(&deep, 1, "3e49999", here, NULL));
    const char *same = "12345678901234567890";
    const struct frame_path still = {.frames = 3, .zoom = {same, same}, .center = {here, "1,1"}};
    CU_ASSERT(is_at(&still, 1, same, "0.25,0.5", NULL));
}

/* The place of the target on the screen, from its middle, in widths. */
static double on_screen(const struct frame_path *path, uint32_t frame, double target) {
    struct frame_place place = place_of(path, frame);
    const double seen = (target - strtod(place.center, NULL)) * strtod(place.zoom, NULL);
    frame_place_free(&place);
    return seen;
}

/* Zooming in the target comes to the middle by the same way per frame; zooming out the start leaves
 * it so. */
static void test_motion(void) {
    const char *ends[] = {"-0.5,0", "-0.74,0.13"};
    const struct frame_path in = {.frames = 11, .zoom = {"1", "1e5"}, .center = {ends[0], ends[1]}};
    const struct frame_path out = {
        .frames = 11, .zoom = {"1e5", "1"}, .center = {ends[1], ends[0]}};
    for (uint32_t k = 0; k < 11; k++) {
        CU_ASSERT(fabs(on_screen(&in, k, -0.74) + 0.24 * (10 - k) / 10.0) < 1e-9);
        CU_ASSERT(fabs(on_screen(&out, k, -0.74) + 0.24 * k / 10.0) < 1e-9);
    }
}

/* Sums keep all digits of the target, carry, change their sign, and come to nothing. */
static void test_digits(void) {
    const struct frame_path pan = {.frames = 3, .zoom = {"1", "1"}, .center = {here, "0.5,-1"}};
    CU_ASSERT(is_at(&pan, 1, "1", "0,-0.5", NULL));
    const char *nines = "-0.99999999999999999999999999999999999999,1e-30";
    const struct frame_path deep = {
        .frames = 3, .zoom = {"1", "1e30"}, .center = {"0,0", nines}, .c = {"0,0", "0,-1e1"}};
    /* Half of the way back over 1e15. */
    CU_ASSERT(is_at(&deep, 1, "1e15",
                    "-0.99999999999999949999999999999999999999,"
                    "9999999999999995e-46",
                    "0,-5"));
    CU_ASSERT(is_at(&deep, 2, "1e30", nines, "0,-1e1"));
    /* Nothing is kept of what is far below the deepest frame, however long it would be. */
    const struct frame_path tiny = {
        .frames = 3, .zoom = {"1", "1"}, .center = {"1e-99999999999,0", "2e-99999999999,1"}};
    CU_ASSERT(is_at(&tiny, 1, "1", "0,0.5", NULL));
    const struct frame_path large = {
        .frames = 3, .zoom = {"1", "1"}, .center = {"1e100,0", "-1e100,9e-39"}};
    CU_ASSERT(is_at(&large, 1, "1", "0,45e-40", NULL));
}

int main(void) {
    CU_TestInfo tests[] = {
        {"zooms", test_zooms}, {"motion", test_motion}, {"digits", test_digits}, CU_TEST_INFO_NULL};
    return run_suite("frame_path", tests);
}
