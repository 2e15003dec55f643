/* SPDX-License-Identifier: MIT
 * Locations of other programs: what is taken, what is left out, what is refused, and the zooms that
 * come of it. The samples are written for these tests. */
#include "check.h"
#include "picture/location/location_file.h"
#include "scratch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Scaled by a program in exact fractions (Python), rounded to 45 digits, ties to even. */
static const struct scaled {
    const char *number;
    uint64_t factor, divisor;
    const char *expected;
} scaled[] = {
    {"1000000000000000000000000000000000000000000025", 1, 1,
     "1.00000000000000000000000000000000000000000002e45"},
    {"1000000000000000000000000000000000000000000035", 1, 1,
     "1.00000000000000000000000000000000000000000004e45"},
    {"9999999999999999999999999999999999999999999995", 1, 1, "1e46"},
    {"9999999999999999999999999999999999999999999994", 1, 1,
     "9.99999999999999999999999999999999999999999999e45"},
    {"100000000000000000000000000000000000000000002500000000001", 1, 1,
     "1.00000000000000000000000000000000000000000003e56"},
    {"88888888888888888888888888888888888888888888888888", 3, 7,
     "3.80952380952380952380952380952380952380952381e49"},
};

/* The same of zooms by the height, for pictures of W x H pixels: 3 H / (4 W). */
static const struct zoomed {
    const char *zoom;
    uint64_t width, height;
    const char *expected;
} zoomed[] = {
    {"1e50", 1600, 1200, "5.625e49"},
    {"1", 1200, 900, "5.625e-1"},
    {"1", 4, 3, "5.625e-1"},
    {"1", 3, 4, "1"},
    {"2.56203307883e157", 1920, 1080, "1.08085770513140625e157"},
    {"1.59738e15", 1200, 800, "7.9869e14"},
    {"7e29", 160, 120, "3.9375e29"},
    {"9.9999999999999999999999999999999999999999999999999e99", 4, 4, "7.5e99"},
    {"0.00012345e-300", 1, 1, "9.25875e-305"},
    {"123456789.987654321e-7", 7, 13, "1.71957671768518518535714285714285714285714286e1"},
    {"1e99999", 2147483648, 1, "3.49245965480804443359375e99989"},
    {"1", 1, 2147483648, "1.610612736e9"},
    {"0.5", 65536, 65535, "3.749942779541015625e-1"},
    {"333333333333333333333333333333333333333333333333333333333333.777777777777777777777777777777e12",
     641, 479, "1.86817472698907956318252730109204368174726989e71"},
    {"98344417476614e1428", 2586, 2934, "8.3684025776213885150812064965197215777262181e1441"},
    {"5822842011950143669791199521783479e1387", 3971, 2305,
     "2.53493783131674914861534529672203206276756485e1420"},
    {"41114410261891672867477669147637971927497066059574548308741610340e-398", 4801, 4151,
     "2.66609951568078005737710588364682183093689317e-334"},
    {"8541023034842339545089283576368857903e3117", 3842, 2781,
     "4.63676178941239190686360573123668541675748308e3153"},
    {"412302347728e2717", 417, 872, "6.46632459026647482014388489208633093525179856e2728"},
    {"586627312220359809674751508116102e158", 1, 2501,
     "1.1003661808973399129974151413487783265e194"},
    {"1000000000000000000000000000000000000000000015", 4, 4,
     "7.50000000000000000000000000000000000000000011e44"},
};

static void test_scaled(void) {
    char text[DECIMAL_SCALED_BYTES];
    for (size_t k = 0; k < sizeof scaled / sizeof *scaled; k++) {
        CHECK(decimal_scale(scaled[k].number, scaled[k].factor, scaled[k].divisor, text));
        CHECK_TEXT(scaled[k].expected, text);
    }
    for (size_t k = 0; k < sizeof zoomed / sizeof *zoomed; k++) {
        CHECK(decimal_scale(zoomed[k].zoom, 3 * zoomed[k].height, 4 * zoomed[k].width, text));
        CHECK_TEXT(zoomed[k].expected, text);
    }
}

