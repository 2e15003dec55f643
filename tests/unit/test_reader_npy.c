/* SPDX-License-Identifier: MIT
 * NumPy's array files byte by byte: headers of all formats, items of both byte orders, and what is
 * refused. */
#include "files/reader_npy.h"

#include "random_draw.h"
#include "scratch.h"
#include "suite.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Writes magic, version, length of the dictionary, dictionary and data. */
static const char *make(int version, const char *dictionary, const void *data, size_t bytes) {
    const char *path = scratch_path("a.npy");
    const size_t length = strlen(dictionary);
    FILE *stream = fopen(path, "wb");
    CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
    fwrite("\x93NUMPY", 1, 6, stream);
    fputc(version, stream);
    fputc(0, stream);
    for (int k = 0; k < (version == 1 ? 2 : 4); k++)
        fputc((int)(length >> (8 * k) & 0xff), stream);
    fwrite(dictionary, 1, length, stream);
    fwrite(data, 1, bytes, stream);
    CU_ASSERT_EQUAL_FATAL(fclose(stream), 0);
    return path;
}

static const uint8_t bytes_1_to_24[24] = {1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12,
                                          13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24};

static struct npy_reader open_good(int version, const char *dictionary) {
    struct npy_reader reader;
    struct failure failure = {0};
    const char *path = make(version, dictionary, bytes_1_to_24, sizeof bytes_1_to_24);
    CU_ASSERT_TRUE(npy_open(&reader, path, &failure));
    if (failure.exit_status != EXIT_DONE)
        printf("\n  %s: %s\n", dictionary, failure.text);
    return reader;
}

static void test_headers(void) {
    struct npy_reader reader =
        open_good(1, "{'descr': '<i4', 'fortran_order': False, 'shape': (3, 2), }   \n");
    const struct npy_header *header = &reader.header;
    CU_ASSERT_EQUAL(header->type, NPY_INT32);
    CU_ASSERT_FALSE(header->fortran);
    CU_ASSERT_EQUAL(header->dimensions, 2);
    CU_ASSERT_EQUAL(header->shape[0], 3);
    CU_ASSERT_EQUAL(header->shape[1], 2);
    CU_ASSERT_EQUAL(header->items, 6);
    npy_close(&reader);

    /* Any order, other quotes and blanks, a number of Python 2. */
    reader = open_good(2, "{\"shape\":( 3L ,),\"fortran_order\" : True , \"descr\":\"|u1\"}");
    CU_ASSERT_EQUAL(header->type, NPY_UINT8);
    CU_ASSERT_TRUE(header->fortran);
    CU_ASSERT_FALSE(header->swapped);
    CU_ASSERT_EQUAL(header->dimensions, 1);
    CU_ASSERT_EQUAL(header->items, 3);
    npy_close(&reader);

    reader = open_good(3, "{'descr': '=f8', 'fortran_order': False, 'shape': ()}");
    CU_ASSERT_EQUAL(header->dimensions, 0);
    CU_ASSERT_EQUAL(header->items, 1);
    npy_close(&reader);

    reader = open_good(1, "{'descr': '<c16', 'fortran_order': False, 'shape': "
                          "(99999999999, 99999999999, 0)}");
    CU_ASSERT_EQUAL(header->type, NPY_COMPLEX128);
    CU_ASSERT_EQUAL(header->items, 0);
    npy_close(&reader);
}

/* The first two items of the bytes 1, 2, 3, ... */
static void test_byte_orders(void) {
    struct failure failure = {0};
    struct npy_reader reader =
        open_good(1, "{'descr': '<u4', 'fortran_order': False, 'shape': (6,)}");
    uint32_t four[2];
    CU_ASSERT_TRUE(npy_read(&reader, four, 2, &failure));
    CU_ASSERT_EQUAL(four[0], 0x04030201);
    CU_ASSERT_EQUAL(four[1], 0x08070605);
    npy_close(&reader);
    reader = open_good(1, "{'descr': '>u4', 'fortran_order': False, 'shape': (6,)}");
    CU_ASSERT_TRUE(npy_read(&reader, four, 2, &failure));
    CU_ASSERT_EQUAL(four[0], 0x01020304);
    CU_ASSERT_EQUAL(four[1], 0x05060708);
    npy_close(&reader);

    uint64_t eight;
    reader = open_good(1, "{'descr': '>i8', 'fortran_order': False, 'shape': (3,)}");
    CU_ASSERT_TRUE(npy_read(&reader, &eight, 1, &failure));
    CU_ASSERT_EQUAL(eight, UINT64_C(0x0102030405060708));
    npy_close(&reader);
    uint8_t complex[8];
    reader = open_good(1, "{'descr': '>c8', 'fortran_order': False, 'shape': (3,)}");
    CU_ASSERT_EQUAL(reader.header.type, NPY_COMPLEX64);
    CU_ASSERT_TRUE(npy_read(&reader, complex, 1, &failure));
    const uint16_t probe = 1;
    const bool little = *(const uint8_t *)&probe == 1;
    CU_ASSERT_EQUAL(
        memcmp(complex, little ? "\4\3\2\1\x8\7\6\5" : "\1\2\3\4\5\6\7\x8", sizeof complex), 0);
    npy_close(&reader);
}

