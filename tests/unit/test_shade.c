/* SPDX-License-Identifier: MIT
 * Means of colours: the table of sRGB against its formula, and pixels of several samples against a
 * mean in doubles. */
#include "check.h"
#include "image/shade.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static double light_of(double value) {
    const double c = value / 255;
    return 65535 * (c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4));
}

static void test_table(void) {
    for (int k = 0; k < 256; k++)
        CHECK(fabs(srgb_linear[k] - light_of(k)) <= 0.5 + 1e-6);
    CHECK_INT(0, srgb_linear[0]);
    CHECK_INT(65535, srgb_linear[255]);
}

static void test_encoder(void) {
    static struct srgb_encoder encoder;
    srgb_encoder_fill(&encoder);
    for (int k = 0; k < 256; k++)
        CHECK_INT(k, encoder.value[srgb_linear[k]]);
    for (int light = 0; light < 65536; light++) {
        const int value = encoder.value[light];
        const int distance = abs(srgb_linear[value] - light);
        if ((value > 0 && abs(srgb_linear[value - 1] - light) <= distance) ||
            (value < 255 && abs(srgb_linear[value + 1] - light) < distance))
            CHECK_INT(-1, light); /* another value is nearer */
    }
}

enum { WIDTH = 5, SAMPLES = 3, COLUMNS = WIDTH * SAMPLES };

/* Half black, half white is 188, not 128. */
static void test_black_and_white(void) {
    struct shade *shade = calloc(1, sizeof *shade);
    const struct image image = {.width = 1, .height = 1, .samples = 2, .palette = &palette_grey};
    const uint8_t indices[4] = {0, 255, 255, 0};
    const struct image_rows rows = {.indices = indices, .rows = 2};
    CHECK(shade_begin(shade, &image));
    CHECK(shade_rgb(shade, &rows, 0) == NULL);
    const uint8_t(*rgb)[3] = shade_rgb(shade, &rows, 1);
    CHECK(rgb && rgb[0][0] == 188 && rgb[0][1] == 188 && rgb[0][2] == 188);
    shade_end(shade);
    free(shade);
}

/* The channel of a pixel is the value whose light is nearest to the mean. */
static bool is_mean(const uint8_t indices[SAMPLES][COLUMNS], size_t col, int channel, int got) {
    double sum = 0;
    for (size_t i = 0; i < SAMPLES; i++)
        for (size_t j = 0; j < SAMPLES; j++)
            sum += light_of(palette_turbo.rgb[indices[i][col * SAMPLES + j]][channel]);
    const double mean = sum / (SAMPLES * SAMPLES), slack = 1;
    const double low = got > 0 ? (light_of(got - 1) + light_of(got)) / 2 : 0;
    const double high = got < 255 ? (light_of(got) + light_of(got + 1)) / 2 : 65535;
    return mean >= low - slack && mean <= high + slack;
}

static void test_means(void) {
    struct shade *shade = calloc(1, sizeof *shade);
    const struct image image = {
        .width = WIDTH, .height = 2, .samples = SAMPLES, .palette = &palette_turbo};
    uint8_t indices[2][SAMPLES][COLUMNS];
    uint64_t state = check_seed();
    for (size_t k = 0; k < sizeof indices; k++) {
        state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        ((uint8_t *)indices)[k] = (uint8_t)(state >> 56);
    }
    memset(indices[1], 77, sizeof indices[1]); /* equal: the colour itself */
    const struct image_rows rows = {.indices = indices[0][0], .rows = 2 * SAMPLES};
    CHECK(shade_begin(shade, &image));
    for (uint32_t row = 0; row < 2 * SAMPLES; row++) {
        const uint8_t(*rgb)[3] = shade_rgb(shade, &rows, row);
        CHECK((rgb != NULL) == (row % SAMPLES == SAMPLES - 1));
        for (size_t col = 0; rgb && col < WIDTH; col++)
            for (int channel = 0; channel < 3; channel++)
                CHECK(row < SAMPLES ? is_mean(indices[0], col, channel, rgb[col][channel])
                                    : rgb[col][channel] == palette_turbo.rgb[77][channel]);
    }
    shade_end(shade);
    free(shade);
}

/* All channels of 16 x 16 white samples: the largest sum. */
static void test_brightest(void) {
    enum { ALL = IMAGE_SAMPLES_MAX * IMAGE_SAMPLES_MAX };
    struct shade *shade = calloc(1, sizeof *shade);
    const struct image image = {
        .width = 1, .height = 1, .samples = IMAGE_SAMPLES_MAX, .palette = &palette_grey};
    uint8_t indices[ALL];
    memset(indices, 255, sizeof indices);
    const struct image_rows rows = {.indices = indices, .rows = IMAGE_SAMPLES_MAX};
    const uint8_t(*rgb)[3] = NULL;
    CHECK(shade_begin(shade, &image));
    for (uint32_t row = 0; row < IMAGE_SAMPLES_MAX; row++)
        rgb = shade_rgb(shade, &rows, row);
    CHECK(rgb && rgb[0][0] == 255);
    shade_end(shade);
    free(shade);
}

int main(int argc, char **argv) {
    static const struct check_test tests[] = {
        {"table", test_table},
        {"encoder", test_encoder},
        {"black and white", test_black_and_white},
        {"means", test_means},
        {"brightest", test_brightest},
        {0},
    };
    return check_main("shade", tests, argc, argv);
}
