/* SPDX-License-Identifier: MIT
 * The trial notices kernels that are wrong: the text that the library would compile is replaced by
 * one in which a constant, a sign or an operation is another, and no device passes with it. Exit
 * status 77, skipped, unless PLAIT_REQUIRE_DEVICE is set: each is compiled, which takes a while. */
#include "check.h"

#include "plait/plait.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* In place of those that CMake makes of the text. */
enum { SOURCE_BYTES = 65536 };
unsigned char plait_opencl_source[SOURCE_BYTES];
size_t plait_opencl_source_bytes;

static char original[SOURCE_BYTES];

struct mutant {
    const char *right, *wrong; /* the first place where it stands */
    const char *why;           /* part of the reason */
};

static const struct mutant mutants[] = {
    {"6364136223846793005UL", "6364136223846793003UL", "of 1024 darts of rxs64"},
    {"1442695040888963407UL", "1442695040888963405UL", "of 1024 darts of rxs64"},
    {"12605985483714917081UL", "12605985483714917089UL", "darts of rxs64"},
    {"(word >> 43) ^ word", "(word >> 42) ^ word", "darts of rxs64"},
    {"1073649197U < 1073834474U", "1073649197U < 1073649198U", "darts of rxs64"},
    {"(32 - rotation) & 31", "(31 - rotation) & 31", "darts of pcg32"},
    {"(ulong)(y * y) < (1UL << 62)", "(ulong)(y * y) < (1UL << 61)", "darts of pcg32"},
    {"= fma(a, b, c);", "= a * b + c;", "its arithmetic of floats differs"},
    {"= a + b;", "= a - b;", "its arithmetic of floats differs"},
    {"fma(x, (float4)(y.s3), s3)", "fma(x, (float4)(y.s2), s3)", "labels of k-means"},
    {"second = fmin(second, fmax(best, s))", "second = fmin(second, s)", "labels of k-means"},
    {"= select(label, (int4)(first + j), less)", "= (int4)(first + j)", "labels of k-means"},
    {"label = (int4)(found[place.x]", "label = (int4)(0 * found[place.x]", "labels of k-means"},
    {"(first_block + mine.w) * size", "mine.w * size", "labels of k-means"},
    {"const double a = abc[3 * k], b = abc[3 * k + 1], c = abc[3 * k + 2];\n    results[4 * k] = fma(a, b, c);",
     "const double a = abc[3 * k], b = abc[3 * k + 1], c = abc[3 * k + 2];\n    results[4 * k] = a * b + c;",
     "its arithmetic differs"},
    {"fma(x, x, fma(-y, y, cr))", "fma(x, x, fma(-y, y, ci))", "pixel has count"},
    {"y = fma(x + x, y, ci);", "y = fma(x, y, ci);", "pixel has count"},
    {"BLOCK = 8", "BLOCK = 7", "pixel has count"},
    {"0.0625 - m", "0.0825 - m", "pixel has count"},
    {"julia ? job[CRE] : px", "julia ? job[CIM] : px", "a Julia pixel has count"},
    {"cr >= job[BLIND_MIN_CR]", "cr <= job[BLIND_MIN_CR] || 1", "pixel has count"},
    {"(double)row, job[DY]", "(double)row, job[CY]", "pixel has count"},
    {"GROUP = 4", "GROUP = FOUR", "its compiler refuses the kernels"},
};

static void set_source(const struct mutant *mutant) {
    const char *place = mutant ? strstr(original, mutant->right) : original;
    if (!CHECK(place != NULL))
        return;
    const size_t before = (size_t)(place - original);
    const size_t skip = mutant ? strlen(mutant->right) : 0;
    plait_opencl_source_bytes =
        (size_t)snprintf((char *)plait_opencl_source, SOURCE_BYTES, "%.*s%s%s", (int)before,
                         original, mutant ? mutant->wrong : "", place + skip);
}

static bool passes(char *why) {
    struct plait_device_info info;
    struct plait_device *device = plait_device_open(PLAIT_ALL_DEVICES, 0, &info, why);
    plait_device_close(device);
    return device != NULL;
}

static void test_mutants(void) {
    char why[PLAIT_DEVICE_WHY_BYTES];
    set_source(NULL);
    CHECK(passes(why));
    for (size_t k = 0; k < sizeof mutants / sizeof *mutants; k++) {
        set_source(&mutants[k]);
        const bool passed = passes(why);
        printf("%s: %s\n", mutants[k].wrong, passed ? "PASSED" : why);
        check_that(!passed && strstr(why, mutants[k].why), __FILE__, __LINE__, "%s: %s",
                   mutants[k].wrong, why);
    }
}

int main(int argc, char **argv) {
    static const struct check_test tests[] = {{"mutants", test_mutants}, {0}};
    FILE *file = fopen(PLAIT_KERNELS, "r");
    const size_t bytes = file ? fread(original, 1, SOURCE_BYTES - 64, file) : 0;
    if (file)
        fclose(file);
    if (bytes == 0)
        return 1;
    if (!getenv("PLAIT_REQUIRE_DEVICE")) { /* as ./dev test pocl sets it */
        printf("SKIPPED: not in a part of the test with a device\n");
        return 77;
    }
    return check_main("device_mutants", tests, argc, argv);
}
