/* SPDX-License-Identifier: MIT
 * What is read of made-up nodes: Raspberry Pis, servers, processors with two kinds of cores, CPUs
 * that are offline, containers; and what is printed of them. */
#define _GNU_SOURCE /* sched_getaffinity */
#include "base/pi_firmware.h"
#include "base/system_file.h"
#include "cluster/sysinfo_node.h"
#include "cluster/sysinfo_text.h"

#include "scratch.h"
#include "suite.h"

#include <math.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* -- machines ------------------------------------------------------------------------------------
 */

static void put(const char *text, const char *path, ...) __attribute__((format(printf, 2, 3)));
static void put(const char *text, const char *path, ...) {
    char full[256];
    va_list arguments;
    va_start(arguments, path);
    vsnprintf(full, sizeof full, path, arguments);
    va_end(arguments);
    scratch_put(full, text);
}

/* Numbers k of a group of CPUs: as a list and as a mask of hexadecimal digits. */
static void put_group(const char *path_list, const char *path_mask, int cpu, const int *group,
                      int count) {
    char list[512] = "", mask[32], path[256];
    unsigned long long bits = 0;
    for (int k = 0; k < count; k++)
        if (group[k] == group[cpu]) {
            const size_t used = strlen(list);
            snprintf(list + used, sizeof list - used, "%s%d", used ? "," : "", k);
            bits |= 1ull << k;
        }
    if (count > 32)
        snprintf(mask, sizeof mask, "%08llx,%08llx", bits >> 32, bits & 0xffffffffu);
    else
        snprintf(mask, sizeof mask, "%llx", bits);
    snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu%d/%s", cpu, path_list);
    scratch_put(path, list);
    snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu%d/%s", cpu, path_mask);
    scratch_put(path, mask);
}

/* CPUs with the core and the socket of each. */
static void put_cpus(int count, const int *core, const int *socket, const int *core_id) {
    char text[64];
    snprintf(text, sizeof text, "0-%d\n", count - 1);
    put(text, "/sys/devices/system/cpu/online");
    put(text, "/sys/devices/system/cpu/present");
    put(text, "/sys/devices/system/cpu/possible");
    for (int cpu = 0; cpu < count; cpu++) {
        put_group("topology/thread_siblings_list", "topology/thread_siblings", cpu, core, count);
        put_group("topology/core_cpus_list", "topology/core_cpus", cpu, core, count);
        put_group("topology/core_siblings_list", "topology/core_siblings", cpu, socket, count);
        put_group("topology/package_cpus_list", "topology/package_cpus", cpu, socket, count);
        snprintf(text, sizeof text, "%d\n", socket[cpu]);
        put(text, "/sys/devices/system/cpu/cpu%d/topology/physical_package_id", cpu);
        snprintf(text, sizeof text, "%d\n", core_id[cpu]);
        put(text, "/sys/devices/system/cpu/cpu%d/topology/core_id", cpu);
    }
}

static void put_cache(int cpu, int index, const char *level, const char *type, const char *size,
                      const int *group, int count) {
    char list[64], mask[64];
    put(level, "/sys/devices/system/cpu/cpu%d/cache/index%d/level", cpu, index);
    put(type, "/sys/devices/system/cpu/cpu%d/cache/index%d/type", cpu, index);
    if (*size)
        put(size, "/sys/devices/system/cpu/cpu%d/cache/index%d/size", cpu, index);
    snprintf(list, sizeof list, "cache/index%d/shared_cpu_list", index);
    snprintf(mask, sizeof mask, "cache/index%d/shared_cpu_map", index);
    put_group(list, mask, cpu, group, count);
}

/* A Raspberry Pi of four cores with that part number; caches where its kernel knows them. */
static void put_pi(const char *model, const char *cores, bool has_caches, const char *l2) {
    static const int core[] = {0, 1, 2, 3}, socket[] = {0, 0, 0, 0}, id[] = {0, 1, 2, 3};
    char cpuinfo[4096] = "";
    scratch_put("/proc/device-tree/model", model);
    put_cpus(4, core, socket, id);
    for (int cpu = 0; cpu < 4; cpu++) {
        const size_t used = strlen(cpuinfo);
        snprintf(cpuinfo + used, sizeof cpuinfo - used,
                 "processor\t: %d\nBogoMIPS\t: 108.00\nFeatures\t: fp asimd evtstrm crc32 cpuid\n"
                 "CPU implementer\t: 0x41\nCPU architecture: 8\n%s\n\n",
                 cpu, cores);
        if (!has_caches)
            continue;
        put_cache(cpu, 0, "1", "Data", "32K", core, 4);
        put_cache(cpu, 1, "1", "Instruction", "48K", core, 4);
        put_cache(cpu, 2, "2", "Unified", l2, socket, 4);
    }
    const size_t used = strlen(cpuinfo);
    snprintf(cpuinfo + used, sizeof cpuinfo - used,
             "Hardware\t: BCM2835\nRevision\t: c03111\nModel\t\t: %s\n", model);
    scratch_put("/proc/cpuinfo", cpuinfo);
    scratch_put("/sys/devices/system/cpu/cpufreq/policy0/scaling_governor", "ondemand\n");
    scratch_put("/sys/devices/system/cpu/cpufreq/policy0/scaling_driver", "cpufreq-dt\n");
    scratch_put("/sys/devices/system/cpu/cpufreq/policy0/scaling_min_freq", "600000\n");
    scratch_put("/sys/devices/system/cpu/cpufreq/policy0/scaling_max_freq", "1500000\n");
    for (int cpu = 0; cpu < 4; cpu++)
        put("600000\n", "/sys/devices/system/cpu/cpu%d/cpufreq/scaling_cur_freq", cpu);
    scratch_put("/sys/class/thermal/thermal_zone0/type", "cpu-thermal\n");
    scratch_put("/sys/class/thermal/thermal_zone0/temp", "48312\n");
    scratch_put("/proc/meminfo",
                "MemTotal:        3884388 kB\nMemFree: 1 kB\nMemAvailable:    3500000 kB\n"
                "SwapTotal:        102396 kB\n");
    scratch_put("/proc/sys/kernel/osrelease", "6.6.31+rpt-rpi-v8\n");
    scratch_put("/etc/os-release", "NAME=x\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n");
    scratch_put("/proc/loadavg", "0.25 0.1 0.1 1/2 3\n");
}

