/* SPDX-License-Identifier: MIT
 * CPU quotas and memory limits of made-up machines: both versions of control groups, nested groups,
 * containers. */
#include "base/cgroup.h"
#include "base/cpu_quota.h"
#include "base/memory.h"

#include "scratch.h"
#include "suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

static const char version_2[] =
    "22 1 0:21 / /proc rw - proc proc rw\n"
    "30 1 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw\n";

static void test_none(void) {
    CU_ASSERT_EQUAL(cpu_quota_of_process(scratch_root()).cores, 0); /* no /proc at all */
    scratch_put("/proc/self/cgroup", "0::/a\n");
    CU_ASSERT_EQUAL(cpu_quota_of_process(scratch_root()).cores, 0); /* nothing is mounted */
    scratch_put("/proc/self/mountinfo", version_2);
    CU_ASSERT_EQUAL(cpu_quota_of_process(scratch_root()).cores, 0); /* no files in it */
    scratch_put("/sys/fs/cgroup/a/cpu.max", "max 100000\n");
    const struct cpu_quota quota = cpu_quota_of_process(scratch_root());
    CU_ASSERT_EQUAL(quota.cores, 0);
    CU_ASSERT_EQUAL(quota.group, 0);
}

/* The smallest of the group's own and those of all above it counts. */
static void test_version_2(void) {
    scratch_put("/proc/self/cgroup", "0::/a/b/c\n");
    scratch_put("/proc/self/mountinfo", version_2);
    scratch_put("/sys/fs/cgroup/a/b/c/cpu.max", "max 100000\n");
    scratch_put("/sys/fs/cgroup/a/cpu.max", "50000 100000\n");
    struct cpu_quota quota = cpu_quota_of_process(scratch_root());
    CU_ASSERT_EQUAL(quota.cores, 0.5);
    const uint64_t a = quota.group;
    CU_ASSERT_NOT_EQUAL(a, 0);
    scratch_put("/sys/fs/cgroup/a/b/cpu.max", "150000 100000\n");
    quota = cpu_quota_of_process(scratch_root());
    CU_ASSERT_EQUAL(quota.cores, 0.5);
    CU_ASSERT_EQUAL(quota.group, a);
    scratch_put("/sys/fs/cgroup/a/b/c/cpu.max", "10000 40000\n");
    quota = cpu_quota_of_process(scratch_root());
    CU_ASSERT_EQUAL(quota.cores, 0.25);
    CU_ASSERT_NOT_EQUAL(quota.group, a);
    scratch_put("/sys/fs/cgroup/a/b/c/cpu.max", "nonsense\n");
    CU_ASSERT_EQUAL(cpu_quota_of_process(scratch_root()).cores, 0.5);
    scratch_put("/sys/fs/cgroup/cpu.max", "20000 100000\n"); /* a container's own root */
    CU_ASSERT_EQUAL(cpu_quota_of_process(scratch_root()).cores, 0.2);
}

/* Controllers share a hierarchy, "cpuset" and "cpuacct" are no "cpu", the mount point has a space.
 */
static void test_version_1(void) {
    scratch_put("/proc/self/cgroup", "9:cpuset:/wrong\n5:cpuacct,cpu:/job/1\n1:name=systemd:/\n");
    scratch_put("/proc/self/mountinfo",
                "31 1 0:27 / /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset\n"
                "32 1 0:28 / /groups\\040of/cpu rw - cgroup cgroup rw,cpuacct,cpu\n");
    scratch_put("/sys/fs/cgroup/cpuset/wrong/cpu.cfs_quota_us", "1000\n");
    scratch_put("/sys/fs/cgroup/cpuset/wrong/cpu.cfs_period_us", "100000\n");
    CU_ASSERT_EQUAL(cpu_quota_of_process(scratch_root()).cores, 0);
    scratch_put("/groups of/cpu/job/1/cpu.cfs_quota_us", "-1\n");
    scratch_put("/groups of/cpu/job/1/cpu.cfs_period_us", "100000\n");
    CU_ASSERT_EQUAL(cpu_quota_of_process(scratch_root()).cores, 0);
    scratch_put("/groups of/cpu/job/cpu.cfs_quota_us", "350000\n");
    scratch_put("/groups of/cpu/job/cpu.cfs_period_us", "100000\n");
    CU_ASSERT_EQUAL(cpu_quota_of_process(scratch_root()).cores, 3.5);
}