static void test_reads_again(void) {
    struct failure failure = {0};
    uint8_t items[24];
    struct npy_reader reader =
        open_good(1, "{'descr': '|u1', 'fortran_order': False, 'shape': (24,)}");
    for (int pass = 0; pass < 2; pass++) {
        CU_ASSERT_TRUE(npy_read(&reader, items, 5, &failure));
        CU_ASSERT_TRUE(npy_read(&reader, items + 5, 19, &failure));
        CU_ASSERT_EQUAL(memcmp(items, bytes_1_to_24, 24), 0);
        CU_ASSERT_TRUE(npy_rewind(&reader, &failure));
    }
    CU_ASSERT_EQUAL(failure.exit_status, EXIT_DONE);
    CU_ASSERT_TRUE(npy_read(&reader, items, 24, &failure));
    CU_ASSERT_FALSE(npy_read(&reader, items, 1, &failure));
    CU_ASSERT_EQUAL(failure.exit_status, EXIT_RUN);
    CU_ASSERT_PTR_NOT_NULL(strstr(failure.text, "a.npy': it became shorter"));
    npy_close(&reader);
}

static void check_refused(const char *path, const char *expected) {
    struct npy_reader reader;
    struct failure failure = {0};
    CU_ASSERT_FALSE(npy_open(&reader, path, &failure));
    CU_ASSERT_PTR_NULL(reader.stream);
    CU_ASSERT_EQUAL(failure.exit_status, EXIT_USAGE);
    CU_ASSERT_PTR_NOT_NULL(strstr(failure.text, expected));
    if (!strstr(failure.text, expected))
        printf("\n  got:      %s\n  expected: %s\n", failure.text, expected);
    npy_close(&reader);
}

static void check_header(const char *dictionary, const char *expected) {
    check_refused(make(1, dictionary, bytes_1_to_24, sizeof bytes_1_to_24), expected);
}

#define REST ", 'fortran_order': False, 'shape': (3, 2)}"

static void test_wrong_headers(void) {
    static const char *const types[] = {
        "'<U5'",  "'|O'",  "'<i3'", "'<i44'",    "'i4'",
        "'!i4'",  "''",    "'<'",   "'<f16'",    "[('x', '<i4')]",
        "'<i4 '", "'|V8'", "4",     "'\\x3ci4'", "'<datetime64[ns]'"};
    char dictionary[256], expected[64];
    for (size_t k = 0; k < sizeof types / sizeof *types; k++) {
        snprintf(dictionary, sizeof dictionary, "{'descr': %s" REST, types[k]);
        snprintf(expected, sizeof expected, "a.npy' holds %s, which are no plain numbers",
                 types[k]);
        check_header(dictionary, expected);
    }
    static const char *const shapes[] = {"3",     "(3",     "(-1,)",  "(1.5,)",
                                         "(3 2)", "('3',)", "[3, 2]", "(99999999999999999999,)",
                                         "(,)",   "(3,,2)"};
    for (size_t k = 0; k < sizeof shapes / sizeof *shapes; k++) {
        snprintf(dictionary, sizeof dictionary,
                 "{'descr': '<i4', 'fortran_order': False, 'shape': %s}", shapes[k]);
        check_header(dictionary, "a damaged shape");
    }
    check_header("{'descr': '<i4', 'fortran_order': 0, 'shape': (3,)}", "neither True nor False");
    check_header("{'descr': '<i4', 'fortran_order': False, 'shape': (4294967296, 4294967296)}",
                 "too large");
    check_header("{'descr': '<i8', 'fortran_order': False, 'shape': (1152921504606846976,)}",
                 "too large");
    check_header("{'descr': '<i4'" REST " x", "damaged");
    check_header("{'descr': '<i4', 'shape': (3,)}", "damaged");
    check_header("{'descr': '<i4' 'fortran_order': False}", "damaged");
    check_header("{'descr' '<i4'" REST, "damaged");
    check_header("{'descr': '<i4', 'descr': '<i4'" REST, "an entry twice in its header");
    check_header("{'color': 'red'" REST, "an unknown entry in its header");
    check_header("", "damaged");
    check_header("{", "damaged");
    check_header("{'descr': '<i4'", "damaged");
}