static const char pi_3_part[] = "CPU variant\t: 0x0\nCPU part\t: 0xd03\nCPU revision\t: 4";
static const char pi_4_part[] = "CPU variant\t: 0x0\nCPU part\t: 0xd08\nCPU revision\t: 3";
static const char pi_5_part[] = "CPU variant\t: 0x4\nCPU part\t: 0xd0b\nCPU revision\t: 1";

/* -- reading -------------------------------------------------------------------------------------
 */

static struct sysinfo node;

static const struct sysinfo *look(void) {
    struct machine_cpus all;
    memset(&all, 0, sizeof all);
    memset(&all, 0xff, 8); /* 64 CPUs */
    CU_ASSERT_TRUE_FATAL(sysinfo_find(&node, &all, scratch_root()));
    snprintf(node.host, sizeof node.host, "red");
    snprintf(node.mpi, sizeof node.mpi, "Open MPI v4.1.4");
    snprintf(node.path, sizeof node.path, "scalar");
    snprintf(node.paths, sizeof node.paths, "scalar");
    node.mpi_major = 3;
    node.mpi_minor = 1;
    return &node;
}

/* What is printed of nodes, to be freed. Every line fits on 80 columns. */
static char *print(const struct sysinfo *nodes, size_t count) {
    char *text = NULL;
    size_t bytes;
    FILE *stream = open_memstream(&text, &bytes);
    CU_ASSERT_TRUE_FATAL(stream != NULL);
    CU_ASSERT_TRUE(sysinfo_print_table(stream, nodes, count));
    fclose(stream);
    for (const char *line = text; *line; line += strcspn(line, "\n") + 1)
        CU_ASSERT(strcspn(line, "\n") <= 80);
    return text;
}

static bool prints(const char *row) {
    char *text = print(&node, 1);
    const bool found = strstr(text, row) != NULL;
    if (!found)
        printf("\n'%s' is not in\n%s", row, text);
    free(text);
    return found;
}

static bool prints_vectors(const struct sysinfo *nodes, size_t count, const char *vectors,
                           const char *totals) {
    char *text = NULL;
    size_t bytes;
    FILE *stream = open_memstream(&text, &bytes);
    sysinfo_print_vectors(stream, nodes, count);
    fputs("and\n", stream);
    sysinfo_print_totals(stream, nodes, count);
    fclose(stream);
    char expected[1024];
    snprintf(expected, sizeof expected, "%sand\n%s", vectors, totals);
    const bool good = strcmp(text, expected) == 0;
    if (!good)
        printf("\n%s", text);
    free(text);
    return good;
}

static bool counts_are(const struct topology_counts *counts, int sockets, int cores, int threads) {
    return counts->sockets == sockets && counts->cores == cores && counts->threads == threads;
}

/* hwloc, which reads the same files where its variable says so, finds the same. */
static bool hwloc_agrees(void) {
    setenv("HWLOC_FSROOT", scratch_root(), 1);
    struct topology_map *hwloc = topology_map_of_hwloc(), *sys = topology_map_new(scratch_root());
    unsetenv("HWLOC_FSROOT");
    bool good = sys != NULL;
    if (hwloc && sys) {
        const struct topology_counts a = topology_count(hwloc, NULL), b = topology_count(sys, NULL);
        good = counts_are(&a, b.sockets, b.cores, b.threads) &&
               hwloc->cache_count == sys->cache_count && hwloc->thread_count == sys->thread_count;
        for (int32_t k = 0; good && k < sys->cache_count; k++)
            good = hwloc->caches[k].level == sys->caches[k].level &&
                   hwloc->caches[k].type == sys->caches[k].type &&
                   hwloc->caches[k].bytes == sys->caches[k].bytes &&
                   hwloc->caches[k].count == sys->caches[k].count &&
                   hwloc->caches[k].threads == sys->caches[k].threads;
        for (int32_t k = 0; good && k < sys->thread_count; k++)
            good = hwloc->threads[k].cpu == sys->threads[k].cpu &&
                   hwloc->threads[k].core == sys->threads[k].core;
        if (!good)
            printf("\nhwloc: %d sockets, %d cores, %d threads, %d caches\n", a.sockets, a.cores,
                   a.threads, hwloc->cache_count);
    }
    topology_map_free(hwloc);
    topology_map_free(sys);
    return good;
}

/* -- tests ---------------------------------------------------------------------------------------
 */

