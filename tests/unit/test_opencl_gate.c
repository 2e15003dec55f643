/* SPDX-License-Identifier: MIT
 * What is taken for a machine that may have a GPU, without loading a driver. */
#include "check.h"

#include "../../arch/opencl/opencl_kind.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char root[64], dev[96], vendors[96];

static void write_file(const char *directory, const char *name, const char *text) {
    char path[256];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    FILE *file = fopen(path, "w");
    if (CHECK(file != NULL)) {
        fputs(text, file);
        fclose(file);
    }
}

static void clean(void) {
    char command[256];
    snprintf(command, sizeof command, "rm -rf %s", root);
    CHECK_INT(0, system(command));
}

static void plant(void) {
    snprintf(root, sizeof root, "/tmp/plait_gate_XXXXXX");
    CHECK(mkdtemp(root) != NULL);
    snprintf(dev, sizeof dev, "%s/dev", root);
    snprintf(vendors, sizeof vendors, "%s/vendors", root);
    CHECK_INT(0, mkdir(dev, 0700));
    write_file(dev, "null", "");
    write_file(dev, "sda", "");
}

static bool may_have(void) {
    return plait_opencl_may_have_gpu(dev, vendors);
}

static void test_device_files(void) {
    static const char *const files[] = {"nvidia0", "kfd", "mali0", "kgsl-3d0", "dxg", "nvhost-gpu"};
    plant();
    CHECK(!may_have());
    for (size_t k = 0; k < sizeof files / sizeof *files; k++) {
        char path[256];
        write_file(dev, files[k], "");
        CHECK(may_have());
        snprintf(path, sizeof path, "%s/%s", dev, files[k]);
        CHECK_INT(0, unlink(path));
        CHECK(!may_have());
    }
    char dri[128];
    snprintf(dri, sizeof dri, "%s/dri", dev);
    CHECK_INT(0, mkdir(dri, 0700));
    write_file(dri, "card0", ""); /* a display */
    CHECK(!may_have());
    write_file(dri, "renderD128", "");
    CHECK(may_have());
    clean();
}

static void test_drivers(void) {
    plant();
    write_file(dev, "nvidia0", "");
    CHECK(may_have()); /* no directory: libOpenCL may be the driver itself */
    CHECK_INT(0, mkdir(vendors, 0700));
    CHECK(may_have());
    write_file(vendors, "pocl.icd", "libpocl.so.2.10.0");
    CHECK(!may_have());
    write_file(vendors, "intel64.icd", "/opt/intel/lib/libintelocl.so\n");
    CHECK(!may_have());
    write_file(vendors, "README", "libnvidia-opencl.so.1\n");
    CHECK(!may_have());
    write_file(vendors, "empty.icd", "");
    CHECK(may_have());
    write_file(vendors, "empty.icd", "libpocl.so\n");
    CHECK(!may_have());
    write_file(vendors, "nvidia.icd", "libnvidia-opencl.so.1\n");
    CHECK(may_have());
    clean();
}

int main(int argc, char **argv) {
    static const struct check_test tests[] = {
        {"device files", test_device_files}, {"drivers", test_drivers}, {0}};
    return check_main("opencl_gate", tests, argc, argv);
}
