/* SPDX-License-Identifier: MIT
 * Opens the loader of OpenCL, and guesses before whether that is worth it. */
#include "opencl_loader.h"

#include "opencl_kind.h"

#include <dirent.h>
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct plait_opencl loaded;
static enum { LOADER_UNTRIED, LOADER_THERE, LOADER_ABSENT } loader_state;

/* ISO C has no conversion from an object pointer to that of a function; POSIX has. */
static bool loader_find(void *library, const char *name, void *function) {
    void *found = dlsym(library, name);
    memcpy(function, &found, sizeof found);
    return found != NULL;
}

const struct plait_opencl *plait_opencl_load(void) {
    if (loader_state == LOADER_UNTRIED) {
        void *library = dlopen("libOpenCL.so.1", RTLD_NOW | RTLD_LOCAL);
        bool whole = library != NULL;
#define FIND(name) whole = whole && loader_find(library, #name, &loaded.name);
        PLAIT_OPENCL_FUNCTIONS(FIND)
        loader_state = whole ? LOADER_THERE : LOADER_ABSENT;
    }
    return loader_state == LOADER_THERE ? &loaded : NULL;
}

/* -- what can be seen without a driver --------------------------------------------------------- */

static bool begins_with(const char *text, const char *const *beginnings) {
    for (size_t k = 0; beginnings[k]; k++)
        if (strncmp(text, beginnings[k], strlen(beginnings[k])) == 0)
            return true;
    return false;
}

static bool directory_has(const char *directory, const char *below, const char *const *beginnings) {
    char path[512];
    bool found = false;
    snprintf(path, sizeof path, "%s%s", directory, below);
    DIR *entries = opendir(path);
    for (struct dirent *entry; entries && !found && (entry = readdir(entries));)
        found = begins_with(entry->d_name, beginnings);
    if (entries)
        closedir(entries);
    return found;
}

/* Device files of GPUs: NVIDIA on cards and boards, AMD, anything with a render node, Mali, Adreno,
 * PowerVR, Windows. */
static bool has_gpu_file(const char *dev) {
    static const char *const files[] = {"nvidia", "nvhost-gpu", "nvgpu", "kfd", "mali",
                                        "kgsl",   "pvr",        "dxg",   NULL};
    static const char *const nodes[] = {"renderD", NULL};
    return directory_has(dev, "", files) || directory_has(dev, "/dri", nodes);
}

/* The first line of NAME.icd names a library, with or without a directory. */
static bool is_cpu_driver(const char *vendors, const char *name) {
    static const char *const cpu[] = {"libpocl", "libintelocl", "liboclgrind", NULL};
    char path[768], line[512] = "";
    snprintf(path, sizeof path, "%s/%s", vendors, name);
    FILE *file = fopen(path, "r");
    if (!file)
        return false;
    char *library = fgets(line, sizeof line, file);
    fclose(file);
    const char *slash = library ? strrchr(library, '/') : NULL;
    return library && begins_with(slash ? slash + 1 : library, cpu);
}

/* Whether the directory has drivers and all are for CPUs. Without any, as on boards whose libOpenCL
 * is the driver itself, nothing is known. */
static bool has_cpu_drivers_only(const char *vendors) {
    int drivers = 0, for_cpus = 0;
    DIR *entries = opendir(vendors);
    for (struct dirent *entry; entries && (entry = readdir(entries));) {
        const char *dot = strrchr(entry->d_name, '.');
        if (!dot || strcmp(dot, ".icd") != 0)
            continue;
        drivers++;
        for_cpus += is_cpu_driver(vendors, entry->d_name);
    }
    if (entries)
        closedir(entries);
    return drivers > 0 && drivers == for_cpus;
}

bool plait_opencl_may_have_gpu(const char *dev, const char *vendors) {
    return has_gpu_file(dev) && !has_cpu_drivers_only(vendors);
}
