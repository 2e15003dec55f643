/* SPDX-License-Identifier: MIT
 * Reads /proc/cpuinfo, the device tree and the firmware's tables. */
#include "base/processor.h"

#include "base/system_file.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Parts by their numbers in the main identification register (MIDR): Arm's own, then others. The
 * numbers are those of the manuals of the cores, as Linux lists them in asm/cputype.h. */
static const struct {
    unsigned implementer, part;
    const char *name;
} parts[] = {
    {0x41, 0xb76, "ARM1176"},      {0x41, 0xc05, "Cortex-A5"},    {0x41, 0xc07, "Cortex-A7"},
    {0x41, 0xc08, "Cortex-A8"},    {0x41, 0xc09, "Cortex-A9"},    {0x41, 0xc0d, "Cortex-A17"},
    {0x41, 0xc0e, "Cortex-A17"},   {0x41, 0xc0f, "Cortex-A15"},   {0x41, 0xd01, "Cortex-A32"},
    {0x41, 0xd02, "Cortex-A34"},   {0x41, 0xd03, "Cortex-A53"},   {0x41, 0xd04, "Cortex-A35"},
    {0x41, 0xd05, "Cortex-A55"},   {0x41, 0xd06, "Cortex-A65"},   {0x41, 0xd07, "Cortex-A57"},
    {0x41, 0xd08, "Cortex-A72"},   {0x41, 0xd09, "Cortex-A73"},   {0x41, 0xd0a, "Cortex-A75"},
    {0x41, 0xd0b, "Cortex-A76"},   {0x41, 0xd0c, "Neoverse-N1"},  {0x41, 0xd0d, "Cortex-A77"},
    {0x41, 0xd0e, "Cortex-A76AE"}, {0x41, 0xd40, "Neoverse-V1"},  {0x41, 0xd41, "Cortex-A78"},
    {0x41, 0xd42, "Cortex-A78AE"}, {0x41, 0xd44, "Cortex-X1"},    {0x41, 0xd46, "Cortex-A510"},
    {0x41, 0xd47, "Cortex-A710"},  {0x41, 0xd48, "Cortex-X2"},    {0x41, 0xd49, "Neoverse-N2"},
    {0x41, 0xd4a, "Neoverse-E1"},  {0x41, 0xd4b, "Cortex-A78C"},  {0x41, 0xd4d, "Cortex-A715"},
    {0x41, 0xd4e, "Cortex-X3"},    {0x41, 0xd4f, "Neoverse-V2"},  {0x41, 0xd80, "Cortex-A520"},
    {0x41, 0xd81, "Cortex-A720"},  {0x41, 0xd82, "Cortex-X4"},    {0x41, 0xd84, "Neoverse-V3"},
    {0x41, 0xd8e, "Neoverse-N3"},  {0x42, 0x516, "ThunderX2"},    {0x43, 0x0af, "ThunderX2"},
    {0x46, 0x001, "A64FX"},        {0x48, 0xd01, "TaiShan v110"}, {0x4e, 0x004, "Carmel"},
    {0x61, 0x022, "M1 Icestorm"},  {0x61, 0x023, "M1 Firestorm"}, {0xc0, 0xac3, "Ampere-1"},
};

static const char cpuinfo[] = "/proc/cpuinfo";

static void append_text(char *text, size_t bytes, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static void append_text(char *text, size_t bytes, const char *format, ...) {
    const size_t used = strlen(text);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text + used, bytes - used, format, arguments);
    va_end(arguments);
}

static unsigned field_number(const char *root, const char *key, long *place) {
    char text[32];
    system_field(root, cpuinfo, key, place, text, sizeof text);
    return (unsigned)strtoul(text, NULL, 0);
}

/* "Cortex-A72 r0p3", and how many of each where there are several kinds. Each processor of the file
 * has its lines in the order implementer, variant, part, revision. */