static void test_files(void) {
    char text[16];
    double value;
    char **names;
    put("  12 kB\n", "/proc/a");
    put("\n", "/proc/empty");
    CU_ASSERT_EQUAL(system_number(scratch_root(), &value, "/proc/%s", "a"), SYSTEM_READ);
    CU_ASSERT_EQUAL(value, 12);
    CU_ASSERT_EQUAL(system_number(scratch_root(), &value, "/proc/none"), SYSTEM_ABSENT);
    CU_ASSERT_TRUE(isnan(value));
    CU_ASSERT_EQUAL(system_text(scratch_root(), text, sizeof text, "/proc/empty"), SYSTEM_ABSENT);
    put("a\tb\x1b[2J\xc3\xa4 long line\n", "/proc/b");
    CU_ASSERT_EQUAL(system_text(scratch_root(), text, sizeof text, "/proc/b"), SYSTEM_READ);
    CU_ASSERT_STRING_EQUAL(text, "a\tb?[2J?? long");
    put("x", "/sys/d/cpu10");
    put("x", "/sys/d/cpu2");
    put("x", "/sys/d/.hidden");
    CU_ASSERT_EQUAL_FATAL(system_names(scratch_root(), "/sys/d", &names), 2);
    CU_ASSERT_STRING_EQUAL(names[0], "cpu2");
    CU_ASSERT_STRING_EQUAL(names[1], "cpu10");
    system_names_free(names, 2);
    CU_ASSERT_EQUAL(system_names(scratch_root(), "/sys/none", &names), 0);
    system_names_free(names, 0);
}

static void sum_up(void *context, int number) {
    *(int *)context += number;
}

static void test_lists(void) {
    static const struct {
        const char *list;
        int sum;
    } lists[] = {{"0-3,8", 14}, {"5", 5},    {"", 0},           {"x", 0},
                 {"3-1", 0},    {"1,2-", 1}, {"0-99999999", 0}, {"1,,7", 1}};
    for (size_t k = 0; k < sizeof lists / sizeof *lists; k++) {
        int sum = 0;
        system_list(lists[k].list, sum_up, &sum);
        CU_ASSERT_EQUAL(sum, lists[k].sum);
    }
}

/* A file that needs rights is no missing one. Root reads everything: another user does it. */
static void test_denied(void) {
    char text[16];
    const bool root = geteuid() == 0;
    put("1\n", "/proc/secret");
    chmod(scratch_path("proc/secret"), 0);
    if (root) {
        chmod(scratch_root(), 0755);
        chmod(scratch_path("proc"), 0755);
        CU_ASSERT_EQUAL_FATAL(seteuid(65534), 0);
    }
    const enum system_read read = system_text(scratch_root(), text, sizeof text, "/proc/secret");
    if (root)
        CU_ASSERT_EQUAL_FATAL(seteuid(0), 0);
    CU_ASSERT_EQUAL(read, SYSTEM_DENIED);
    CU_ASSERT_STRING_EQUAL(text, "");
}

static void test_pi_3(void) {
    put_pi("Raspberry Pi 3 Model B Plus Rev 1.3", pi_3_part, false, "");
    look();
    CU_ASSERT_STRING_EQUAL(node.processor.name, "Cortex-A53 r0p4");
    CU_ASSERT_STRING_EQUAL(node.processor.instructions, "fp asimd crc32");
    CU_ASSERT(counts_are(&node.topology.online, 1, 4, 4));
    CU_ASSERT(prints("machine         Raspberry Pi 3 Model B Plus Rev 1.3\n"));
    CU_ASSERT(prints("caches          not known: the kernel does not say\n"));
    CU_ASSERT(prints("governor        ondemand (cpufreq-dt), 600 to 1500 MHz\n"));
    CU_ASSERT(prints("now             600 MHz, 48.3 C (cpu-thermal), throttling not known,"));
    CU_ASSERT(hwloc_agrees());
    /* The driver of Linux itself knows one flag. */
    scratch_put("/sys/class/hwmon/hwmon1/name", "rpi_volt\n");
    scratch_put("/sys/class/hwmon/hwmon1/in0_lcrit_alarm", "1\n");
    look();
    CU_ASSERT(prints("NOW: under-voltage"));
    scratch_put("/sys/class/hwmon/hwmon1/in0_lcrit_alarm", "0\n");
    look();
    CU_ASSERT(prints("not throttled now"));
}