static void test_rewritten(void) {
    static const struct {
        const char *text, *expected; /* NULL: refused */
    } known[] = {
        {"0", "0"},
        {"-0.75", "-0.75"},
        {"+1.5E+07", "1.5e7"},
        {".5", "0.5"},
        {"-.5e-3", "-0.5e-3"},
        {"5.", "5"},
        {"5.e2", "5e2"},
        {"1.00e050", "1.00e50"},
        {"1e0", "1"},
        {"1e-000", "1"},
        {"007.10", "007.10"},
        {"1e999999", "1e999999"},
        {"1e-999999", "1e-999999"},
        {"", NULL},
        {"-", NULL},
        {".", NULL},
        {"e5", NULL},
        {"1e", NULL},
        {"1e+", NULL},
        {"1.2.3", NULL},
        {"0x10", NULL},
        {"inf", NULL},
        {"nan", NULL},
        {" 1", NULL},
        {"1 ", NULL},
        {"1e5x", NULL},
        {"--1", NULL},
        {"1e1000000", NULL},
        {"1e99999999999999999999999", NULL},
        {"1,5", NULL},
    };
    for (size_t k = 0; k < sizeof known / sizeof *known; k++) {
        char text[64];
        strcpy(text, known[k].text);
        const char *why = decimal_rewrite(text);
        CHECK((why == NULL) == (known[k].expected != NULL));
        if (known[k].expected)
            CHECK_TEXT(known[k].expected, why ? why : text);
    }
    CHECK(decimal_is_positive("0.001e-9") && !decimal_is_positive("0.000e9") &&
          !decimal_is_positive("-1"));
    CHECK_INT(50, decimal_power("1e50"));
    CHECK_INT(-3, decimal_power("0.00123"));
    CHECK_INT(-8, decimal_power("0.00123e-5"));
    CHECK_INT(2, decimal_power("123.4"));
    CHECK_INT(3, decimal_power("007123.4"));
}

static bool parse(struct location *location, const char *text, struct failure *failure) {
    *failure = (struct failure){0};
    return location_parse(location, "there", text, strlen(text), failure);
}

/* A location with all its values, and a line of what is left out. */
static void check_location(const char *text, const char *const expected[6]) {
    struct location location;
    struct failure failure;
    char maxit[32];
    if (CHECK(parse(&location, text, &failure))) {
        snprintf(maxit, sizeof maxit, "%llu", (unsigned long long)location.maxit);
        CHECK_TEXT(expected[0], location.program);
        CHECK_TEXT(expected[1], location.re);
        CHECK_TEXT(expected[2], location.im);
        CHECK_TEXT(expected[3], location.zoom);
        CHECK_TEXT(expected[4], maxit);
        CHECK_TEXT(expected[5], location.left_out);
    } else {
        CHECK_TEXT("", failure.text);
    }
    location_free(&location);
}

#define EXPECT(...) ((const char *const[6]){__VA_ARGS__})

static void test_kalles(void) {
    check_location(
        "Re: -1.25066\r\nIm: 0.02012\r\nZoom: 1.7E4\r\nIterations: 2500\r\nRotateAngle: 0\r\nImagPointsUp: 1\r\n"
        "Power: 2\r\nFractalType: 0\r\nreal: 1\r\nimag: 1\r\nSeedR: 0\r\nSeedI: 0\r\n",
        EXPECT("Kalles Fraktaler", "-1.25066", "0.02012", "1.7e4", "2500", ""));
    check_location(
        "; by hand\n\n  Re:   +.3  \nIm:-0\nZoom: 1\nColors: 1,2,3,\nRotate: 12.500000\nRatio: 180.0\n"
        "GLSL: a: b\\n\nno colon\n",
        EXPECT("Kalles Fraktaler", "0.3", "-0", "1", "0",
               "colours, rotation 12.500000, ratio 180.0, imaginary axis downwards"));
    check_location(
        "Re: 1\nIm: 2\nZoom: 3\nIterations: 1e12\nStretchAmount: 0.25\nRotateAngle: -1e-17\nImagPointsUp: 1",
        EXPECT("Kalles Fraktaler", "1", "2", "3", "2147483647",
               "stretch 0.25, iterations beyond 2147483647"));
    check_location(
        "Re: 1\nIm: 2\nZoom: 3\nIterations: 2147483647\nRotate:\nPower:\nImagPointsUp: 1",
        EXPECT("Kalles Fraktaler", "1", "2", "3", "2147483647", ""));
    check_location(
        "Re: 1\nIm: 2\nZoom: 3\nIterations: 2147483648\nImagPointsUp: 1",
        EXPECT("Kalles Fraktaler", "1", "2", "3", "2147483647", "iterations beyond 2147483647"));
    check_location(
        "Re: 1\nIm: 2\nZoom: 3\nIterations: 99999999999999999999999\nImagPointsUp: 1",
        EXPECT("Kalles Fraktaler", "1", "2", "3", "2147483647", "iterations beyond 2147483647"));
}

