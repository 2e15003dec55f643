/* SPDX-License-Identifier: MIT
 * What is read of a node: made-up machines, with files that are missing or odd, and this one. */
#include "base/machine.h"

#include "scratch.h"
#include "suite.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static struct machine_cpus set_of(int from, int to) {
    struct machine_cpus cpus = {{0}};
    for (int cpu = from; cpu <= to; cpu++)
        cpus.bits[cpu / 8] |= (unsigned char)(1u << (cpu % 8));
    return cpus;
}

static void put_of_cpu(int cpu, const char *file, const char *text) {
    char path[128];
    snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu%d/%s", cpu, file);
    scratch_put(path, text);
}

static void test_text(void) {
    char text[12];
    struct machine_cpus cpus = set_of(0, 3);
    machine_cpus_text(&cpus, text, sizeof text);
    CU_ASSERT_STRING_EQUAL(text, "0-3");
    cpus.bits[1] = 1;
    machine_cpus_text(&cpus, text, sizeof text);
    CU_ASSERT_STRING_EQUAL(text, "0-3,8");
    cpus.bits[MACHINE_CPUS_MAX / 8 - 1] = 0x80;
    machine_cpus_text(&cpus, text, sizeof text);
    CU_ASSERT_STRING_EQUAL(text, "0-3,8...");
    cpus = set_of(1, 0);
    machine_cpus_text(&cpus, text, sizeof text);
    CU_ASSERT_STRING_EQUAL(text, "");
}

static void test_online(void) {
    static const struct {
        const char *file, *text;
    } cases[] = {{"0-3,8\n", "0-3,8"},
                 {"5\n", "5"},
                 {"0\n", "0"},
                 {"0-1,x", "0-1"},
                 {"8190-9000\n", "8190-8191"},
                 {"2,0-99999999999999999999\n", "0-8191"}};
    struct machine_cpus cpus, mine;
    char text[64], expected[64];
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        scratch_put("/sys/devices/system/cpu/online", cases[k].file);
        machine_cpus_online(&cpus, scratch_root());
        machine_cpus_text(&cpus, text, sizeof text);
        CU_ASSERT_STRING_EQUAL(text, cases[k].text);
    }
    machine_cpus_find(&mine);
    machine_cpus_text(&mine, expected, sizeof expected);
    scratch_put("/sys/devices/system/cpu/online", "?\n");
    machine_cpus_online(&cpus, scratch_root());
    machine_cpus_text(&cpus, text, sizeof text);
    CU_ASSERT_STRING_EQUAL(text, expected);
}

/* Two sockets with two cores of two hardware threads each; CPU 7 was not asked about. */
static void test_cores(void) {
    struct machine machine;
    const struct machine_cpus cpus = set_of(0, 6);
    for (int cpu = 0; cpu < 8; cpu++) {
        put_of_cpu(cpu, "topology/physical_package_id", cpu % 4 < 2 ? "0\n" : "1\n");
        put_of_cpu(cpu, "topology/core_id", cpu % 2 ? "1\n" : "0\n");
    }
    put_of_cpu(0, "cpufreq/scaling_governor", "powersave\n");
    scratch_put("/proc/cpuinfo", "processor\t: 0\nmodel name\t: Zen 9\n");
    scratch_put("/proc/sys/kernel/random/boot_id", "0b07\n");
    machine_describe(&machine, &cpus, scratch_root());
    CU_ASSERT_EQUAL(machine.cpus, 7);
    CU_ASSERT_EQUAL(machine.cores, 4);
    CU_ASSERT_EQUAL(machine.sockets, 2);
    CU_ASSERT_STRING_EQUAL(machine.processor, "Zen 9");
    CU_ASSERT_STRING_EQUAL(machine.governor, "powersave");
    const uint64_t boot = machine.boot;
    CU_ASSERT_NOT_EQUAL(boot, 0);
    scratch_put("/proc/sys/kernel/random/boot_id", "0b08\n");
    machine_describe(&machine, &cpus, scratch_root());
    CU_ASSERT_NOT_EQUAL(machine.boot, boot);
}