static void test_pi_4(void) {
    static const char *const flags = "/sys/devices/platform/soc/soc:firmware/get_throttled";
    put_pi("Raspberry Pi 4 Model B Rev 1.4", pi_4_part, true, "1024K");
    scratch_put(flags, "50005\n");
    scratch_put("/sys/class/drm/renderD128/device/uevent", "DRIVER=v3d\nOF_NAME=gpu\n");
    scratch_put("/sys/class/drm/card0/device/uevent", "DRIVER=v3d\n");
    look();
    CU_ASSERT_STRING_EQUAL(node.processor.name, "Cortex-A72 r0p3");
    CU_ASSERT(prints("caches          L1d 4 x 32 KiB, L1i 4 x 48 KiB, L2 1 MiB\n"));
    CU_ASSERT(prints("GPUs            v3d\n"));
    CU_ASSERT(prints("NOW: under-voltage, throttled,"));
    CU_ASSERT_FALSE(node.health.since_boot);
    CU_ASSERT(prints("memory          3.7 GiB, swap of 100 MiB, pages of"));
    CU_ASSERT(prints_vectors(&node, 1, "S(1, 1, 4, 1)  # red\n", "(1, 1, 4, 4)  # red\n"));
    CU_ASSERT(hwloc_agrees());
    scratch_put(flags, "e0000\n"); /* in the last two seconds */
    look();
    CU_ASSERT(prints("NOW: frequency capped, throttled, soft temperature limit"));
    scratch_put(flags, "0\n");
    look();
    CU_ASSERT(prints("not throttled now"));
    /* As the firmware itself says it. */
    node.health.since_boot = 1;
    CU_ASSERT(prints("never throttled"));
    node.health.flags = 0xe0000;
    CU_ASSERT(prints("since boot: frequency capped, throttled, soft temperature limit"));
    char *text = print(&node, 1);
    CU_ASSERT(strstr(text, "NOW") == NULL);
    free(text);
    node.health.firmware = SYSTEM_DENIED;
    CU_ASSERT(prints("throttling not readable: needs root or the group video"));
}

/* The firmware's own reply. A file of its name is no device. */
static void test_pi_firmware(void) {
    uint32_t value = 1;
    CU_ASSERT_TRUE(pi_firmware_parse("throttled=0x50005", &value));
    CU_ASSERT_EQUAL(value, 0x50005);
    CU_ASSERT_TRUE(pi_firmware_parse("throttled=0x0\n", &value));
    CU_ASSERT_EQUAL(value, 0);
    CU_ASSERT_FALSE(pi_firmware_parse("error=1 error_msg=\"Command not registered\"", &value));
    CU_ASSERT_FALSE(pi_firmware_parse("", &value));
    CU_ASSERT_EQUAL(pi_firmware_throttled(&value, scratch_root()), SYSTEM_ABSENT);
    scratch_put("/dev/vcio", "throttled=0x1");
    CU_ASSERT_EQUAL(pi_firmware_throttled(&value, scratch_root()), SYSTEM_ABSENT);
}

/* Its firmware stands elsewhere. */
static void test_pi_5(void) {
    put_pi("Raspberry Pi 5 Model B Rev 1.0", pi_5_part, true, "512K");
    for (int cpu = 0; cpu < 4; cpu++) {
        static const int core[] = {0, 1, 2, 3}, all[] = {0, 0, 0, 0};
        put_cache(cpu, 2, "2", "Unified", "512K", core, 4);
        put_cache(cpu, 3, "3", "Unified", "2048K", all, 4);
    }
    scratch_put("/sys/devices/platform/soc@107c000000/soc@107c000000:firmware/get_throttled",
                "80008\n");
    look();
    CU_ASSERT_STRING_EQUAL(node.processor.name, "Cortex-A76 r4p1");
    CU_ASSERT(prints("L2 4 x 512 KiB, L3 2 MiB\n"));
    CU_ASSERT(prints("NOW: soft temperature limit"));
    CU_ASSERT(hwloc_agrees());
}

/* Two sockets of two cores, whose threads have the numbers k and k + 4; its governors differ. */
static void test_xeon(void) {
    static const int core[] = {0, 1, 2, 3, 0, 1, 2, 3}, socket[] = {0, 0, 1, 1, 0, 0, 1, 1},
                     id[] = {0, 1, 0, 1, 0, 1, 0, 1};
    put_cpus(8, core, socket, id);
    for (int cpu = 0; cpu < 8; cpu++) {
        put_cache(cpu, 0, "1", "Data", "32K", core, 8);
        put_cache(cpu, 1, "1", "Instruction", "32K", core, 8);
        put_cache(cpu, 2, "2", "Unified", "1024K", core, 8);
        put_cache(cpu, 3, "3", "Unified", "22528K", socket, 8);
        put(cpu < 4 ? "3\n" : "0\n",
            "/sys/devices/system/cpu/cpu%d/thermal_throttle/core_throttle_count", cpu);
        put(cpu ? "powersave\n" : "performance\n",
            "/sys/devices/system/cpu/cpufreq/policy%d/scaling_governor", cpu);
        put("intel_pstate\n", "/sys/devices/system/cpu/cpufreq/policy%d/scaling_driver", cpu);
    }
    scratch_put("/proc/cpuinfo",
                "processor\t: 0\nmodel name\t: Intel(R) Xeon(R) Gold 6140 CPU @ 2.30GHz\n"
                "flags\t\t: fpu sse sse2 pni ssse3 avx avx2 fma avx512f\n");
    scratch_put("/sys/class/dmi/id/sys_vendor", "Dell Inc.\n");
    scratch_put("/sys/class/dmi/id/product_name", "PowerEdge R740\n");
    scratch_put("/sys/class/thermal/thermal_zone0/type", "acpitz\n");
    scratch_put("/sys/class/thermal/thermal_zone0/temp", "99000\n");
    scratch_put("/sys/class/thermal/thermal_zone1/type", "x86_pkg_temp\n");
    scratch_put("/sys/class/thermal/thermal_zone1/temp", "41000\n");
    scratch_put("/sys/class/thermal/thermal_zone2/type", "x86_pkg_temp\n");
    scratch_put("/sys/class/thermal/thermal_zone2/temp", "52000\n");
    look();
    CU_ASSERT(counts_are(&node.topology.online, 2, 4, 8));
    CU_ASSERT(prints("machine         Dell Inc. PowerEdge R740\n"));
    CU_ASSERT(prints("processor       Intel(R) Xeon(R) Gold 6140 CPU @ 2.30GHz\n"));
    CU_ASSERT(prints("cores           2 sockets, 4 cores, 8 threads"));
    CU_ASSERT(prints("instructions    sse2 sse3 ssse3 avx fma avx2 avx512f\n"));
    CU_ASSERT(prints("L2 4 x 1 MiB, L3 2 x 22 MiB\n"));
    CU_ASSERT(prints("governor        performance, powersave (intel_pstate)\n"));
    CU_ASSERT(prints("52.0 C (x86_pkg_temp),"));
    CU_ASSERT(prints("throttled 12 times since boot"));
    CU_ASSERT(prints_vectors(&node, 1, "S(1, 2, 2, 2)  # red\n", "(1, 2, 4, 8)  # red\n"));
    CU_ASSERT(hwloc_agrees());
    /* Of the ranks of a node that are bound to three threads of two cores. */
    struct machine_cpus some = {{0x13}};
    CU_ASSERT_TRUE(sysinfo_find(&node, &some, scratch_root()));
    CU_ASSERT(counts_are(&node.topology.usable, 1, 2, 3));
    CU_ASSERT(prints("usable          3 threads on 2 cores, by the affinity of the ranks here\n"));
}