static void name_parts(const char *root, char *name, size_t bytes) {
    enum { KINDS = 4 };
    struct {
        unsigned implementer, variant, part, revision, count;
    } kinds[KINDS];
    size_t count = 0;
    for (long place = 0;;) {
        char text[32];
        system_field(root, cpuinfo, "CPU implementer", &place, text, sizeof text);
        if (!text[0])
            break;
        const unsigned implementer = (unsigned)strtoul(text, NULL, 0);
        const unsigned variant = field_number(root, "CPU variant", &place);
        const unsigned part = field_number(root, "CPU part", &place);
        const unsigned revision = field_number(root, "CPU revision", &place);
        size_t k = 0;
        while (k < count && (kinds[k].implementer != implementer || kinds[k].part != part ||
                             kinds[k].variant != variant || kinds[k].revision != revision))
            k++;
        if (k < count)
            kinds[k].count++;
        else if (k < KINDS) {
            kinds[count].implementer = implementer;
            kinds[count].variant = variant;
            kinds[count].part = part;
            kinds[count].revision = revision;
            kinds[count++].count = 1;
        }
    }
    for (size_t k = 0; k < count; k++) {
        const char *known = NULL;
        for (size_t p = 0; p < sizeof parts / sizeof *parts && !known; p++)
            if (parts[p].implementer == kinds[k].implementer && parts[p].part == kinds[k].part)
                known = parts[p].name;
        append_text(name, bytes, "%s", k ? ", " : "");
        if (count > 1)
            append_text(name, bytes, "%u x ", kinds[k].count);
        if (known)
            append_text(name, bytes, "%s r%up%u", known, kinds[k].variant, kinds[k].revision);
        else
            append_text(name, bytes, "Arm implementer 0x%02x part 0x%03x r%up%u",
                        kinds[k].implementer, kinds[k].part, kinds[k].variant, kinds[k].revision);
    }
}

/* Words of a list that stand in another one, in the order of the first. */
static void keep_words(const char *wanted, const char *all, char *text, size_t bytes) {
    while (*wanted) {
        const size_t length = strcspn(wanted, " ");
        for (const char *at = all; *at; at += strcspn(at, " ")) {
            at += strspn(at, " ");
            if (strcspn(at, " ") == length && strncmp(at, wanted, length) == 0) {
                append_text(text, bytes, "%s%.*s", text[0] ? " " : "", (int)length, wanted);
                break;
            }
        }
        wanted += length + strspn(wanted + length, " ");
    }
}

static void read_instructions(const char *root, char *text, size_t bytes) {
    static const char x86[] =
        "sse2 sse3 ssse3 sse4_1 sse4_2 popcnt avx f16c fma avx2 bmi2 avx_vnni avx512f avx512cd avx512dq avx512bw avx512vl avx512_vnni avx512_bf16 avx512_fp16 amx_tile amx_int8 amx_bf16";
    static const char arm[] =
        "fp vfp vfpv3 vfpv4 neon asimd crc32 atomics fphp asimdhp asimdrdm asimddp fcma bf16 i8mm sve sve2 sme";
    char all[4096];
    long place = 0;
    system_field(root, cpuinfo, "flags", &place, all, sizeof all);
    if (strstr(all, "pni")) /* as Linux calls SSE3 */
        append_text(all, sizeof all, " sse3");
    keep_words(x86, all, text, bytes);
    place = 0;
    system_field(root, cpuinfo, "Features", &place, all, sizeof all);
    keep_words(arm, all, text, bytes);
}

void processor_describe(struct processor *processor, const char *root) {
    char vendor[80] = "", product[80] = "";
    long place = 0;
    *processor = (struct processor){{0}, {0}, {0}};
    name_parts(root, processor->name, sizeof processor->name);
    if (!processor->name[0])
        system_field(root, cpuinfo, "model name", &place, processor->name, sizeof processor->name);
    if (system_text(root, processor->board, sizeof processor->board, "/proc/device-tree/model") !=
        SYSTEM_READ) {
        system_text(root, vendor, sizeof vendor, "/sys/class/dmi/id/sys_vendor");
        system_text(root, product, sizeof product, "/sys/class/dmi/id/product_name");
        snprintf(processor->board, sizeof processor->board, "%s%s%s", vendor,
                 vendor[0] && product[0] ? " " : "", product);
    }
    read_instructions(root, processor->instructions, sizeof processor->instructions);
}
