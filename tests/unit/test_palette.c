/* SPDX-License-Identifier: MIT
 * Palettes: the tables are matplotlib's, and files of colours are read as documented. */
#include "check.h"
#include "image/palette_file.h"
#include "plait/digest.h"
#include "scratch.h"

#include <stdio.h>
#include <string.h>

static uint64_t checksum(const struct palette *palette) {
    return plait_digest_bytes((const unsigned char *)palette->rgb, sizeof palette->rgb);
}

/* Of cm.NAME(range(256), bytes=True)[:, :3], computed with matplotlib 3.6.3 and 3.11.2, which
 * agree. */
static void test_tables(void) {
    static const struct {
        const char *name;
        uint64_t checksum;
    } known[] = {
        {"viridis", UINT64_C(0x90c6ad65c23a4182)}, {"plasma", UINT64_C(0xf6c435109a1ec502)},
        {"magma", UINT64_C(0x31dde46d7e819339)},   {"inferno", UINT64_C(0x6141c43a197621e9)},
        {"cividis", UINT64_C(0x4ba40aeb8cf0b6c5)}, {"turbo", UINT64_C(0x4ee05738aea3685a)},
        {"grey", UINT64_C(0x32980c901ef4f3d5)},
    };
    size_t count = 0;
    while (palette_at(count))
        count++;
    CHECK_INT(sizeof known / sizeof *known, count);
    CHECK(palette_at(1000) == NULL);
    CHECK(palette_names[count] == NULL);
    for (size_t k = 0; k < sizeof known / sizeof *known; k++) {
        const struct palette *palette = palette_find(known[k].name);
        CHECK_TEXT(known[k].name, palette_at(k)->name);
        CHECK_TEXT(known[k].name, palette_names[k]);
        CHECK(palette == palette_at(k));
        CHECK_HEX(known[k].checksum, checksum(palette));
    }
}

static void test_names(void) {
    struct palette palette;
    struct failure failure = {0};
    CHECK(palette_load("magma", &palette, &failure));
    CHECK_TEXT("magma", palette.name);
    CHECK(memcmp(&palette, &palette_magma, sizeof palette) == 0);

    CHECK(!palette_load("virids", &palette, &failure));
    CHECK_INT(EXIT_USAGE, failure.exit_status);
    CHECK_TEXT("--palette: no palette 'virids' (did you mean viridis?): there are viridis, plasma, "
               "magma, inferno, cividis, turbo, grey, or name a file of colours",
               failure.text);
}

static bool load(const char *content, struct palette *palette, struct failure *failure) {
    const char *path = scratch_path("colours.txt");
    *failure = (struct failure){0};
    scratch_write(path, content);
    return palette_load(path, palette, failure);
}

static bool is_colour(const struct palette *palette, size_t index, int red, int green, int blue) {
    const uint8_t *rgb = palette->rgb[index];
    return rgb[0] == red && rgb[1] == green && rgb[2] == blue;
}

static void test_files(void) {
    struct palette palette;
    struct failure failure;
    scratch_begin();
    CHECK(load("#000000\nffFFff", &palette, &failure));
    for (size_t k = 0; k < PALETTE_COLOURS; k++)
        CHECK(is_colour(&palette, k, (int)k, (int)k, (int)k));

    /* Comments, blanks, lines of other systems; three colours, the middle between 127 and 128. */
    CHECK(load("# a comment\n#\n\n \t\r\n#ff0000 # red\n  00ff00\t#\tgreen\r\n#0000ff\n#\tend\n",
               &palette, &failure));
    CHECK(is_colour(&palette, 0, 255, 0, 0));
    CHECK(is_colour(&palette, 127, 1, 254, 0));
    CHECK(is_colour(&palette, 128, 0, 254, 1));
    CHECK(is_colour(&palette, 255, 0, 0, 255));
    CHECK(strcmp(palette.name, scratch_path("colours.txt")) == 0);

    CHECK(load("\xef\xbb\xbf"
               "0000ff\r\nff0000\r",
               &palette, &failure));
    CHECK(is_colour(&palette, 0, 0, 0, 255) && is_colour(&palette, 255, 255, 0, 0));
    scratch_end();
}