static void test_fraktaler(void) {
    check_location(
        "program = \"fraktaler-3\"\nversion = \"3.1\"\nlocation.real = \"-0.1\"\nlocation.zoom = \"2.5e99\"\n",
        EXPECT("Fraktaler-3", "-0.1", "0", "2.5e99", "1024", ""));
    check_location("program = 'fraktaler-3'\n", EXPECT("Fraktaler-3", "0", "0", "1", "1024", ""));
    /* As older versions cut long strings. */
    check_location(
        "location.real = \"\"\"\n-1.7\\\n4729\\\n    \n  5\\\n\"\"\"\nlocation.imag = \"\"\"0.5\"\"\"\r\n[bailout]\niterations = 16_777_216\n"
        "escape_radius = 625.0\n",
        EXPECT("Fraktaler-3", "-1.747295", "0.5", "1", "16777216", "escape radius"));
    check_location(
        "[location] # where\nreal = '-0.5' # \"there\"\n\"imag\" = 1\nzoom = 1_0.5\n[transform]\nrotate = 15\nreflect = true\n"
        "stretch_amount = 50.0\nexponential_map = true\nvertical_flip = true\n[image]\nwidth = 1920\nheight = 1080\n"
        "[render]\nzoom_out_sequence = true\n[[history]]\nreal = \"9\"\nnote = \"\"\"[location]\nreal = 5\\\"\"\"\"\"\"\n"
        "[[formula]]\npower = 2\nabs_x = false\nopcodes = \"sqr add\"\n",
        EXPECT(
            "Fraktaler-3", "-0.5", "1", "10.5", "1024",
            "rotation 15, reflection, stretch 50.0, exponential map, vertical flip, image size, zoom-out sequence"));
    check_location(
        "location = { real = \"0.25\", imag = '0', zoom = \"1e5\" }\nformula = [ {power = 2}, { abs_y = false } ]\n"
        "numbers = [ [1, 2],\n # more\n \"three\", [], ]\n",
        EXPECT("Fraktaler-3", "0.25", "0", "1e5", "1024", ""));
}

static void test_rust(void) {
    check_location(
        "real = \"-1.9\"\nimag = \"-3.0E-2\"\niterations = 60000\nzoom = \"2.56203307883E157\"\n",
        EXPECT("rust-fractal", "-1.9", "-3.0e-2", "2.56203307883e157", "60000",
               "imaginary axis downwards"));
    check_location(
        "image_width = 3840\nrotate = 30.5\nframes = 7\nreal = \"1\"\nimag = \"2\"\nzoom = \"3\"\npalette = [1, 2, 3]\n"
        "glitch_tolerance = 1.4e-6\n",
        EXPECT("rust-fractal", "1", "2", "3", "0",
               "image size, rotation 30.5, frames 7, colours, imaginary axis downwards"));
}