/* Ranks on CPUs 0 and 4 are on the same core, those on 0 and 1 on two. */
static void test_whole_cores(void) {
    static const int core[] = {0, 1, 2, 3, 0, 1, 2, 3}, socket[8] = {0},
                     id[] = {0, 1, 2, 3, 0, 1, 2, 3};
    static const struct {
        unsigned char set, whole;
        int cores;
    } sets[] = {{0x11, 0x11, 1}, {0x03, 0x33, 2}, {0x10, 0x11, 1}, {0, 0, 0}, {0xff, 0xff, 4}};
    int32_t cores[64];
    put_cpus(8, core, socket, id);
    CU_ASSERT_FALSE(topology_has_threads(scratch_root()));
    put("0\n", "/sys/devices/system/cpu/smt/active");
    CU_ASSERT_FALSE(topology_has_threads(scratch_root()));
    put("1\n", "/sys/devices/system/cpu/smt/active");
    CU_ASSERT_TRUE(topology_has_threads(scratch_root()));
    struct topology_map *map = topology_map_new(scratch_root());
    CU_ASSERT_TRUE_FATAL(map != NULL);
    topology_cores(map, cores, 64);
    CU_ASSERT_EQUAL(cores[5], 1);
    CU_ASSERT_EQUAL(cores[8], -1);
    for (size_t k = 0; k < sizeof sets / sizeof *sets; k++) {
        unsigned char set[8] = {sets[k].set, 0x80}, whole[8];
        CU_ASSERT_EQUAL(topology_whole_cores(cores, set, whole, 8), sets[k].cores);
        CU_ASSERT_EQUAL(whole[0], sets[k].whole);
        CU_ASSERT_EQUAL(whole[1], 0); /* there is no CPU 15 */
        CU_ASSERT_EQUAL(topology_whole_cores(cores, set, NULL, 8), sets[k].cores);
    }
    topology_map_free(map);
}

/* AMD's sensor is no thermal zone. */
static void test_zen(void) {
    static const int core[] = {0, 0, 1, 1}, socket[] = {0, 0, 0, 0}, id[] = {0, 0, 1, 1};
    put_cpus(4, core, socket, id);
    scratch_put("/proc/cpuinfo", "model name\t: AMD Ryzen 7 7700 8-Core Processor\n");
    scratch_put("/sys/class/hwmon/hwmon0/name", "nvme\n");
    scratch_put("/sys/class/hwmon/hwmon0/temp1_input", "80000\n");
    scratch_put("/sys/class/hwmon/hwmon2/name", "k10temp\n");
    scratch_put("/sys/class/hwmon/hwmon2/temp1_input", "45125\n");
    scratch_put("/sys/class/powercap/intel-rapl:0/name", "package-0\n");
    scratch_put("/sys/class/powercap/intel-rapl:0/energy_uj", "5\n");
    scratch_put("/sys/class/powercap/intel-rapl:0/max_energy_range_uj", "65532610987\n");
    scratch_put("/sys/class/drm/renderD128/device/uevent", "DRIVER=amdgpu\nPCI_ID=1002:164E\n");
    scratch_put("/proc/driver/nvidia/gpus/0000:01:00.0/information",
                "Model: \t\t NVIDIA GeForce RTX 4070\nIRQ: 1\n");
    scratch_put("/sys/class/drm/renderD129/device/uevent", "DRIVER=nvidia\nPCI_ID=10DE:2786\n");
    look();
    CU_ASSERT(counts_are(&node.topology.online, 1, 2, 4));
    CU_ASSERT(prints("45.1 C (k10temp)"));
    CU_ASSERT(prints("energy          counters of 1 package\n"));
    CU_ASSERT(prints("GPUs            NVIDIA GeForce RTX 4070, amdgpu 1002:164E\n"));
    node.opens_devices = 0;
    CU_ASSERT(prints("OpenCL          is not in this build of Plait: runs use threads\n"));
    node.opens_devices = 1;
    CU_ASSERT(prints("OpenCL          finds no GPU: runs use threads\n"));
    CU_ASSERT(prints("governor        none: no cpufreq here"));
    CU_ASSERT(hwloc_agrees());
}