/* 256 colours are taken as they are, and of more every so-manieth. */
static void test_many_colours(void) {
    char content[8 * 511 + 1];
    struct palette palette;
    struct failure failure;
    scratch_begin();
    for (int step = 1; step <= 2; step++) {
        size_t at = 0;
        for (int k = 0; k < 255 * step + 1; k++)
            at += (size_t)sprintf(content + at, "#%02x%02x%02x\n", (unsigned)(k / step),
                                  255 - (unsigned)(k / step), (unsigned)(k / step * 7 % 256));
        CHECK(load(content, &palette, &failure));
        for (int k = 0; k < PALETTE_COLOURS; k++)
            CHECK(is_colour(&palette, (size_t)k, k, 255 - k, k * 7 % 256));
    }
    scratch_end();
}

/* Fractint's and GIMP's lists; what the files call their colours does not count. */
static void test_decimal_files(void) {
    static const char *const files[] = {
        "  0   0   0\n255 0 255 a comment\n",
        "GIMP Palette\r\nName: two\r\nColumns: 2\r\n#\r\n#remark\r\n  0\t0 0\tblack\r\n255   0 255 255 0\r\n",
        "GIMP Palette\nChannels: RGBA\n0 0 0 255\n255 0 255 255 none",
        "# mine\n0 0 0\n\n255 0 255",
    };
    struct palette palette;
    struct failure failure;
    scratch_begin();
    for (size_t f = 0; f < sizeof files / sizeof *files; f++) {
        CHECK(load(files[f], &palette, &failure));
        for (int k = 0; k < PALETTE_COLOURS; k++)
            CHECK(is_colour(&palette, (size_t)k, k, 0, k));
    }
    scratch_end();
}

/* Segments of all three kinds of middle, of each blending: checksums of Pillow's
 * GimpGradientFile.getpalette(256), without its opacity (Pillow 13). */
static void test_gradients(void) {
    static const uint64_t checksums[] = {
        UINT64_C(0xd9ba2f054f1f0bb4), UINT64_C(0xbd4648177696efc0), UINT64_C(0x242d5531bd1ae0d1),
        UINT64_C(0x54381a1320ca3927), UINT64_C(0x5ddb21f18d81bdef),
    };
    struct palette palette;
    struct failure failure;
    scratch_begin();
    for (int b = 0; b < 5; b++) {
        char text[512];
        snprintf(text, sizeof text,
                 "GIMP Gradient\nName: all\n3\n"
                 "0.000000 0.100000 0.300000 0 0 1 1 1 0.5 0 1 %d 0 0 0\n"
                 "0.300000 0.500000 0.600000 1 0.5 0 1 0.2 0.9 0.4 0.5 %d 0 0 0\n"
                 "0.600000 0.800000 1.000000 0.2 0.9 0.4 0.5 1 1 1 1 %d 0 0 0\n",
                 b, b, b);
        CHECK(load(text, &palette, &failure));
        CHECK_HEX(checksums[b], checksum(&palette));
    }
    /* A step, in a file of 13 numbers without a name; and a segment without a length. */
    CHECK(load("GIMP Gradient\n2\n0 0.5 1 0 0 0 1 1 1 1 1 5 0\n1 1 1 0 0 0 1 1 1 1 1 0 0\n",
               &palette, &failure));
    CHECK(is_colour(&palette, 127, 0, 0, 0) && is_colour(&palette, 128, 255, 255, 255));
    CHECK(is_colour(&palette, 255, 255, 255, 255));
    scratch_end();
}

/* Checksums of hues that rise (1) or fall (2) linearly, by Python's colorsys. */
static void test_gradient_hues(void) {
    static const struct {
        const char *colours;
        uint64_t checksums[2];
    } hues[] = {
        {"1 0 0 1 0 0 1 1", {UINT64_C(0x81c1b3869414bc25), UINT64_C(0x55d4767d585c4e25)}},
        {"0.2 0.3 0.9 1 0.9 0.8 0.1 1",
         {UINT64_C(0xdddcf20b43eecdc3), UINT64_C(0xd934b7e84a93af1a)}},
        {"0 0 0 1 1 1 1 1", {UINT64_C(0x3ac8574c48f9b025), UINT64_C(0x3ac8574c48f9b025)}},
        {"0.9 0.1 0.5 1 0.1 0.6 0.3 1",
         {UINT64_C(0x89135a3716ec5469), UINT64_C(0x88f0482796db619a)}},
    };
    struct palette palette;
    struct failure failure;
    scratch_begin();
    for (size_t k = 0; k < sizeof hues / sizeof *hues; k++)
        for (int kind = 1; kind <= 2; kind++) {
            char text[128];
            snprintf(text, sizeof text, "GIMP Gradient\nName: h\n1\n0 0.5 1 %s 0 %d\n",
                     hues[k].colours, kind);
            CHECK(load(text, &palette, &failure));
            CHECK_HEX(hues[k].checksums[kind - 1], checksum(&palette));
        }
    scratch_end();
}

