/* SPDX-License-Identifier: MIT
 * Finds control groups in /proc/self/cgroup and /proc/self/mountinfo. */
#include "base/cgroup.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Whether a word is one of a list with commas in between. */
static bool list_has(const char *list, size_t list_bytes, const char *word) {
    const size_t bytes = strlen(word);
    for (const char *at = list; at < list + list_bytes;) {
        const size_t length = strcspn(at, ",");
        const size_t left = (size_t)(list + list_bytes - at);
        const size_t item = length < left ? length : left;
        if (item == bytes && strncmp(at, word, bytes) == 0)
            return true;
        at += item + 1;
    }
    return false;
}

/* The next line of a stream without its end; lines that are too long are passed over. */
static bool cgroup_next_line(FILE *stream, char *line, int bytes) {
    while (fgets(line, bytes, stream)) {
        char *end = strchr(line, '\n');
        if (end) {
            *end = '\0';
            return true;
        }
        int c;
        do
            c = getc(stream);
        while (c != '\n' && c != EOF);
        if (c == EOF && strlen(line) + 1 < (size_t)bytes)
            return true; /* the last line has no end */
    }
    return false;
}

static FILE *cgroup_open_below(const char *root, const char *path) {
    char full[CGROUP_PATH_BYTES];
    if (snprintf(full, sizeof full, "%s%s", root, path) >= (int)sizeof full)
        return NULL;
    return fopen(full, "r");
}

/* The path of the group within its hierarchy. A line is "7:cpu,cpuacct:/a/b", or "0::/a/b" in
 * version 2. */
static bool find_path(const char *root, int version, const char *controller,
                      char path[CGROUP_PATH_BYTES]) {
    FILE *stream = cgroup_open_below(root, "/proc/self/cgroup");
    char line[CGROUP_PATH_BYTES];
    bool found = false;
    while (stream && !found && cgroup_next_line(stream, line, sizeof line)) {
        const char *controllers = strchr(line, ':');
        const char *end = controllers ? strchr(controllers + 1, ':') : NULL;
        if (!end || end[1] != '/')
            continue;
        const size_t bytes = (size_t)(end - controllers - 1);
        found = version == 2 ? bytes == 0 && strncmp(line, "0:", 2) == 0
                             : list_has(controllers + 1, bytes, controller);
        if (found)
            strcpy(path, end + 1);
    }
    if (stream)
        fclose(stream);
    return found;
}

/* mountinfo writes spaces, tabs, line ends and backslashes as three octal digits. */
static void decode_octal(char *text) {
    char *out = text;
    for (const char *in = text; *in; out++) {
        if (in[0] == '\\' && in[1] && in[2] && in[3]) {
            *out = (char)((in[1] - '0') * 64 + (in[2] - '0') * 8 + (in[3] - '0'));
            in += 4;
        } else {
            *out = *in++;
        }
    }
    *out = '\0';
}

/* Where the hierarchy is mounted, and which of its groups is at that place. A line is
 *     36 35 98:0 /group /mount/point options optional-fields - type source options */
static bool find_mount(const char *root, int version, const char *controller,
                       char top[CGROUP_PATH_BYTES], char point[CGROUP_PATH_BYTES]) {
    FILE *stream = cgroup_open_below(root, "/proc/self/mountinfo");
    char line[2 * CGROUP_PATH_BYTES];
    bool found = false;
    while (stream && !found && cgroup_next_line(stream, line, sizeof line)) {
        char type[64], options[CGROUP_PATH_BYTES];
        const char *rest = strstr(line, " - ");
        if (!rest || sscanf(rest, " - %63s %*s %4095s", type, options) != 2 ||
            sscanf(line, "%*s %*s %*s %4095s %4095s", top, point) != 2)
            continue;
        found = version == 2
                    ? strcmp(type, "cgroup2") == 0
                    : strcmp(type, "cgroup") == 0 && list_has(options, strlen(options), controller);
    }
    if (stream)
        fclose(stream);
    decode_octal(top);
    decode_octal(point);
    return found;
}

bool cgroup_find(const char *root, int version, const char *controller, struct cgroup *group) {
    char path[CGROUP_PATH_BYTES] = "", top[CGROUP_PATH_BYTES] = "", point[CGROUP_PATH_BYTES] = "";
    if (!find_path(root, version, controller, path) ||
        !find_mount(root, version, controller, top, point))
        return false;
    /* What lies above the mounted group has no directory here; a path outside of it (".." in a
     * namespace of its own) has none either. */
    const char *below = path;
    const size_t top_bytes = strcmp(top, "/") == 0 ? 0 : strlen(top);
    if (strncmp(path, top, top_bytes) == 0 && (path[top_bytes] == '/' || path[top_bytes] == '\0'))
        below = path + top_bytes;
    else
        below = "";
    if (strcmp(below, "/") == 0 || strncmp(below, "/..", 3) == 0)
        below = "";
    group->version = version;
    group->mount_bytes = strlen(root) + strlen(point);
    return snprintf(group->directory, sizeof group->directory, "%s%s%s", root, point, below) <
           (int)sizeof group->directory;
}

bool cgroup_parent(struct cgroup *group) {
    char *slash = strrchr(group->directory, '/');
    if (!slash || (size_t)(slash - group->directory) < group->mount_bytes)
        return false;
    *slash = '\0';
    return true;
}

bool cgroup_read(const struct cgroup *group, const char *file, char *text, size_t bytes) {
    char path[CGROUP_PATH_BYTES + 64];
    snprintf(path, sizeof path, "%s/%s", group->directory, file);
    FILE *stream = fopen(path, "r");
    if (!stream)
        return false;
    text[fread(text, 1, bytes - 1, stream)] = '\0';
    fclose(stream);
    return true;
}
