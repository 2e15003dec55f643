/* SPDX-License-Identifier: MIT
 * Energy counters of made-up machines: packages, their parts, counters that begin at 0 again, and
 * those that may not be read. */
#include "base/energy.h"

#include "scratch.h"
#include "suite.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

static struct energy energy;

static void put_zone(const char *zone, const char *name, double energy_uj, double range_uj) {
    char path[128], text[32];
    snprintf(path, sizeof path, "/sys/class/powercap/%s/name", zone);
    scratch_put(path, name);
    snprintf(path, sizeof path, "/sys/class/powercap/%s/energy_uj", zone);
    snprintf(text, sizeof text, "%.0f\n", energy_uj);
    scratch_put(path, text);
    snprintf(path, sizeof path, "/sys/class/powercap/%s/max_energy_range_uj", zone);
    snprintf(text, sizeof text, "%.0f\n", range_uj);
    scratch_put(path, text);
}

static bool is_about(double a, double b) {
    return fabs(a - b) <= 1e-9 * fabs(b);
}

static void test_none(void) {
    energy_begin(&energy, scratch_root());
    CU_ASSERT_EQUAL(energy.state, SYSTEM_ABSENT);
    energy_sample(&energy);
    CU_ASSERT_EQUAL(energy.state, SYSTEM_ABSENT);
}

/* Packages are added up; what is a part of them, the whole board and a second way to the same
 * counter are not. */
static void test_packages(void) {
    put_zone("intel-rapl:0", "package-0\n", 1e6, 262143328850);
    put_zone("intel-rapl:0:0", "core\n", 7e6, 262143328850);
    put_zone("intel-rapl:1", "package-1\n", 5e6, 262143328850);
    put_zone("intel-rapl:1:0", "package-1-part\n", 5e6, 262143328850);
    put_zone("intel-rapl:2", "psys\n", 9e6, 262143328850);
    put_zone("intel-rapl-mmio:0", "package-0\n", 1e6, 262143328850);
    energy_begin(&energy, scratch_root());
    CU_ASSERT_EQUAL(energy.state, SYSTEM_READ);
    CU_ASSERT_EQUAL(energy.count, 2);
    put_zone("intel-rapl:0", "package-0\n", 3e6, 262143328850);
    put_zone("intel-rapl:0:0", "core\n", 8e6, 262143328850);
    put_zone("intel-rapl:1", "package-1\n", 9.5e6, 262143328850);
    put_zone("intel-rapl:2", "psys\n", 29e6, 262143328850);
    put_zone("intel-rapl-mmio:0", "package-0\n", 3e6, 262143328850);
    energy_sample(&energy);
    CU_ASSERT(is_about(energy.joules, 6.5));
    energy_sample(&energy);
    CU_ASSERT(is_about(energy.joules, 6.5));
    CU_ASSERT_EQUAL(energy_period_seconds(&energy), 60);
}

static void test_wrap(void) {
    put_zone("intel-rapl:0", "package-0\n", 65e9, 65532610987);
    energy_begin(&energy, scratch_root());
    put_zone("intel-rapl:0", "package-0\n", 1e9, 65532610987);
    energy_sample(&energy);
    CU_ASSERT(is_about(energy.joules, 1532.610987));
    put_zone("intel-rapl:0", "package-0\n", 2e9, 65532610987);
    energy_sample(&energy);
    CU_ASSERT(is_about(energy.joules, 2532.610987));
    /* 32.8 kJ, half of the range, are 32.8 s at 1 kW. */
    CU_ASSERT(is_about(energy_period_seconds(&energy), 32.7663054935));
    /* Without a range it was reset, and nobody knows how much was lost. */
    put_zone("intel-rapl:0", "package-0\n", 5, 0);
    energy_begin(&energy, scratch_root());
    put_zone("intel-rapl:0", "package-0\n", 4, 0);
    energy_sample(&energy);
    CU_ASSERT_NOT_EQUAL(energy.state, SYSTEM_READ);
}

/* The driver amd_energy: inputs of sockets and of cores. */
static void test_amd(void) {
    static const char directory[] = "/sys/class/hwmon/hwmon3/";
    static const char *const files[][2] = {
        {"name", "amd_energy\n"},       {"energy1_label", "Ecore000\n"},
        {"energy1_input", "9\n"},       {"energy2_label", "Esocket0\n"},
        {"energy2_input", "1000000\n"}, {"energy3_label", "Esocket1\n"},
        {"energy3_input", "2000000\n"},
    };
    char path[128];
    for (size_t k = 0; k < sizeof files / sizeof *files; k++) {
        snprintf(path, sizeof path, "%s%s", directory, files[k][0]);
        scratch_put(path, files[k][1]);
    }
    energy_begin(&energy, scratch_root());
    CU_ASSERT_EQUAL(energy.count, 2);
    scratch_put("/sys/class/hwmon/hwmon3/energy2_input", "1500000\n");
    scratch_put("/sys/class/hwmon/hwmon3/energy3_input", "2250000\n");
    energy_sample(&energy);
    CU_ASSERT(is_about(energy.joules, 0.75));
}

