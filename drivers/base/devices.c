/* SPDX-License-Identifier: MIT
 * Reads what NVIDIA's driver says, and then the kernel's own list of graphics cards. */
#include "base/devices.h"

#include "base/system_file.h"

#include <stdio.h>
#include <string.h>

static void devices_add(struct devices *devices, const char *name) {
    if (devices->count < DEVICES_LISTED)
        snprintf(devices->names[devices->count], DEVICES_NAME_BYTES, "%s", name);
    devices->count++;
}

/* The value of a line KEY=value of a uevent. */
static void uevent_value(const char *uevent, const char *key, char *text, size_t bytes) {
    const char *line = uevent;
    text[0] = '\0';
    while (line && strncmp(line, key, strlen(key)) != 0) {
        line = strchr(line, '\n');
        line = line ? line + 1 : NULL;
    }
    if (line)
        snprintf(text, bytes, "%.*s", (int)strcspn(line + strlen(key), "\n"), line + strlen(key));
}

/* One directory for each, also on machines without a display. */
static void devices_find_nvidia(struct devices *devices, const char *root) {
    static const char directory[] = "/proc/driver/nvidia/gpus";
    char **names;
    const size_t count = system_names(root, directory, &names);
    for (size_t k = 0; k < count; k++) {
        char path[128], model[DEVICES_NAME_BYTES];
        long place = 0;
        snprintf(path, sizeof path, "%s/%.40s/information", directory, names[k]);
        system_field(root, path, "Model", &place, model, sizeof model);
        devices_add(devices, model[0] ? model : "NVIDIA");
    }
    system_names_free(names, count);
}

/* Each device has one render node, its parts for displays (card0, card1) may be several. What only
 * shows pictures, as in servers and virtual machines, has none. */
static void devices_find_render(struct devices *devices, const char *root) {
    char **names;
    const size_t count = system_names(root, "/sys/class/drm", &names);
    for (size_t k = 0; k < count; k++) {
        char uevent[1024], driver[32], number[32], name[DEVICES_NAME_BYTES];
        if (strncmp(names[k], "renderD", strlen("renderD")) != 0 ||
            system_text(root, uevent, sizeof uevent, "/sys/class/drm/%s/device/uevent", names[k]) !=
                SYSTEM_READ)
            continue;
        uevent_value(uevent, "DRIVER=", driver, sizeof driver);
        uevent_value(uevent, "PCI_ID=", number, sizeof number);
        if (strcmp(driver, "nvidia") == 0)
            continue; /* is in the list */
        snprintf(name, sizeof name, "%s%s%s", driver, driver[0] && number[0] ? " " : "", number);
        devices_add(devices, name);
    }
    system_names_free(names, count);
}

void devices_find(struct devices *devices, const char *root) {
    *devices = (struct devices){0};
    devices_find_nvidia(devices, root);
    devices_find_render(devices, root);
}
