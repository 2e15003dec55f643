/* SPDX-License-Identifier: MIT
 * Makes, fills, completes and clears the directory. */
#define _GNU_SOURCE /* syncfs */
#include "picture/tiles/tile_directory.h"

#include "base/atomic_file.h"
#include "picture/tiles/tile_page.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static const char unfinished_name[] = "unfinished", files_name[] = "picture_files",
                  description_name[] = "picture.dzi", page_name[] = "index.html";

/* printf into a text to be freed; NULL without memory. */
__attribute__((format(printf, 1, 2))) static char *tile_text(const char *format, ...) {
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    const int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    char *text = length < 0 ? NULL : malloc((size_t)length + 1);
    if (text)
        vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    return text;
}

char *tile_directory_unfinished(const struct tile_directory *directory, const char *name) {
    return tile_text("%s/%s/%s", directory->path, unfinished_name, name);
}

static bool tile_out_of_memory(struct failure *failure) {
    return failure_set(failure, EXIT_RUN, "out of memory");
}

/* -- what a killed run has left ---------------------------------------------------------------- */

/* What may be in `unfinished`, in its picture_files, and in a level. */
enum tile_place { PLACE_TOP, PLACE_FILES, PLACE_LEVEL, PLACES };

static const char *tile_skip_digits(const char *text) {
    while (isdigit((unsigned char)*text))
        text++;
    return text;
}

static bool tile_is_ours(enum tile_place place, const char *name) {
    const char *end = tile_skip_digits(name);
    switch (place) {
    case PLACE_TOP:
        return strcmp(name, files_name) == 0 || strcmp(name, description_name) == 0 ||
               strcmp(name, page_name) == 0 || strncmp(name, ".plait-", 7) == 0;
    case PLACE_FILES:
        return end > name && *end == '\0';
    default:
        return end > name && *end == '_' && strcmp(tile_skip_digits(end + 1), ".png") == 0;
    }
}

/* The next name but "." and ".."; NULL at the end. */
static const char *tile_next_name(DIR *stream) {
    const struct dirent *entry;
    do
        entry = readdir(stream);
    while (entry && (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0));
    return entry ? entry->d_name : NULL;
}

/* Removes a directory and what Plait has put there. false, with the path of what cannot be removed
 * or is not ours in *left, to be freed: NULL without memory. */
static bool tile_remove(const char *path, enum tile_place place, char **left) {
    DIR *stream = opendir(path);
    const char *name;
    bool removed = stream != NULL;
    while (removed && (name = tile_next_name(stream))) {
        char *inner = tile_text("%s/%s", path, name);
        const bool inside =
            place == PLACE_FILES || (place == PLACE_TOP && strcmp(name, files_name) == 0);
        if (!inner || !tile_is_ours(place, name)) {
            *left = inner;
            closedir(stream);
            return false;
        }
        removed = inside ? tile_remove(inner, place + 1, left) : unlink(inner) == 0;
        if (removed || *left)
            free(inner);
        else
            *left = inner;
    }
    if (stream)
        closedir(stream);
    if (removed && rmdir(path) == 0)
        return true;
    if (!*left)
        *left = tile_text("%s", path);
    return false;
}

/* -- before the work --------------------------------------------------------------------------- */

static bool tile_cannot_make(const struct tile_directory *directory, const char *path,
                             struct failure *failure) {
    const int error_number = errno;
    const char *fix = error_number == ENOENT           ? ": make the directory that it is to be in"
                      : *atomic_file_fix(error_number) ? atomic_file_fix(error_number)
                                                       : ": choose another directory";
    return failure_set(failure, EXIT_USAGE, "--tiles '%s': cannot make the directory '%s': %s%s",
                       directory->path, path, strerror(error_number), fix);
}