/* Two performance cores with two threads, four efficient ones with one. */
static void test_hybrid(void) {
    static const int core[] = {0, 0, 1, 1, 2, 3, 4, 5}, socket[8] = {0},
                     id[] = {0, 0, 4, 4, 8, 9, 10, 11};
    put_cpus(8, core, socket, id);
    scratch_put("/proc/cpuinfo", "model name\t: 12th Gen Intel(R) Core(TM) i5-1235U\n");
    scratch_put("/sys/devices/cpu_core/cpus", "0-3\n");
    scratch_put("/sys/devices/cpu_atom/cpus", "4-7\n");
    for (int cpu = 0; cpu < 8; cpu++)
        put(cpu < 4 ? "4400000\n" : "3300000\n",
            "/sys/devices/system/cpu/cpu%d/cpufreq/cpuinfo_max_freq", cpu);
    look();
    CU_ASSERT(counts_are(&node.topology.online, 1, 6, 8));
    CU_ASSERT(prints("kinds of cores  2 cores, 4 threads, up to 4400 MHz\n"
                     "                4 cores, 4 threads, up to 3300 MHz\n"));
    CU_ASSERT(prints_vectors(&node, 1,
                             "S(1, 1, 6, 1.333)  # red: means, its cores are not all alike\n",
                             "(1, 1, 6, 8)  # red\n"));
    CU_ASSERT(hwloc_agrees());
}

/* big.LITTLE: the clusters have the same numbers of cores, and no thread is another's sibling. */
static void test_big_little(void) {
    static const int core[] = {0, 1, 2, 3, 4, 5}, socket[6] = {0}, id[] = {0, 1, 2, 3, 0, 1};
    char cpuinfo[2048] = "";
    put_cpus(6, core, socket, id);
    for (int cpu = 0; cpu < 6; cpu++) {
        const size_t used = strlen(cpuinfo);
        snprintf(cpuinfo + used, sizeof cpuinfo - used,
                 "processor\t: %d\nCPU implementer\t: 0x41\n%s\n\n", cpu,
                 cpu < 4 ? pi_3_part : pi_4_part);
        put(cpu < 4   ? "485\n"
            : cpu < 5 ? "1024\n"
                      : "1000\n",
            "/sys/devices/system/cpu/cpu%d/cpu_capacity", cpu);
        put("-1\n", "/sys/devices/system/cpu/cpu%d/topology/physical_package_id", cpu);
    }
    scratch_put("/proc/cpuinfo", cpuinfo);
    look();
    CU_ASSERT_STRING_EQUAL(node.processor.name, "4 x Cortex-A53 r0p4, 2 x Cortex-A72 r0p3");
    CU_ASSERT(counts_are(&node.topology.online, 1, 6, 6));
    CU_ASSERT(prints("kinds of cores  2 cores, 2 threads\n                4 cores, 4 threads\n"));
    scratch_put("/proc/cpuinfo", "CPU implementer\t: 0x7f\nCPU variant\t: 0x1\nCPU part\t: 0x123\n"
                                 "CPU revision\t: 2\n");
    look();
    CU_ASSERT_STRING_EQUAL(node.processor.name, "Arm implementer 0x7f part 0x123 r1p2");
}

static void test_offline(void) {
    put_pi("Raspberry Pi 4 Model B Rev 1.4", pi_4_part, false, "");
    scratch_put("/sys/devices/system/cpu/online", "0,2-3\n");
    look();
    CU_ASSERT(counts_are(&node.topology.online, 1, 3, 3));
    CU_ASSERT_EQUAL(node.topology.present, 4);
    CU_ASSERT(prints("3 threads, 1 more offline"));
}

/* Containers may hide all of /sys, some even /proc. */
static void test_nothing(void) {
    look();
    const int threads = node.topology.online.threads; /* that this process may use */
    CU_ASSERT(threads > 0);
    CU_ASSERT(counts_are(&node.topology.online, 1, threads, threads));
    CU_ASSERT(prints("processor       not known: /proc/cpuinfo does not say\n"));
    CU_ASSERT(prints("sockets and cores are not in /sys"));
    CU_ASSERT(prints("memory          not known: /proc/meminfo does not say\n"));
    CU_ASSERT(prints("control groups  none are mounted\n"));
    CU_ASSERT(prints("network         not known: /sys/class/net does not say\n"));
    CU_ASSERT(
        prints("now             clock not known, temperature not known, throttling not known"));
    scratch_put("/sys/devices/system/cpu/online", "0-5\n");
    look();
    CU_ASSERT(counts_are(&node.topology.online, 1, 6, 6));
    CU_ASSERT(prints("cores           6 threads, sockets and cores are not in /sys (/sys)\n"));
    CU_ASSERT(prints_vectors(
        &node, 1, "S(1, 1, 6, 1)  # red: cores are not known, a thread is taken for one\n",
        "(1, 1, 6, 6)  # red\n"));
}