/* Version 1 next to 2, as systemd had it for years: the cpu controller is in 1. */
static void test_both_versions(void) {
    scratch_put("/proc/self/cgroup", "4:cpu,cpuacct:/one\n0::/two\n");
    scratch_put("/proc/self/mountinfo",
                "31 1 0:27 / /sys/fs/cgroup/unified rw - cgroup2 cgroup rw\n"
                "32 1 0:28 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n");
    scratch_put("/sys/fs/cgroup/unified/two/cpu.max", "75000 100000\n");
    CU_ASSERT_EQUAL(cpu_quota_of_process(scratch_root()).cores, 0.75);
    scratch_put("/sys/fs/cgroup/cpu,cpuacct/one/cpu.cfs_quota_us", "25000\n");
    scratch_put("/sys/fs/cgroup/cpu,cpuacct/one/cpu.cfs_period_us", "100000\n");
    CU_ASSERT_EQUAL(cpu_quota_of_process(scratch_root()).cores, 0.25);
}

/* A container sees its path on the host, but only its own part is mounted. */
static void test_containers(void) {
    scratch_put("/proc/self/cgroup", "4:cpu:/docker/f00/inner\n");
    scratch_put("/proc/self/mountinfo",
                "32 1 0:28 /docker/f00 /sys/fs/cgroup/cpu ro - cgroup cgroup rw,cpu\n");
    scratch_put("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "200000\n");
    scratch_put("/sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n");
    CU_ASSERT_EQUAL(cpu_quota_of_process(scratch_root()).cores, 2);
    scratch_put("/sys/fs/cgroup/cpu/inner/cpu.cfs_quota_us", "100000\n");
    scratch_put("/sys/fs/cgroup/cpu/inner/cpu.cfs_period_us", "100000\n");
    CU_ASSERT_EQUAL(cpu_quota_of_process(scratch_root()).cores, 1);
    scratch_put("/proc/self/cgroup", "4:cpu:/docker/f001\n"); /* not below what is mounted */
    CU_ASSERT_EQUAL(cpu_quota_of_process(scratch_root()).cores, 2);
    scratch_put("/proc/self/cgroup", "4:cpu:/../f00\n"); /* outside of a namespace */
    CU_ASSERT_EQUAL(cpu_quota_of_process(scratch_root()).cores, 2);

    /* In another container another group has the same path. */
    char here[1024], elsewhere[1024];
    const uint64_t group = cpu_quota_of_process(scratch_root()).group;
    snprintf(here, sizeof here, "%s/sys/fs/cgroup/cpu", scratch_root());
    snprintf(elsewhere, sizeof elsewhere, "%s/sys/fs/cgroup/other", scratch_root());
    CU_ASSERT_EQUAL(cpu_quota_of_process(scratch_root()).group, group);
    CU_ASSERT_EQUAL_FATAL(rename(here, elsewhere), 0);
    scratch_put("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "200000\n");
    scratch_put("/sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n");
    CU_ASSERT_EQUAL(cpu_quota_of_process(scratch_root()).cores, 2);
    CU_ASSERT_NOT_EQUAL(cpu_quota_of_process(scratch_root()).group, group);
}

static void test_walk(void) {
    struct cgroup group;
    char text[8];
    scratch_put("/proc/self/cgroup", "0::/a/b");
    scratch_put("/proc/self/mountinfo", version_2);
    scratch_put("/sys/fs/cgroup/a/b/pids.max", "1234567890\n");
    CU_ASSERT_FALSE(cgroup_find(scratch_root(), 1, "pids", &group));
    CU_ASSERT_TRUE_FATAL(cgroup_find(scratch_root(), 2, "pids", &group));
    CU_ASSERT_TRUE(cgroup_read(&group, "pids.max", text, sizeof text));
    CU_ASSERT_STRING_EQUAL(text, "1234567");
    CU_ASSERT_FALSE(cgroup_read(&group, "cpu.max", text, sizeof text));
    CU_ASSERT_TRUE(cgroup_parent(&group));
    CU_ASSERT_STRING_EQUAL(group.directory + strlen(scratch_root()), "/sys/fs/cgroup/a");
    CU_ASSERT_TRUE(cgroup_parent(&group));
    CU_ASSERT_STRING_EQUAL(group.directory + strlen(scratch_root()), "/sys/fs/cgroup");
    CU_ASSERT_FALSE(cgroup_parent(&group));
}

/* Memory in use is taken off its group's limit, but not the file cache in it. */
static void test_memory(void) {
    CU_ASSERT_EQUAL(memory_group_left_bytes(scratch_root()), UINT64_MAX);
    scratch_put("/proc/self/cgroup", "0::/a/b\n");
    scratch_put("/proc/self/mountinfo", version_2);
    scratch_put("/sys/fs/cgroup/a/b/memory.max", "max\n");
    scratch_put("/sys/fs/cgroup/a/b/memory.current", "1000\n");
    CU_ASSERT_EQUAL(memory_group_left_bytes(scratch_root()), UINT64_MAX);
    scratch_put("/sys/fs/cgroup/a/memory.max", "9000\n");
    scratch_put("/sys/fs/cgroup/a/memory.current", "5000\n");
    CU_ASSERT_EQUAL(memory_group_left_bytes(scratch_root()), 4000);
    scratch_put("/sys/fs/cgroup/a/memory.stat",
                "anon 7\ninactive_file 200\nactive_file 30\ntotal_active_file 4000\n");
    CU_ASSERT_EQUAL(memory_group_left_bytes(scratch_root()), 4230);
    scratch_put("/sys/fs/cgroup/a/b/memory.max", "900\n");
    CU_ASSERT_EQUAL(memory_group_left_bytes(scratch_root()), 0);

    scratch_put("/proc/self/cgroup", "4:memory:/docker/f00\n");
    scratch_put("/proc/self/mountinfo",
                "32 1 0:28 /docker/f00 /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n");
    scratch_put("/sys/fs/cgroup/memory/memory.limit_in_bytes", "7000\n");
    scratch_put("/sys/fs/cgroup/memory/memory.usage_in_bytes", "1000\n");
    CU_ASSERT_EQUAL(memory_group_left_bytes(scratch_root()), 6000);
    scratch_put("/sys/fs/cgroup/memory/memory.stat",
                "inactive_file 3\nactive_file 4\ntotal_inactive_file 500\ntotal_active_file 60\n");
    CU_ASSERT_EQUAL(memory_group_left_bytes(scratch_root()), 6560);
}

static void test_address_space(void) {
    struct rlimit old, limit;
    CU_ASSERT_EQUAL_FATAL(getrlimit(RLIMIT_AS, &old), 0);
    if (old.rlim_cur == RLIM_INFINITY)
        CU_ASSERT_EQUAL(memory_address_space_bytes(), UINT64_MAX);
    limit = old;
    limit.rlim_cur = (rlim_t)1 << 46; /* more than a sanitizer's shadow */
    if (sizeof(rlim_t) < 8 || setrlimit(RLIMIT_AS, &limit) != 0)
        return;
    /* An emulator takes the new limit, and keeps its own. */
    CU_ASSERT_EQUAL_FATAL(getrlimit(RLIMIT_AS, &limit), 0);
    if (limit.rlim_cur != (rlim_t)1 << 46)
        return;
    const uint64_t left = memory_address_space_bytes();
    CU_ASSERT_TRUE(left > 0 && left < (uint64_t)1 << 46);
    CU_ASSERT_EQUAL(setrlimit(RLIMIT_AS, &old), 0);
}

int main(void) {
    CU_TestInfo tests[] = {
        {"none", test_none},
        {"version 2", test_version_2},
        {"version 1", test_version_1},
        {"both versions", test_both_versions},
        {"containers", test_containers},
        {"walk", test_walk},
        {"memory", test_memory},
        {"address space", test_address_space},
        CU_TEST_INFO_NULL,
    };
    return run_suite_between("cgroup", scratch_begin, scratch_end, tests);
}