static void test_refused(void) {
    static const struct {
        const char *text, *line;
    } known[] = {
        {"", "there: no location is in it: give a .kfr, or a .toml of Fraktaler-3 or rust-fractal"},
        {"[image]\nwidth = 9\n",
         "there: no location is in it: give a .kfr, or a .toml of Fraktaler-3 or rust-fractal"},
        {"Colors: 1,2\n",
         "there: no location is in it: give a .kfr, or a .toml of Fraktaler-3 or rust-fractal"},
        {"Re: 1\nIm: 2\n", "there: Zoom is missing: a location of Kalles Fraktaler has it"},
        {"zoom = \"1\"\nimag = \"2\"", "there: real is missing: a location of rust-fractal has it"},
        {"Re: 1\nIm: x\nZoom: 1\n",
         "there:2: Im 'x' is not a decimal number such as -0.75 or 1.5e40"},
        {"Re: 1\nIm: 2\nZoom: 0.0\n", "there:3: Zoom '0.0' is not above 0"},
        {"Re: 1\nIm: 2\nZoom: -3\n", "there:3: Zoom '-3' is not above 0"},
        {"Re: 1\nIm: 2\nZoom: 12e99999\n", "there:3: Zoom '12e99999' is beyond 1e100000: zoom out"},
        {"Re: 1\nIm: 2\nZoom: 1\nIterations: 12.5\n",
         "there:4: Iterations '12.5' is not a whole number such as 10, 4^12 or 1e9"},
        {"Re: 1\nIm: 2\nZoom: 1\nIterations: 0\n",
         "there:4: Iterations '0' is no number of steps: write 1 or more"},
        {"Re: 1\nIm: 2\nRe: 1\n", "there:3: Re is there twice, first in line 1: keep one of them"},
        {"Re: 1\nIm: 2\nZoom: 1\nFractalType: 1\n",
         "there:4: FractalType says that this is another fractal than the Mandelbrot set, and only that one is drawn"},
        {"Re: 1\nIm: 2\nZoom: 1\nPower: 3\n",
         "there:4: Power says that this is another fractal than the Mandelbrot set, and only that one is drawn"},
        {"location.real = \"1\"\n[[formula]]\nabs_x = true\nabs_y = true\n",
         "there:3: formula.abs_x says that this is another fractal than the Mandelbrot set, and only that one is drawn"},
        {"location.real = \"1\"\nformula = [{power = 3}]\n",
         "there:2: formula.power says that this is another fractal than the Mandelbrot set, and only that one is drawn"},
        {"real = \"1\nimag = \"2\"\n",
         "there:1: a string does not end: close it with the quotes that it began with"},
        {"real = '''1\nimag = '2'\n",
         "there:1: a string does not end: close it with the quotes that it began with"},
        {"real = '''\n1\n'''\nimag = \n",
         "there:4: a key has no value: a location is written in lines such as zoom = \"1e50\""},
        {"real = \"\\q\"\n",
         "there:1: a string has a backslash with no meaning: write '...' around it"},
        {"real\n",
         "there:1: a key has no value: a location is written in lines such as zoom = \"1e50\""},
        {"real =\n",
         "there:1: a key has no value: a location is written in lines such as zoom = \"1e50\""},
        {"= 3\n",
         "there:1: a key is missing or is not whole: a location is written in lines such as zoom = \"1e50\""},
        {"\n[location\nreal = 1\n", "there:2: the name of a table does not end: close it with ]"},
        {"[[location]\n", "there:1: the name of a table does not end: close it with ]"},
        {"a = [1, 2\n\nb = 3", "there:3: an array does not end: close it with ]"},
        {"a = { b = 3", "there:1: an inline table does not end: close it with }"},
        {"a = 1 2\n",
         "there:1: something stands after a value: begin a new line, or put quotes around all of it"},
        {"location.real = [\"1\"]\n",
         "there:1: location.real '' is not a decimal number such as -0.75 or 1.5e40"},
    };
    for (size_t k = 0; k < sizeof known / sizeof *known; k++) {
        struct location location;
        struct failure failure;
        CHECK(!parse(&location, known[k].text, &failure));
        CHECK_INT(EXIT_USAGE, failure.exit_status);
        CHECK_TEXT(known[k].line, failure.text);
        location_free(&location);
    }
    /* In each other, without end. */
    struct location location;
    struct failure failure;
    char deep[4100] = "a = ";
    memset(deep + 4, '[', sizeof deep - 5);
    CHECK(!parse(&location, deep, &failure));
    CHECK_TEXT("there:1: more than 32 arrays and tables in each other: this is not a location",
               failure.text);
    failure = (struct failure){0};
    CHECK(!location_parse(&location, "there", "Re: 1\nIm: 2\nZoom: 3\n\0Re: 4", 27, &failure));
    CHECK_TEXT("there: holds a zero byte: a location is a text file", failure.text);
}