/* Only `unfinished` may be there. */
static bool tile_check_empty(const struct tile_directory *directory, struct failure *failure) {
    DIR *stream = opendir(directory->path);
    const char *name;
    bool other = false, whole = false;
    if (!stream)
        return failure_set(failure, EXIT_USAGE, "--tiles '%s': %s: choose another directory",
                           directory->path, strerror(errno));
    while ((name = tile_next_name(stream))) {
        other |= strcmp(name, unfinished_name) != 0;
        whole |= strcmp(name, description_name) == 0;
    }
    closedir(stream);
    if (whole)
        return failure_set(
            failure, EXIT_USAGE,
            "--tiles '%s' has a picture already: name another directory, or remove this one",
            directory->path);
    return !other || failure_set(failure, EXIT_USAGE,
                                 "--tiles '%s' is not empty: name a new directory, or an empty one",
                                 directory->path);
}

/* Takes `unfinished` for this run. File systems without such locks are trusted. */
static bool tile_lock(struct tile_directory *directory, const char *path, struct failure *failure) {
    directory->lock = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return directory->lock < 0 || flock(directory->lock, LOCK_EX | LOCK_NB) == 0 ||
           errno != EWOULDBLOCK ||
           failure_set(
               failure, EXIT_USAGE,
               "--tiles '%s' is in use by another run: wait for its end, or name another directory",
               directory->path);
}

static bool tile_make_levels(const struct tile_directory *directory, const char *path,
                             struct failure *failure) {
    char *files = tile_text("%s/%s", path, files_name);
    bool made = files ? mkdir(files, 0777) == 0 || tile_cannot_make(directory, files, failure)
                      : tile_out_of_memory(failure);
    for (uint32_t level = 0; made && level <= tile_steps(directory->width, directory->height);
         level++) {
        char *name = tile_text("%s/%" PRIu32, files, level);
        made = name ? mkdir(name, 0777) == 0 || tile_cannot_make(directory, name, failure)
                    : tile_out_of_memory(failure);
        free(name);
    }
    free(files);
    return made;
}

static bool tile_make_unfinished(struct tile_directory *directory, const char *path,
                                 struct failure *failure) {
    char *left = NULL;
    if (mkdir(path, 0777) != 0) {
        if (errno != EEXIST)
            return tile_cannot_make(directory, path, failure);
        if (!tile_lock(directory, path, failure))
            return false;
        const bool removed = tile_remove(path, PLACE_TOP, &left);
        if (!removed)
            failure_set(
                failure, EXIT_USAGE,
                "--tiles '%s': '%s' is not what a run of Plait has left there, or cannot be removed: name another directory",
                directory->path, left ? left : path);
        free(left);
        close(directory->lock);
        directory->lock = -1;
        if (!removed)
            return false;
        if (mkdir(path, 0777) != 0)
            return tile_cannot_make(directory, path, failure);
    }
    directory->begun = true;
    return tile_lock(directory, path, failure) && tile_make_levels(directory, path, failure);
}

bool tile_directory_begin(struct tile_directory *directory, struct failure *failure) {
    struct stat status;
    directory->lock = -1;
    if (stat(directory->path, &status) == 0) {
        if (!S_ISDIR(status.st_mode))
            return failure_set(failure, EXIT_USAGE,
                               "--tiles '%s' is no directory: name a new one, or an empty one",
                               directory->path);
        if (!tile_check_empty(directory, failure))
            return false;
    } else if (mkdir(directory->path, 0777) == 0) {
        directory->made = true;
    } else {
        return tile_cannot_make(directory, directory->path, failure);
    }
    char *path = tile_text("%s/%s", directory->path, unfinished_name);
    const bool made =
        path ? tile_make_unfinished(directory, path, failure) : tile_out_of_memory(failure);
    free(path);
    return made;
}

/* -- the work ---------------------------------------------------------------------------------- */

static bool tile_cannot_write(const struct tile_directory *directory, struct failure *failure) {
    const int error_number = errno;
    return failure_set(failure, EXIT_RUN,
                       "cannot write the tiles of '%s': %s%s (nothing of them is left behind)",
                       directory->path, strerror(error_number), atomic_file_fix(error_number));
}