static void test_wrong_files(void) {
    const char *good = "{'descr': '<i4', 'fortran_order': False, 'shape': (3, 2)}";
    size_t bytes = 0;
    check_refused(make(1, good, bytes_1_to_24, 23), "is cut off, it has 23 of 24 bytes");
    check_refused(make(4, good, bytes_1_to_24, 24), "has format 4.0: write it in 1.0, 2.0 or 3.0");
    check_refused(make(0, good, bytes_1_to_24, 24), "has format 0.0");

    make(1, good, bytes_1_to_24, sizeof bytes_1_to_24);
    uint8_t *file = scratch_read(scratch_path("a.npy"), &bytes);
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    for (size_t cut = 0; cut < bytes; cut++) {
        FILE *stream = fopen(scratch_path("cut.npy"), "wb");
        CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
        fwrite(file, 1, cut, stream);
        fclose(stream);
        check_refused(scratch_path("cut.npy"), cut < 8 ? "is no NumPy file: write it by numpy.save"
                                               : cut < bytes - sizeof bytes_1_to_24
                                                   ? "is cut off in its header"
                                                   : "bytes of numbers");
    }
    /* A length that no program writes. */
    file[6] = 2;
    memset(file + 8, 0xff, 4);
    FILE *stream = fopen(scratch_path("long.npy"), "wb");
    CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
    fwrite(file, 1, bytes, stream);
    fclose(stream);
    check_refused(scratch_path("long.npy"), "too long");
    free(file);

    scratch_write(scratch_path("text.npy"), "P6\n1 1\n255\n");
    check_refused(scratch_path("text.npy"), "is no NumPy file");
    check_refused(scratch_path("absent.npy"), "absent.npy': No such file");
    check_refused(scratch_path(""), "is not a regular file");
    CU_ASSERT_EQUAL(mkfifo(scratch_path("pipe.npy"), 0600), 0);
    check_refused(scratch_path("pipe.npy"), "is not a regular file");
}

/* What is written, in addition to test_image.c: one dimension, and the longest shape of two. */
static void test_writes_headers(void) {
    const uint64_t one = 5, two[] = {UINT64_MAX, UINT64_MAX};
    const uint16_t probe = 1;
    const char order = *(const uint8_t *)&probe == 1 ? '<' : '>';
    char header[NPY_HEADER_BYTES], text[NPY_HEADER_BYTES];
    npy_header_make(NPY_INT64, 1, &one, header);
    snprintf(text, sizeof text, "{'descr': '%ci8', 'fortran_order': False, 'shape': (5,), }  ",
             order);
    CU_ASSERT_EQUAL(memcmp(header, "\x93NUMPY\x01\x00\x76\x00", 10), 0); /* 0x76 = 128 - 10 */
    CU_ASSERT_EQUAL(memcmp(header + 10, text, strlen(text)), 0);
    CU_ASSERT_EQUAL(strspn(header + 10 + strlen(text), " "), 117 - strlen(text));
    CU_ASSERT_EQUAL(header[127], '\n');
    npy_header_make(NPY_COMPLEX128, 2, two, header);
    CU_ASSERT_PTR_NOT_NULL(
        strstr(header + 10, "'shape': (18446744073709551615, 18446744073709551615), } "));
    CU_ASSERT_EQUAL(header[127], '\n');
}

/* Shapes as Python writes them. */
static void test_shapes(void) {
    char text[NPY_SHAPE_BYTES];
    uint64_t shape[NPY_DIMENSIONS_MAX] = {3, 0, UINT64_MAX};
    npy_shape_text(0, shape, text);
    CU_ASSERT_STRING_EQUAL(text, "()");
    npy_shape_text(1, shape, text);
    CU_ASSERT_STRING_EQUAL(text, "(3,)");
    npy_shape_text(3, shape, text);
    CU_ASSERT_STRING_EQUAL(text, "(3, 0, 18446744073709551615)");
    for (size_t k = 0; k < NPY_DIMENSIONS_MAX; k++)
        shape[k] = UINT64_MAX;
    npy_shape_text(NPY_DIMENSIONS_MAX, shape, text);
    CU_ASSERT_EQUAL(strlen(text), 22 * NPY_DIMENSIONS_MAX);
}

/* Bytes turned at random in the header: read or refused, and nothing breaks. */
static void test_random_headers(void) {
    const char *good = "{'descr': '<i4', 'fortran_order': False, 'shape': (3, 2), }";
    static const char letters[] = "{}()[]'\",: 0123456789<>i4fTrueLx\\";
    uint64_t state = 42;
    for (int trial = 0; trial < 1000; trial++) {
        char header[128];
        strcpy(header, good);
        for (uint64_t changes = 1 + random_draw(&state) % 3; changes > 0; changes--)
            header[random_draw(&state) % strlen(good)] =
                letters[random_draw(&state) % (sizeof letters - 1)];
        struct npy_reader reader;
        struct failure failure = {0};
        const bool opened =
            npy_open(&reader, make(1, header, bytes_1_to_24, sizeof bytes_1_to_24), &failure);
        CU_ASSERT_EQUAL(failure.exit_status, opened ? EXIT_DONE : EXIT_USAGE);
        if (opened)
            CU_ASSERT_TRUE(reader.header.items * npy_types[reader.header.type].bytes <= 24);
        npy_close(&reader);
    }
}

int main(void) {
    static CU_TestInfo tests[] = {
        {"headers", test_headers},
        {"byte orders", test_byte_orders},
        {"reads again", test_reads_again},
        {"wrong headers", test_wrong_headers},
        {"wrong files", test_wrong_files},
        {"writes headers", test_writes_headers},
        {"shapes", test_shapes},
        {"random headers", test_random_headers},
        CU_TEST_INFO_NULL,
    };
    return run_suite_between("npy", scratch_begin, scratch_end, tests);
}