/* `count` digits after "0.". */
static char *digits_new(size_t count) {
    char *text = malloc(count + 3);
    strcpy(text, "0.");
    for (size_t k = 0; k < count; k++)
        text[2 + k] = (char)('0' + (7 * k + 3) % 10);
    text[count + 2] = '\0';
    return text;
}

static void test_long(void) {
    char *digits = digits_new(10000), *most = digits_new(DECIMAL_CHARACTERS_MAX - 2),
         *many = digits_new(DECIMAL_CHARACTERS_MAX - 1);
    char *text = malloc(3 * DECIMAL_CHARACTERS_MAX);
    struct location location;
    struct failure failure;
    sprintf(text, "Re: -%s\nIm: %s\nZoom: 1.%se9000\n", digits, digits, digits + 2);
    if (CHECK(parse(&location, text, &failure))) {
        char zoom[DECIMAL_SCALED_BYTES];
        CHECK(location.re[0] == '-' && strcmp(location.re + 1, digits) == 0 &&
              strcmp(location.im, digits) == 0);
        CHECK(location_zoom(&location, 3, 4, zoom, &failure));
        CHECK_TEXT("1.30741852963074185296307418529630741852963074e9000", zoom);
    }
    location_free(&location);
    sprintf(text, "real = \"%s\"\nimag = \"%s\"\nzoom = \"1\"\n", most, digits);
    CHECK(parse(&location, text, &failure) && strcmp(location.re, most) == 0);
    location_free(&location);
    sprintf(text, "real = \"%s\"\nimag = \"0\"\nzoom = \"1\"\n", many);
    CHECK(!parse(&location, text, &failure));
    CHECK_TEXT(
        "there:1: real '0.30741852963074185296307418529630741852...' has more than 400000 characters",
        failure.text);
    location_free(&location);
    free(text);
    free(many);
    free(most);
    free(digits);
}

static void test_files(void) {
    scratch_begin();
    struct location location;
    struct failure failure = {0};
    const char *path = scratch_path("seahorse.kfr");
    scratch_write(path, "\xEF\xBB\xBFRe: -0.75\r\nIm: 0.1\r\nZoom: 8\r\nImagPointsUp: 1");
    CHECK(location_load(&location, path, &failure));
    char zoom[DECIMAL_SCALED_BYTES];
    CHECK(location_zoom(&location, 1200, 800, zoom, &failure));
    CHECK_TEXT("-0.75", location.re);
    CHECK_TEXT("4", zoom);
    CHECK_TEXT("", location.left_out);
    location_free(&location);

    CHECK(!location_load(&location, scratch_path("none.kfr"), &failure));
    CHECK_INT(EXIT_USAGE, failure.exit_status);
    CHECK(strstr(failure.text, "cannot read the location '") == failure.text);
    location_free(&location);

    char *large = malloc(LOCATION_FILE_BYTES_MAX + 100);
    memset(large, 'x', LOCATION_FILE_BYTES_MAX + 99);
    large[LOCATION_FILE_BYTES_MAX + 99] = '\0';
    for (size_t k = 1000; k < LOCATION_FILE_BYTES_MAX; k += 1000)
        large[k] = '\n';
    scratch_write(path, large);
    failure = (struct failure){0};
    CHECK(!location_load(&location, path, &failure));
    CHECK(strstr(failure.text, "more than 4 MiB") != NULL);
    location_free(&location);
    free(large);
    scratch_end();
}

int main(int argc, char **argv) {
    static const struct check_test tests[] = {
        {"decimal texts are rewritten", test_rewritten},
        {"scaled numbers are rounded right", test_scaled},
        {"Kalles Fraktaler", test_kalles},
        {"Fraktaler-3", test_fraktaler},
        {"rust-fractal", test_rust},
        {"bad texts are refused", test_refused},
        {"numbers of many digits", test_long},
        {"files", test_files},
        {0},
    };
    return check_main("locations", tests, argc, argv);
}