/* Since 2020 only root may read them. Root itself looks as another user here. */
static void test_denied(void) {
    const bool root = geteuid() == 0;
    put_zone("intel-rapl:0", "package-0\n", 1e6, 262143328850);
    put_zone("intel-rapl:1", "package-1\n", 1e6, 262143328850);
    chmod(scratch_path("sys/class/powercap/intel-rapl:1/energy_uj"), 0);
    if (root) {
        static const char *const above[] = {"",
                                            "sys",
                                            "sys/class",
                                            "sys/class/powercap",
                                            "sys/class/powercap/intel-rapl:0",
                                            "sys/class/powercap/intel-rapl:1"};
        for (size_t k = 0; k < sizeof above / sizeof *above; k++)
            chmod(scratch_path(above[k]), 0755);
        static const char *const files[] = {"0/name", "0/energy_uj", "0/max_energy_range_uj",
                                            "1/name", "1/max_energy_range_uj"};
        for (size_t k = 0; k < sizeof files / sizeof *files; k++) {
            char path[128];
            snprintf(path, sizeof path, "sys/class/powercap/intel-rapl:%s", files[k]);
            chmod(scratch_path(path), 0644);
        }
        CU_ASSERT_EQUAL_FATAL(seteuid(65534), 0);
    }
    energy_begin(&energy, scratch_root());
    struct energy_meter *meter = energy_meter_begin(scratch_root());
    CU_ASSERT_TRUE_FATAL(meter != NULL);
    enum system_read state = energy_meter_state(meter);
    CU_ASSERT_EQUAL(state, SYSTEM_DENIED);
    CU_ASSERT_TRUE(isnan(energy_meter_end(meter, &state)));
    if (root)
        CU_ASSERT_EQUAL_FATAL(seteuid(0), 0);
    CU_ASSERT_EQUAL(state, SYSTEM_DENIED);
    CU_ASSERT_EQUAL(energy.state, SYSTEM_DENIED); /* not the energy of one package of two */
    CU_ASSERT_EQUAL(energy.count, 2);
}

/* A new value appears at once, so that no reader sees half of it. */
static void put_energy(const char *value) {
    scratch_put("/sys/new", value);
    CU_ASSERT_EQUAL_FATAL(
        rename(scratch_path("sys/new"), scratch_path("sys/class/powercap/intel-rapl:0/energy_uj")),
        0);
}

/* Waits until the counter was read twice: the first time may have begun before the last value was
 * there. */
static void wait_for_readers(int watch) {
    for (int reads = 0; reads < 2;) {
        _Alignas(struct inotify_event) char events[4096];
        const ssize_t bytes = read(watch, events, sizeof events);
        CU_ASSERT_FATAL(bytes > 0);
        for (ssize_t at = 0; at < bytes;) {
            const struct inotify_event *event = (const void *)(events + at);
            reads += event->len > 0 && strcmp(event->name, "energy_uj") == 0;
            at += (ssize_t)sizeof *event + event->len;
        }
    }
}

static void test_meter(void) {
    enum system_read state;
    put_zone("intel-rapl:0", "package-0\n", 1e6, 262143328850);
    struct energy_meter *meter = energy_meter_begin(scratch_root());
    CU_ASSERT_TRUE_FATAL(meter != NULL);
    CU_ASSERT_EQUAL(energy_meter_state(meter), SYSTEM_READ);
    put_energy("4000000\n");
    CU_ASSERT(is_about(energy_meter_end(meter, &state), 3));
    CU_ASSERT_EQUAL(state, SYSTEM_READ);

    /* One that begins at 0 again twice is read in between: with a range of 200 J every 0.1 s. */
    put_zone("intel-rapl:0", "package-0\n", 0, 200e6);
    CU_ASSERT_TRUE_FATAL((meter = energy_meter_begin(scratch_root())) != NULL);
    const int watch = inotify_init1(IN_CLOEXEC);
    CU_ASSERT_FATAL(inotify_add_watch(watch, scratch_path("sys/class/powercap/intel-rapl:0"),
                                      IN_CLOSE_NOWRITE) >= 0);
    static const char *const values[] = {"150000000\n", "90000000\n", "50000000\n"};
    for (size_t k = 0; k < sizeof values / sizeof *values; k++) {
        put_energy(values[k]);
        wait_for_readers(watch);
    }
    close(watch);
    put_energy("60000000\n");
    CU_ASSERT(is_about(energy_meter_end(meter, &state), 150 + 140 + 160 + 10));
    CU_ASSERT_EQUAL(state, SYSTEM_READ);

    /* A counter that goes away: no energy rather than a part of it. */
    CU_ASSERT_TRUE_FATAL((meter = energy_meter_begin(scratch_root())) != NULL);
    unlink(scratch_path("sys/class/powercap/intel-rapl:0/energy_uj"));
    CU_ASSERT_TRUE(isnan(energy_meter_end(meter, &state)));
    CU_ASSERT_EQUAL(state, SYSTEM_ABSENT);
}

int main(void) {
    CU_TestInfo tests[] = {
        {"no counters", test_none},
        {"packages", test_packages},
        {"counters that begin again", test_wrap},
        {"amd_energy", test_amd},
        {"counters that need rights", test_denied},
        {"a meter", test_meter},
        CU_TEST_INFO_NULL,
    };
    return run_suite_between("energy", scratch_begin, scratch_end, tests);
}