/* Without /sys each CPU is a core, of one socket. */
static void test_nothing_known(void) {
    struct machine machine;
    struct machine_moment moment;
    const struct machine_cpus cpus = set_of(2, 4);
    machine_describe(&machine, &cpus, scratch_root());
    machine_look(&moment, &cpus, scratch_root());
    CU_ASSERT_EQUAL(machine.cpus, 3);
    CU_ASSERT_EQUAL(machine.cores, 3);
    CU_ASSERT_EQUAL(machine.sockets, 1);
    CU_ASSERT_EQUAL(machine.boot, 0);
    CU_ASSERT_STRING_EQUAL(machine.processor, "");
    CU_ASSERT_STRING_EQUAL(machine.governor, "");
    CU_ASSERT(isnan(moment.mhz) && isnan(moment.load) && isnan(moment.busy_seconds) &&
              isnan(moment.throttles));
}

static void test_moment(void) {
    struct machine_moment moment;
    const struct machine_cpus cpus = set_of(0, 99);
    scratch_put("/proc/loadavg", "1.50 0.10 0.01 1/100 4711\n");
    scratch_put("/proc/stat", "cpu  100 20 30 4000 500 6 7 8 9 10\ncpu0 1 1 1\n");
    for (int cpu = 0; cpu < 104; cpu++) {
        /* Every 13th of 100 is looked at, 0 to 91. */
        put_of_cpu(cpu, "cpufreq/scaling_cur_freq", cpu % 13 == 0 ? "2000000\n" : "9000000\n");
        put_of_cpu(cpu, "thermal_throttle/core_throttle_count", cpu == 50 ? "3\n" : "0\n");
    }
    machine_look(&moment, &cpus, scratch_root());
    CU_ASSERT_EQUAL(moment.mhz, 2000);
    CU_ASSERT_EQUAL(moment.load, 1.5);
    CU_ASSERT_EQUAL(moment.busy_seconds, 1.71); /* without idle and waiting for a disk */
    CU_ASSERT_EQUAL(moment.throttles, 3);
}

/* A virtual machine says its clock in /proc/cpuinfo; a Raspberry Pi throttles by bits. */
static void test_other_files(void) {
    struct machine machine;
    struct machine_moment moment;
    const struct machine_cpus cpus = set_of(0, 1);
    scratch_put("/proc/cpuinfo",
                "cpu MHz\t\t: 1000.5\ncpu MHz\t\t: 2000.5\nModel\t\t: Raspberry Pi 4\n");
    scratch_put("/sys/devices/platform/soc/soc:firmware/get_throttled", "50005\n");
    put_of_cpu(0, "cpufreq/scaling_cur_freq", "\n"); /* no number */
    machine_look(&moment, &cpus, scratch_root());
    machine_describe(&machine, &cpus, scratch_root());
    CU_ASSERT_EQUAL(moment.mhz, 1500.5);
    CU_ASSERT_EQUAL(moment.throttles, 5); /* now, or since the kernel looked last */
    CU_ASSERT_STRING_EQUAL(machine.processor, "Raspberry Pi 4");
}

static void test_this_machine(void) {
    struct machine machine;
    struct machine_moment before, after;
    struct machine_cpus cpus;
    machine_cpus_find(&cpus);
    machine_describe(&machine, &cpus, "");
    machine_look(&before, &cpus, "");
    machine_look(&after, &cpus, "");
    CU_ASSERT(machine.cpus >= 1 && machine.cores >= 1 && machine.cores <= machine.cpus);
    CU_ASSERT(machine.host[0] && machine.system[0] && machine.boot);
#ifdef __GLIBC__
    CU_ASSERT_EQUAL(strncmp(machine.libraries, "glibc-2.", 8), 0);
#endif
    CU_ASSERT(after.busy_seconds >= before.busy_seconds);
}

int main(void) {
    CU_TestInfo tests[] = {
        {"text of a set", test_text},
        {"online", test_online},
        {"cores", test_cores},
        {"nothing known", test_nothing_known},
        {"moment", test_moment},
        {"other files", test_other_files},
        {"this machine", test_this_machine},
        CU_TEST_INFO_NULL,
    };
    return run_suite_between("machine", scratch_begin, scratch_end, tests);
}