/* Six decimal digits may leave a gap between segments, and before the first: what lies there has
 * the colour of the end next to it, whatever the blending. */
static void test_gradient_gaps(void) {
    struct palette palette;
    struct failure failure;
    scratch_begin();
    for (int b = 0; b < 6; b++) {
        char text[256];
        snprintf(text, sizeof text,
                 "GIMP Gradient\n2\n0.000001 0.2 0.333333 1 0 0 1 0 1 0 1 %d 0\n"
                 "0.333334 0.6 1 0 0 1 1 1 1 1 1 %d 0\n",
                 b, b);
        CHECK(load(text, &palette, &failure));
        CHECK(is_colour(&palette, 0, 255, 0, 0));
        CHECK(is_colour(&palette, 85, 0, 0, 255)); /* at 1 / 3 */
    }
    scratch_end();
}

static void test_broken_files(void) {
    static const struct {
        const char *content, *error;
    } broken[] = {
        {"", ": too few colours, 0: a palette has 2 or more"},
        {"# nothing\n\n", ": too few colours, 0: a palette has 2 or more"},
        {"ff0000\n# one\n", ": too few colours, 1: a palette has 2 or more"},
        {"ff0000\n0000ff\nzzz\n", ":3: 'zzz' is not a colour: write rrggbb or #rrggbb"},
        {"ff000\n", ":1: 'ff000' is not a colour: write rrggbb or #rrggbb"},
        {"ff00000\n", ":1: 'ff00000' is not a colour: write rrggbb or #rrggbb"},
        {"0xff00\n", ":1: '0xff00' is not a colour: write rrggbb or #rrggbb"},
        {"+f0000\n", ":1: '+f0000' is not a colour: write rrggbb or #rrggbb"},
        {"##ff0000\n", ":1: '##ff0000' is not a colour: write rrggbb or #rrggbb"},
        {"#comment\n", ":1: '#comment' is not a colour: write rrggbb or #rrggbb"},
        {"ff0000 00ff00\n", ":1: 'ff0000 00ff00' is not a colour: write rrggbb or #rrggbb"},
        {"ff0000\r00ff00\r",
         ":1: a carriage return stands within the line: end lines by line feeds"},
        {"ff0000\n\x01\n", ":2: holds the byte 0x01: give a text file with a colour on each line"},
        {"ff0000 \x7f\n", ":1: holds the byte 0x7f: give a text file with a colour on each line"},
        {"ff,0000\n", ":1: 'ff,0000' is not a colour: write rrggbb or #rrggbb"},
        {"ff0000#red\n", ":1: 'ff0000#red' is not a colour: write rrggbb or #rrggbb"},
        {"0 0 300\n1 1 1\n",
         ":1: '0 0 300' is not a colour: write red, green and blue from 0 to 255"},
        {" 1\t2\n", ":1: '1?2' is not a colour: write red, green and blue from 0 to 255"},
        {"000000 000000\n", ":1: '000000 000000' is not a colour: write rrggbb or #rrggbb"},
        {"0 0 0\n0 0 256\n",
         ":2: '0 0 256' is not a colour: write red, green and blue from 0 to 255"},
        {"0 0 0\nff0000\n",
         ":2: 'ff0000' is not a colour: write red, green and blue from 0 to 255"},
        {"0 0 0\n1 2\n", ":2: '1 2' is not a colour: write red, green and blue from 0 to 255"},
        {"0 0 0\n1 2 3x\n",
         ":2: '1 2 3x' is not a colour: write red, green and blue from 0 to 255"},
        {"0 0 0\n1 2 -3\n",
         ":2: '1 2 -3' is not a colour: write red, green and blue from 0 to 255"},
        {"GIMP Palette\nName: x\n1 2 3\n", ": too few colours, 1: a palette has 2 or more"},
        {"GIMP Gradient\n", ": the gradient has 0 segments of 0: give the whole file"},
        {"GIMP Gradient\nName: x\n0\n", ":3: '0' is no number of segments: it is 1 to 65536"},
        {"GIMP Gradient\n2\n0 0 1 0 0 0 1 1 1 1 1 0 0\n",
         ": the gradient has 1 segments of 2: give the whole file"},
        {"GIMP Gradient\n1\n0 0 0.5 0 0 0 1 1 1 1 1 0 0\n",
         ": the last segment ends at 0.5: end it at 1"},
        {"GIMP Gradient\n1\n0 0 1 0 0 0 1 1 1 1 1 0 0\n0\n",
         ":4: one segment too many: the file announces 1"},
        {"GIMP Gradient\n1\n0 0 1 0 0 0 1 1 1 1 1 0 x\n", ":3: a segment is a line of numbers"},
        {"GIMP Gradient\n1\n0 0 1 0 0 0 1 1 1 1 1 0 0 0 0 0\n",
         ":3: a segment is a line of numbers"},
        {"GIMP Gradient\n1\n0 0 1\n", ":3: a segment has 13 or 15 numbers"},
        {"GIMP Gradient\n1\n0 0 1 0 0 2 1 1 1 1 1 0 0\n", ":3: places and colours are from 0 to 1"},
        {"GIMP Gradient\n1\n0.5 0 1 0 0 0 1 1 1 1 1 0 0\n",
         ":3: the middle of a segment lies between its ends"},
        {"GIMP Gradient\n1\n0.5 0.6 1 0 0 0 1 1 1 1 1 0 0\n",
         ":3: a segment begins where the one before it ends, the first at 0"},
        {"GIMP Gradient\n1\n0 0 1 0 0 0 1 1 1 1 1 6 0\n",
         ":3: the twelfth number, the blending, is 0 to 5"},
        {"GIMP Gradient\n1\n0 0 1 0 0 0 1 1 1 1 1 0 0.5\n",
         ":3: the thirteenth number, the colouring, is 0 to 2"},
        {"GIMP Gradient\n1\n0 0 1 0 0 0 1 1 1 1 1 0 0 1 0\n",
         ":3: a colour is GIMP's foreground or background: choose fixed colours there"},
    };
    struct palette palette;
    struct failure failure;
    scratch_begin();
    for (size_t k = 0; k < sizeof broken / sizeof *broken; k++) {
        CHECK(!load(broken[k].content, &palette, &failure));
        CHECK_INT(EXIT_USAGE, failure.exit_status);
        const char *tail = strstr(failure.text, "colours.txt");
        CHECK_TEXT(broken[k].error, tail ? tail + strlen("colours.txt") : failure.text);
    }
    failure = (struct failure){0};
    CHECK(!palette_load(scratch_path(""), &palette, &failure));
    CHECK(strstr(failure.text, "Is a directory") != NULL);
    failure = (struct failure){0};
    CHECK(!palette_load_regular("/dev/null", &palette, &failure));
    CHECK_TEXT("cannot read the palette '/dev/null': it is not a regular file", failure.text);
    failure = (struct failure){0};
    CHECK(!palette_load("/dev/null", &palette, &failure));
    CHECK_TEXT("/dev/null: too few colours, 0: a palette has 2 or more", failure.text);
    failure = (struct failure){0};
    CHECK(palette_load_regular("magma", &palette, &failure));
    failure = (struct failure){0};
    CHECK(!palette_load(scratch_path("absent"), &palette, &failure));
    CHECK(strstr(failure.text, "No such file") != NULL);
    scratch_end();
}

int main(int argc, char **argv) {
    static const struct check_test tests[] = {
        {"tables", test_tables},
        {"names", test_names},
        {"files", test_files},
        {"many colours", test_many_colours},
        {"decimal files", test_decimal_files},
        {"gradients", test_gradients},
        {"gradient hues", test_gradient_hues},
        {"gradient gaps", test_gradient_gaps},
        {"broken files", test_broken_files},
        {0},
    };
    return check_main("palette", tests, argc, argv);
}
