/* SPDX-License-Identifier: MIT
 * A directory for the files of one test. An error here ends the program: no test could report
 * anything without its directory. */
#define _XOPEN_SOURCE 700 /* for nftw */
#include "scratch.h"

#include <dirent.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static char directory[256];

static void must(int good, const char *what) {
    if (good)
        return;
    perror(what);
    exit(3);
}

void scratch_begin(void) {
    const char *parent = getenv("TMPDIR");
    snprintf(directory, sizeof directory, "%s/plait-test-XXXXXX",
             parent && *parent ? parent : "/tmp");
    must(mkdtemp(directory) != NULL, directory);
    must(chmod(directory, 0755) == 0, directory); /* tests act as another user, too */
}

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *ftw) {
    (void)status;
    (void)type;
    (void)ftw;
    return remove(path);
}

void scratch_end(void) {
    must(nftw(directory, remove_entry, 16, FTW_DEPTH | FTW_PHYS) == 0, directory);
}

const char *scratch_path(const char *name) {
    static char paths[8][1024];
    static unsigned next;
    char *path = paths[next++ % 8];
    snprintf(path, sizeof paths[0], "%s%s%s", directory, *name ? "/" : "", name);
    return path;
}

size_t scratch_entries(const char *name) {
    DIR *stream = opendir(scratch_path(name));
    must(stream != NULL, name);
    size_t entries = 0;
    for (const struct dirent *entry; (entry = readdir(stream));)
        entries += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    closedir(stream);
    return entries;
}

void scratch_write(const char *path, const char *text) {
    FILE *stream = fopen(path, "wb");
    must(stream != NULL, path);
    must(fputs(text, stream) >= 0 && fclose(stream) == 0, path);
}

void scratch_put(const char *path, const char *text) {
    char full[1024];
    snprintf(full, sizeof full, "%s%s", directory, path);
    for (char *slash = strchr(full + strlen(directory) + 1, '/'); slash;
         slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(full, 0700);
        *slash = '/';
    }
    scratch_write(full, text);
}

const char *scratch_root(void) {
    return directory;
}

uint8_t *scratch_read(const char *path, size_t *bytes) {
    FILE *stream = fopen(path, "rb");
    struct stat status;
    if (!stream)
        return NULL;
    must(fstat(fileno(stream), &status) == 0, path);
    const size_t size = (size_t)status.st_size;
    uint8_t *content = malloc(size + 1);
    must(content && fread(content, 1, size, stream) == size, path);
    fclose(stream);
    content[size] = 0;
    if (bytes)
        *bytes = size;
    return content;
}

int scratch_holds(const char *path, const char *text) {
    size_t bytes = 0;
    uint8_t *content = scratch_read(path, &bytes);
    const int same = content && bytes == strlen(text) && memcmp(content, text, bytes) == 0;
    free(content);
    return same;
}

void scratch_limit_files(size_t bytes) {
    /* Past the limit write() fails with EFBIG only if the signal that comes first is ignored. */
    signal(SIGXFSZ, SIG_IGN);
    struct rlimit limit;
    must(getrlimit(RLIMIT_FSIZE, &limit) == 0, "getrlimit");
    limit.rlim_cur = bytes ? (rlim_t)bytes : limit.rlim_max;
    must(setrlimit(RLIMIT_FSIZE, &limit) == 0, "setrlimit");
}