static void test_control_groups(void) {
    scratch_put("/proc/self/cgroup", "0::/job\n");
    scratch_put("/proc/self/mountinfo", "30 1 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
    scratch_put("/sys/fs/cgroup/job/cpu.max", "150000 100000\n");
    scratch_put("/sys/fs/cgroup/job/memory.max", "max\n");
    scratch_put("/sys/fs/cgroup/memory.max", "536870912\n");
    scratch_put("/sys/fs/cgroup/job/pids.max", "100\n");
    scratch_put("/sys/fs/cgroup/job/cpuset.cpus.effective", "0-1\n");
    look();
    CU_ASSERT(prints("control groups  version 2, CPU quota of 1.5 cores, memory limit 512 MiB,\n"
                     "                at most 100 processes, CPUs 0-1\n"));
    scratch_put("/proc/self/cgroup", "4:memory:/a\n3:cpu,cpuacct:/a\n");
    scratch_put("/proc/self/mountinfo",
                "31 1 0:27 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
                "32 1 0:28 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu,cpuacct\n");
    scratch_put("/sys/fs/cgroup/memory/a/memory.limit_in_bytes", "9223372036854771712\n");
    look();
    CU_ASSERT(prints("control groups  version 1, no quota, no memory limit\n"));
    scratch_put("/sys/fs/cgroup/memory/memory.limit_in_bytes", "1073741824\n");
    scratch_put("/sys/fs/cgroup/cpu/a/cpu.cfs_quota_us", "50000\n");
    scratch_put("/sys/fs/cgroup/cpu/a/cpu.cfs_period_us", "50000\n");
    look();
    CU_ASSERT(prints("version 1, CPU quota of 1 core, memory limit 1 GiB\n"));
}

static void put_interface(const char *name, const char *type, const char *state,
                          const char *speed) {
    put(type, "/sys/class/net/%s/type", name);
    put(state, "/sys/class/net/%s/operstate", name);
    if (speed)
        put(speed, "/sys/class/net/%s/speed", name);
    put("x\n", "/sys/class/net/%s/uevent", name);
}

static void test_network(void) {
    put_interface("lo", "772\n", "unknown\n", NULL);
    put_interface("eth0", "1\n", "up\n", "1000\n");
    put("x", "/sys/class/net/eth0/device/vendor");
    put_interface("eth1", "1\n", "down\n", "-1\n");
    put("x", "/sys/class/net/eth1/device/vendor");
    put_interface("wlan0", "1\n", "up\n", NULL);
    put("INTERFACE=wlan0\nDEVTYPE=wlan\n", "/sys/class/net/wlan0/uevent");
    put_interface("ib0", "32\n", "up\n", "100000\n");
    put_interface("docker0", "1\n", "down\n", "-1\n");
    put("x", "/sys/class/net/docker0/bridge/bridge_id");
    put_interface("br-0123456789ab", "1\n", "up\n", NULL);
    put("x", "/sys/class/net/br-0123456789ab/bridge/bridge_id");
    put_interface("virbr0", "1\n", "up\n", "10000\n");
    put("x", "/sys/class/net/virbr0/bridge/bridge_id");
    put_interface("veth12ab", "1\n", "up\n", "10000\n");
    put("7\n", "/sys/class/net/veth12ab/ifindex");
    put("6\n", "/sys/class/net/veth12ab/iflink");
    put_interface("tun0", "65534\n", "unknown\n", "10\n");
    put_interface("dummy0", "1\n", "up\n", NULL);
    put_interface("bond0", "1\n", "up\n", "2000\n");
    put("DEVTYPE=bond\n", "/sys/class/net/bond0/uevent");
    put("bond0\n", "/sys/class/net/bonding_masters");
    look();
    CU_ASSERT_EQUAL(node.network.count, 12);
    CU_ASSERT(prints("network         bond0: bond, 2000 Mbit/s\n"
                     "                eth0: Ethernet, 1000 Mbit/s\n"
                     "                eth1: Ethernet, down\n"
                     "                ib0: InfiniBand, 100000 Mbit/s\n"
                     "                wlan0: wireless, speed not known\n"
                     "                br-0123456789ab: bridge of Docker\n"
                     "                docker0: bridge of Docker, down\n"
                     "                dummy0: virtual\n"
                     "                lo: loopback\n"
                     "                tun0: tunnel\n"
                     "                veth12ab: of a container\n"
                     "                virbr0: bridge\n"));
    for (int k = 0; k < 20; k++) {
        char name[16];
        snprintf(name, sizeof name, "veth%d", k);
        put_interface(name, "1\n", "up\n", NULL);
    }
    look();
    CU_ASSERT(prints("wlan0"));
    CU_ASSERT(prints("                16 more\n"));
}

/* Seven nodes as in the report: one Pi 4, six Pi 3, whose temperatures differ. */
static void test_cluster(void) {
    struct sysinfo *nodes = calloc(7, sizeof *nodes);
    CU_ASSERT_TRUE_FATAL(nodes != NULL);
    put_pi("Raspberry Pi 4 Model B Rev 1.4", pi_4_part, false, "");
    nodes[0] = *look();
    put_pi("Raspberry Pi 3 Model B Plus Rev 1.3", pi_3_part, false, "");
    for (int k = 1; k < 7; k++) {
        char text[16];
        snprintf(text, sizeof text, "%d\n", 50000 + k);
        scratch_put("/sys/class/thermal/thermal_zone0/temp", text);
        nodes[k] = *look();
        nodes[k].boot = (uint64_t)k;
        snprintf(nodes[k].host, sizeof nodes[k].host, "red%02d", k);
    }
    char *text = print(nodes, 7);
    CU_ASSERT(strncmp(text, "node            red\n", 20) == 0);
    CU_ASSERT(
        strstr(text, "\nnodes           6 alike: red01, red02, red03, red04, red05, red06\n") !=
        NULL);
    CU_ASSERT(strstr(text, "\n                red06: 600 MHz, 50.0 C") != NULL);
    CU_ASSERT(strstr(text, "\nall             7 nodes, 7 sockets, 28 cores, 28 threads\n") != NULL);
    CU_ASSERT(strstr(text, "share a kernel") == NULL);
    free(text);
    CU_ASSERT(prints_vectors(nodes, 7,
                             "S(7, 1, 4, 1)  # red, red01, red02, red03, red04, red05, red06\n",
                             "(7, 7, 28, 28)  # red, red01, red02, red03, red04, red05, red06\n"));
    nodes[0].topology.online = (struct topology_counts){2, 8, 16};
    nodes[3].topology.online = nodes[0].topology.online;
    CU_ASSERT(prints_vectors(nodes, 7,
                             "S(2, 2, 4, 2)  # red, red03\n"
                             "S(5, 1, 4, 1)  # red01, red02, red04, red05, red06\n",
                             "(2, 4, 16, 32)  # red, red03\n"
                             "(5, 5, 20, 20)  # red01, red02, red04, red05, red06\n"
                             "(7, 9, 36, 52)  # all\n"));
    nodes[4].boot = nodes[6].boot = nodes[1].boot;
    text = print(nodes, 7);
    CU_ASSERT(strstr(text, "note            3 of 7 nodes share a kernel with another one:") !=
              NULL);
    free(text);
    free(nodes);
}

/* Finding out what this machine is changes nothing in the process: no OpenCL driver is loaded,
 * which would take signals, and no thread is moved to other CPUs. */
static void test_this_machine(void) {
    struct machine_cpus before, after;
    struct sigaction action, actions[32]; /* sanitizers have some of their own */
    char line[1024];
    unsetenv("HWLOC_COMPONENTS"); /* with which hwloc might have been told so */
    memset(&before, 0, sizeof before);
    memset(&after, 0, sizeof after);
    CU_ASSERT(sched_getaffinity(0, sizeof before, (cpu_set_t *)(void *)&before) == 0);
    memset(actions, 0, sizeof actions);
    for (int signal = 1; signal < 32; signal++)
        sigaction(signal, NULL, &actions[signal]);
    struct topology_map *map = topology_map_new("");
    CU_ASSERT(sched_getaffinity(0, sizeof after, (cpu_set_t *)(void *)&after) == 0);
    CU_ASSERT_TRUE_FATAL(map != NULL);
    CU_ASSERT_EQUAL(memcmp(&before, &after, sizeof before), 0);
    CU_ASSERT(topology_count(map, NULL).threads == (int)sysconf(_SC_NPROCESSORS_ONLN));
    topology_map_free(map);
    for (int signal = 1; signal < 32; signal++)
        if (sigaction(signal, NULL, &action) == 0)
            CU_ASSERT(action.sa_handler == actions[signal].sa_handler);
    FILE *maps = fopen("/proc/self/maps", "r");
    CU_ASSERT_TRUE_FATAL(maps != NULL);
    while (fgets(line, sizeof line, maps))
        CU_ASSERT(!strstr(line, "libpocl") && !strstr(line, "libLLVM") && !strstr(line, "libcuda"));
    fclose(maps);
}

/* As many as anybody has: no name is cut off. */
static void test_many_nodes(void) {
    enum { NODES = 1000 };
    struct sysinfo *nodes = calloc(NODES, sizeof *nodes);
    CU_ASSERT_TRUE_FATAL(nodes != NULL);
    put_pi("Raspberry Pi 4 Model B Rev 1.4", pi_4_part, false, "");
    look();
    for (int k = 0; k < NODES; k++) {
        nodes[k] = node;
        snprintf(nodes[k].host, sizeof nodes[k].host, "node%04d", k);
    }
    char *text = print(nodes, NODES);
    CU_ASSERT(strncmp(text, "nodes           1000 alike: node0000, node0001,", 47) == 0);
    CU_ASSERT(strstr(text, "node0998,") != NULL);
    CU_ASSERT(strstr(text, "node0999\nmachine ") != NULL);
    CU_ASSERT(
        strstr(text, "\nall             1000 nodes, 1000 sockets, 4000 cores, 4000 threads\n") !=
        NULL);
    free(text);
    free(nodes);
}

int main(void) {
    CU_TestInfo tests[] = {
        {"this machine", test_this_machine},
        {"small files", test_files},
        {"lists of CPUs", test_lists},
        {"files that need rights", test_denied},
        {"Raspberry Pi 3", test_pi_3},
        {"Raspberry Pi 4", test_pi_4},
        {"Raspberry Pi 5", test_pi_5},
        {"a Raspberry Pi's firmware", test_pi_firmware},
        {"two sockets", test_xeon},
        {"hardware threads of cores", test_whole_cores},
        {"AMD", test_zen},
        {"performance and efficient cores", test_hybrid},
        {"big and little cores", test_big_little},
        {"CPUs that are offline", test_offline},
        {"nothing to read", test_nothing},
        {"control groups", test_control_groups},
        {"networks", test_network},
        {"the report's cluster", test_cluster},
        {"a thousand nodes", test_many_nodes},
        CU_TEST_INFO_NULL,
    };
    return run_suite_between("sysinfo", scratch_begin, scratch_end, tests);
}
