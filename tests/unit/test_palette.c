/* SPDX-License-Identifier: MIT
 * Palettes: the tables are matplotlib's, and files of colours are read as documented. */
#include "check.h"
#include "image/palette_file.h"
#include "plait/digest.h"
#include "scratch.h"

#include <stdio.h>
#include <string.h>

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
        CHECK_HEX(known[k].checksum,
                  plait_digest_bytes((const unsigned char *)palette->rgb, sizeof palette->rgb));
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
        {"broken files", test_broken_files},
        {0},
    };
    return check_main("palette", tests, argc, argv);
}