bool tile_directory_put(const struct tile_directory *directory, const struct tile_name *name,
                        const struct tile_png *png, struct failure *failure) {
    const uint32_t level = tile_steps(directory->width, directory->height) - name->step;
    char *path = tile_text("%s/%s/%s/%" PRIu32 "/%" PRIu32 "_%" PRIu32 ".png", directory->path,
                           unfinished_name, files_name, level, name->column, name->row);
    if (!path)
        return tile_out_of_memory(failure);
    const int descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    free(path);
    bool written = descriptor >= 0;
    for (size_t done = 0; written && done < png->size;) {
        const ssize_t some = write(descriptor, png->bytes + done, png->size - done);
        if (some < 0 && errno == EINTR)
            continue;
        written = some > 0;
        done += written ? (size_t)some : 0;
    }
    if (!written)
        tile_cannot_write(directory, failure);
    /* close() reports what a network file system has kept for itself. */
    if (descriptor >= 0 && close(descriptor) != 0 && written)
        written = tile_cannot_write(directory, failure);
    return written;
}

/* One sync for all files: there are a hundred thousand of them in a large picture. */
bool tile_directory_sync(const struct tile_directory *directory, struct failure *failure) {
    char *path = tile_directory_unfinished(directory, files_name);
    if (!path)
        return tile_out_of_memory(failure);
    const int descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    free(path);
    if (descriptor < 0)
        return tile_cannot_write(directory, failure);
#ifdef __linux__
    const bool synced = syncfs(descriptor) == 0 || tile_cannot_write(directory, failure);
#else
    sync();
    const bool synced = true;
#endif
    close(descriptor);
    return synced;
}

/* -- the end ----------------------------------------------------------------------------------- */

static bool tile_write_description(const struct tile_directory *directory, FILE *stream) {
    return fprintf(stream,
                   "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                   "<Image xmlns=\"http://schemas.microsoft.com/deepzoom/2008\" Format=\"png\" "
                   "Overlap=\"%d\" TileSize=\"%d\">\n"
                   "  <Size Width=\"%" PRIu32 "\" Height=\"%" PRIu32 "\"/>\n"
                   "</Image>\n",
                   TILE_OVERLAP, TILE_SIDE, directory->width, directory->height) > 0;
}

bool tile_directory_describe(const struct tile_directory *directory, const struct named_text *texts,
                             size_t text_count, struct failure *failure) {
    char *description = tile_directory_unfinished(directory, description_name);
    char *page = tile_directory_unfinished(directory, page_name);
    struct atomic_file file = {0};
    const struct tile_page content = {
        .width = directory->width,
        .height = directory->height,
        .texts = texts,
        .text_count = text_count,
    };
    bool written = description && page ? true : tile_out_of_memory(failure);
    written = written && atomic_file_open(&file, description, failure);
    if (written) {
        tile_write_description(directory, file.stream);
        written = atomic_file_commit(&file, failure);
    }
    written = written && atomic_file_open(&file, page, failure);
    if (written) {
        tile_page_write(&content, file.stream);
        written = atomic_file_commit(&file, failure);
    }
    free(description);
    free(page);
    return written;
}

static bool tile_move_up(const struct tile_directory *directory, const char *name,
                         struct failure *failure) {
    char *from = tile_directory_unfinished(directory, name);
    char *to = tile_text("%s/%s", directory->path, name);
    const bool moved = from && to ? rename(from, to) == 0 || tile_cannot_write(directory, failure)
                                  : tile_out_of_memory(failure);
    free(from);
    free(to);
    return moved;
}

bool tile_directory_commit(struct tile_directory *directory, struct failure *failure) {
    static const char *const names[] = {files_name, description_name, page_name};
    for (size_t k = 0; k < sizeof names / sizeof *names; k++)
        if (!tile_move_up(directory, names[k], failure))
            return false;
    directory->made = false;
    const int descriptor = open(directory->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor >= 0) { /* as base/atomic_file.c: what goes wrong here is no failure */
        fsync(descriptor);
        close(descriptor);
    }
    return true;
}

void tile_directory_end(struct tile_directory *directory) {
    char *path = tile_text("%s/%s", directory->path ? directory->path : "", unfinished_name);
    char *left = NULL;
    if (path && directory->begun)
        (void)tile_remove(path, PLACE_TOP, &left);
    if (directory->made)
        (void)rmdir(directory->path);
    if (directory->lock > 0)
        close(directory->lock);
    free(left);
    free(path);
    *directory = (struct tile_directory){0};
}
