/* SPDX-License-Identifier: MIT
 * Writes next to the target, syncs, renames. The target is touched by one call only, rename(),
 * which POSIX makes atomic within a file system: hence the temporary file in the target's own
 * directory. */
#define _GNU_SOURCE /* S_ISVTX, O_TMPFILE */
#include "base/atomic_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    LINKS_MAX = 40, /* as Linux; more can only be a loop */
    NAME_ATTEMPTS_MAX = 100,
    LINK_BYTES_MAX = 4096, /* PATH_MAX of Linux; POSIX leaves it undefined on some systems */
};

/* What stands at the end of a path, as far as replacing it is concerned. */
struct place {
    char *target;    /* path with symbolic links at its end followed */
    char *directory; /* of the target */
    bool exists;
    mode_t mode; /* of the file that exists */
};

static void place_free(struct place *place) {
    free(place->target);
    free(place->directory);
    *place = (struct place){0};
}

static char *copy_bytes(const char *text, size_t length) {
    char *copy = malloc(length + 1);
    if (copy) {
        memcpy(copy, text, length);
        copy[length] = '\0';
    }
    return copy;
}

/* The directory of a path, "." for a bare name. NULL: no memory. */
static char *directory_of(const char *path) {
    const char *slash = strrchr(path, '/');
    if (!slash)
        return copy_bytes(".", 1);
    return copy_bytes(path, slash == path ? 1 : (size_t)(slash - path));
}

/* "directory/name". NULL: no memory. */
static char *atomic_file_join(const char *directory, const char *name) {
    const size_t bytes = strlen(directory) + strlen(name) + 2;
    char *path = malloc(bytes);
    if (path)
        snprintf(path, bytes, "%s/%s", directory, name);
    return path;
}

/* Where the symbolic link `path` leads to, relative to what `path` is relative to. NULL with errno.
 */
static char *follow_link(const char *path) {
    char link[LINK_BYTES_MAX];
    const ssize_t length = readlink(path, link, sizeof link);
    if (length < 0)
        return NULL;
    if ((size_t)length >= sizeof link) {
        errno = ENAMETOOLONG;
        return NULL;
    }
    link[length] = '\0';
    if (link[0] == '/')
        return copy_bytes(link, (size_t)length);
    char *directory = directory_of(path);
    char *target = directory ? atomic_file_join(directory, link) : NULL;
    free(directory);
    return target;
}

/* Follows the links at the end of a path, also to a file that does not exist yet (realpath refuses
 * that). NULL with errno. */
static char *follow_links(const char *path) {
    char *target = copy_bytes(path, strlen(path));
    for (int links = 0; target; links++) {
        struct stat status;
        if (lstat(target, &status) != 0 || !S_ISLNK(status.st_mode))
            return target; /* what is wrong with it, if anything, is said by inspect_target */
        if (links == LINKS_MAX) {
            free(target);
            errno = ELOOP;
            return NULL;
        }
        char *next = follow_link(target);
        const int error_number = errno;
        free(target);
        errno = error_number;
        target = next;
    }
    return NULL;
}

static bool inspect_directory(const char *path, const char *directory, int exit_status,
                              struct failure *failure) {
    struct stat status;
    const int error_number = stat(directory, &status) == 0 ? 0 : errno;
    if (error_number == ENOENT)
        return failure_set(
            failure, exit_status,
            "cannot write '%s': there is no directory '%s': make it, or choose another", path,
            directory);
    if (error_number == ENOTDIR || (error_number == 0 && !S_ISDIR(status.st_mode)))
        return failure_set(
            failure, exit_status,
            "cannot write '%s': '%s' is a file, not a directory, or lies beneath one: choose another directory",
            path, directory);
    if (error_number != 0)
        return failure_set(failure, exit_status,
                           "cannot write '%s': directory '%s': %s: choose another directory", path,
                           directory, strerror(error_number));
    return true;
}

/* Fills *status, whose st_mode is 0 where nothing exists yet. */
static bool inspect_target(const char *path, const char *target, struct stat *status,
                           int exit_status, struct failure *failure) {
    if (lstat(target, status) != 0) {
        status->st_mode = 0;
        return errno == ENOENT ||
               failure_set(failure, exit_status, "cannot write '%s': %s: choose another name", path,
                           strerror(errno));
    }
    if (S_ISDIR(status->st_mode))
        return failure_set(failure, exit_status,
                           "cannot write '%s': it is a directory: add the name of a file", path);
    if (!S_ISREG(status->st_mode))
        return failure_set(
            failure, exit_status,
            "cannot write '%s': it is a device, pipe or socket, which a file would replace: name a regular file",
            path);
    return true;
}

/* In a directory with the sticky bit, as /tmp, only the owner of the file or of the directory may
 * replace a file, whatever its permissions are. */
static bool sticky_forbids(const char *directory, const struct stat *file) {
    struct stat status;
    if (stat(directory, &status) != 0 || !(status.st_mode & S_ISVTX))
        return false;
    const uid_t user = geteuid();
    return user != 0 && user != file->st_uid && user != status.st_uid;
}

/* Asks for the effective user, as open() will; access() asks for the real one. */
static bool inspect_permissions(const char *path, const struct place *place,
                                const struct stat *file, int exit_status, struct failure *failure) {
    if (faccessat(AT_FDCWD, place->directory, W_OK | X_OK, AT_EACCESS) != 0)
        return failure_set(
            failure, exit_status,
            "cannot write '%s': directory '%s': %s: choose another directory, or allow writing there",
            path, place->directory, strerror(errno));
    if (!place->exists)
        return true;
    /* rename() would replace a read-only file, but whoever protected it meant something by it. */
    if (faccessat(AT_FDCWD, place->target, W_OK, AT_EACCESS) != 0)
        return failure_set(failure, exit_status,
                           "cannot replace '%s': %s: choose another name, or allow writing to it",
                           path, strerror(errno));
    if (sticky_forbids(place->directory, file))
        return failure_set(failure, exit_status,
                           "cannot replace '%s': it belongs to another user: choose another name",
                           path);
    return true;
}

static bool inspect_place(const char *path, struct place *place, int exit_status,
                          struct failure *failure) {
    const size_t length = strlen(path);
    if (length == 0)
        return failure_set(failure, exit_status, "cannot write '': the name is empty: name a file");
    if (strcmp(path, "-") == 0)
        return failure_set(
            failure, exit_status,
            "cannot write '-': standard output has the results: name a file, or ./-");
    if (strncmp(path, "/dev/std", 8) == 0 || strncmp(path, "/dev/fd/", 8) == 0 ||
        strncmp(path, "/proc/", 6) == 0)
        return failure_set(failure, exit_status,
                           "cannot write '%s': no file can be made there: name one elsewhere",
                           path);
    if (path[length - 1] == '/')
        return failure_set(failure, exit_status,
                           "cannot write '%s': it names a directory: add the name of a file", path);
    place->target = follow_links(path);
    if (!place->target)
        return failure_set(failure, exit_status, "cannot write '%s': %s: choose another name", path,
                           strerror(errno));
    place->directory = directory_of(place->target);
    if (!place->directory)
        return failure_set(failure, exit_status, "cannot write '%s': %s", path, strerror(ENOMEM));
    struct stat file;
    if (!inspect_directory(path, place->directory, exit_status, failure) ||
        !inspect_target(path, place->target, &file, exit_status, failure))
        return false;
    place->exists = file.st_mode != 0;
    place->mode = file.st_mode & (S_IRWXU | S_IRWXG | S_IRWXO);
    return inspect_permissions(path, place, &file, exit_status, failure);
}

/* Fills *place, which the caller frees by place_free on success only. */
static bool inspect(const char *path, struct place *place, int exit_status,
                    struct failure *failure) {
    *place = (struct place){0};
    if (inspect_place(path, place, exit_status, failure))
        return true;
    place_free(place);
    return false;
}

/* A name that nobody else is likely to try at the same time, on this host or, with a shared file
 * system, on another. O_EXCL settles the rest. */
static uint64_t unlikely_number(int attempt) {
    struct timespec now = {0};
    clock_gettime(CLOCK_REALTIME, &now);
    const uint64_t seed = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
    return (seed + (uint64_t)attempt) * UINT64_C(0x9E3779B97F4A7C15) ^ (uint64_t)getpid();
}

/* A file without a name: a process that is killed leaves nothing behind. Returns a descriptor, or
 * -1 where the file system (NFS among others) or a missing /proc does not allow it. */
static int create_nameless(const char *directory, int access_mode, mode_t mode) {
#ifdef O_TMPFILE
    if (access("/proc/self/fd", X_OK) == 0)
        return open(directory, O_TMPFILE | access_mode | O_CLOEXEC, mode);
#endif
    (void)directory, (void)access_mode, (void)mode;
    return -1;
}

/* Gives the name to the nameless file of the descriptor, or with descriptor -1 to a new file.
 * Returns the descriptor, or -1 with errno. */
static int take_name(const char *name, int access_mode, mode_t mode, int descriptor) {
    if (descriptor < 0)
        return open(name, access_mode | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
    char self[40];
    snprintf(self, sizeof self, "/proc/self/fd/%d", descriptor);
    return linkat(AT_FDCWD, self, AT_FDCWD, name, AT_SYMLINK_FOLLOW) == 0 ? descriptor : -1;
}

/* A path for the temporary file: hidden, so that "*.png" never finds it, and with a short name of
 * its own, so that a target of any legal length works. NULL: no memory. */
static char *temporary_path(const struct atomic_file *file, const char *directory, int attempt) {
    const char *slash = strrchr(file->target, '/');
    char name[256];
    if (file->owned)
        snprintf(name, sizeof name, ".plait-%.200s", slash ? slash + 1 : file->target);
    else
        snprintf(name, sizeof name, ".plait-%016llx", (unsigned long long)unlikely_number(attempt));
    return atomic_file_join(directory, name);
}

/* Names the temporary file. Returns as take_name. */
static int name_temporary(struct atomic_file *file, const char *directory, int access_mode,
                          mode_t mode, int descriptor) {
    for (int attempt = 0; attempt < NAME_ATTEMPTS_MAX; attempt++) {
        char *temporary = temporary_path(file, directory, attempt);
        if (!temporary)
            return -1;
        if (file->owned)
            unlink(temporary);
        const int named = take_name(temporary, access_mode, mode, descriptor);
        if (named >= 0) {
            file->temporary = temporary;
            return named;
        }
        free(temporary);
        if (errno != EEXIST)
            return -1;
    }
    return -1;
}

/* Who else writes the temporary file, or takes its place. */
enum sharing { SHARED_WITH_NONE, SHARED_WITH_LATER_RUNS, SHARED_WITH_NODE, SHARED_WITH_NODES };

/* A new file gets its permissions from open(), which knows the umask (and default ACLs); one that
 * replaces a file stays private until it has that file's. */
static bool open_stream(struct atomic_file *file, const struct place *place, enum sharing sharing) {
    const mode_t mode = place->exists ? 0600 : 0666;
    const int access_mode = O_RDWR; /* what is shared, and a checkpoint, is read back */
    int descriptor = -1;
    if (sharing != SHARED_WITH_NODES)
        descriptor = create_nameless(place->directory, access_mode, mode);
    if (descriptor < 0)
        descriptor = name_temporary(file, place->directory, access_mode, mode, -1);
    if (descriptor < 0)
        return false;
    if (!place->exists || fchmod(descriptor, place->mode) == 0)
        file->stream = fdopen(descriptor, "w+b");
    if (file->stream)
        return true;
    const int error_number = errno;
    close(descriptor);
    errno = error_number;
    return false;
}

static bool open_or_fail(struct atomic_file *file, const char *path, enum sharing sharing,
                         int exit_status, struct failure *failure) {
    *file = (struct atomic_file){0};
    struct place place;
    if (!inspect(path, &place, exit_status, failure))
        return false;
    file->replaces = place.exists;
    file->owned = sharing == SHARED_WITH_LATER_RUNS;
    file->path = copy_bytes(path, strlen(path));
    file->target = place.target;
    place.target = NULL;
    const bool opened = file->path && open_stream(file, &place, sharing);
    if (!opened) {
        failure_set(failure, exit_status,
                    "cannot write '%s': directory '%s': %s: choose another directory", path,
                    place.directory, strerror(errno));
        atomic_file_abandon(file);
    }
    place_free(&place);
    return opened;
}

bool atomic_file_open(struct atomic_file *file, const char *path, struct failure *failure) {
    return open_or_fail(file, path, SHARED_WITH_NONE, EXIT_RUN, failure);
}

bool atomic_file_open_owned(struct atomic_file *file, const char *path, struct failure *failure) {
    return open_or_fail(file, path, SHARED_WITH_LATER_RUNS, EXIT_RUN, failure);
}

void atomic_file_clear_owned(const char *path) {
    char *target = follow_links(path), *directory = target ? directory_of(target) : NULL;
    const struct atomic_file file = {.target = target, .owned = true};
    char *left = directory ? temporary_path(&file, directory, 0) : NULL;
    if (left)
        unlink(left);
    free(left);
    free(directory);
    free(target);
}

bool atomic_file_open_shared(struct atomic_file *file, const char *path, bool named,
                             struct failure *failure) {
    return open_or_fail(file, path, named ? SHARED_WITH_NODES : SHARED_WITH_NODE, EXIT_RUN,
                        failure);
}

bool atomic_file_shared_name(const struct atomic_file *file, char *name, size_t bytes) {
    char directory[LINK_BYTES_MAX] = "";
    int length;
    if (!file->temporary)
        length = snprintf(name, bytes, "/proc/%ld/fd/%d", (long)getpid(), fileno(file->stream));
    else if (file->temporary[0] == '/')
        length = snprintf(name, bytes, "%s", file->temporary);
    else if (getcwd(directory, sizeof directory))
        length = snprintf(name, bytes, "%s/%s", directory, file->temporary);
    else
        return false;
    if (length >= 0 && (size_t)length < bytes)
        return true;
    errno = ENAMETOOLONG;
    return false;
}

/* Only making a file shows for sure that one can be made: permissions say nothing of
 * quotas, of file systems that map root to nobody, or of /proc. */
bool atomic_file_check(const char *path, struct failure *failure) {
    struct atomic_file file;
    const bool opened = open_or_fail(&file, path, SHARED_WITH_NONE, EXIT_USAGE, failure);
    atomic_file_abandon(&file);
    return opened;
}

const char *atomic_file_fix(int error_number) {
    switch (error_number) {
    case ENOSPC:
    case EDQUOT:
        return ": free some space, or choose another directory";
    case EFBIG:
        return ": raise the limit of file sizes (ulimit -f), or choose another file system";
    default:
        return "";
    }
}

bool atomic_file_failed(const struct atomic_file *file, int error_number, struct failure *failure) {
    return failure_set(failure, EXIT_RUN, "cannot write '%s': %s%s (%s)", file->path,
                       strerror(error_number), atomic_file_fix(error_number),
                       file->replaces ? "the earlier file is untouched"
                                      : "nothing of it is left behind");
}

bool atomic_file_write(struct atomic_file *file, const void *data, size_t bytes,
                       struct failure *failure) {
    if (file->error_number == 0) {
        if (fwrite(data, 1, bytes, file->stream) == bytes)
            return true;
        file->error_number = errno;
    }
    return atomic_file_failed(file, file->error_number, failure);
}

/* Why an earlier write to the stream failed, whose errno is forgotten. The file is lost anyway, so
 * one more byte may ask for the cause again. */
static int forgotten_cause(FILE *stream) {
    return write(fileno(stream), "", 1) < 0 ? errno : EIO;
}

/* All that was written is on the disk. Otherwise error_number says why not. */
static bool sync_stream(struct atomic_file *file) {
    if (file->error_number != 0)
        return false;
    if (fflush(file->stream) != 0)
        file->error_number = errno;
    else if (ferror(file->stream))
        file->error_number = forgotten_cause(file->stream);
    else if (fsync(fileno(file->stream)) != 0)
        file->error_number = errno;
    return file->error_number == 0;
}

/* A nameless file needs a name before it can take the target's. */
static bool name_stream(struct atomic_file *file) {
    if (file->temporary)
        return true;
    char *directory = directory_of(file->target);
    const bool named =
        directory && name_temporary(file, directory, 0, 0, fileno(file->stream)) >= 0;
    if (!named)
        file->error_number = errno;
    free(directory);
    return named;
}

/* close() reports write errors that a network file system had kept for itself. */
static bool close_stream(struct atomic_file *file) {
    const bool closed = fclose(file->stream) == 0;
    file->stream = NULL;
    if (!closed)
        file->error_number = errno;
    return closed;
}

static bool rename_to_target(struct atomic_file *file) {
    if (rename(file->temporary, file->target) == 0) {
        free(file->temporary);
        file->temporary = NULL; /* nothing left to remove */
        return true;
    }
    file->error_number = errno;
    return false;
}

/* Makes the new name last. The new file is complete by now, and some file systems cannot sync a
 * directory, so whatever goes wrong here is no failure of the file. */
static void sync_directory(const struct atomic_file *file) {
    char *directory = directory_of(file->target);
    const int descriptor = directory ? open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    if (descriptor >= 0) {
        fsync(descriptor);
        close(descriptor);
    }
    free(directory);
}

bool atomic_file_commit(struct atomic_file *file, struct failure *failure) {
    const bool committed =
        sync_stream(file) && name_stream(file) && close_stream(file) && rename_to_target(file);
    if (committed)
        sync_directory(file);
    else
        atomic_file_failed(file, file->error_number, failure);
    atomic_file_abandon(file);
    return committed;
}

/* A second name for the file, which never, as a renamed one does, takes the place of another. File
 * systems without second names (FAT) get it renamed. */
static bool link_to_target(struct atomic_file *file) {
    if (!file->temporary ? take_name(file->target, 0, 0, fileno(file->stream)) >= 0
                         : link(file->temporary, file->target) == 0) {
        const bool closed = close_stream(file);
        if (!closed)
            unlink(file->target);
        return closed;
    }
    if (file->temporary && errno != EEXIST)
        return close_stream(file) && rename_to_target(file);
    file->error_number = errno;
    return false;
}

bool atomic_file_commit_new(struct atomic_file *file, struct failure *failure) {
    const bool committed = sync_stream(file) && link_to_target(file);
    if (committed)
        sync_directory(file);
    else
        atomic_file_failed(file, file->error_number, failure);
    atomic_file_abandon(file);
    return committed;
}

/* Whether both lead to one name in one directory, which may not exist yet. */
static bool same_place(const char *a, const char *b) {
    struct stat directory_a, directory_b;
    char *in_a = directory_of(a), *in_b = directory_of(b);
    const char *slash_a = strrchr(a, '/'), *slash_b = strrchr(b, '/');
    const bool same = in_a && in_b && stat(in_a, &directory_a) == 0 &&
                      stat(in_b, &directory_b) == 0 && directory_a.st_dev == directory_b.st_dev &&
                      directory_a.st_ino == directory_b.st_ino &&
                      strcmp(slash_a ? slash_a + 1 : a, slash_b ? slash_b + 1 : b) == 0;
    free(in_a);
    free(in_b);
    return same;
}

bool atomic_file_same_target(const char *path_a, const char *path_b) {
    char *a = follow_links(path_a), *b = follow_links(path_b);
    const bool same = a && b && same_place(a, b);
    free(a);
    free(b);
    return same;
}

bool atomic_file_is_in(const char *path, const char *directory) {
    struct stat is_in, status;
    char *target = follow_links(path), *in = target ? directory_of(target) : NULL;
    const bool same = in && stat(in, &is_in) == 0 && stat(directory, &status) == 0 &&
                      is_in.st_dev == status.st_dev && is_in.st_ino == status.st_ino;
    free(in);
    free(target);
    return same;
}

bool atomic_file_check_apart(const char *path, const char *other, struct failure *failure) {
    return !path || !other || !atomic_file_same_target(path, other) ||
           failure_set(failure, EXIT_USAGE,
                       "'%s' and '%s' are one file: name another for one of them", other, path);
}

void atomic_file_abandon(struct atomic_file *file) {
    if (file->stream)
        fclose(file->stream);
    if (file->temporary)
        unlink(file->temporary);
    free(file->temporary);
    free(file->target);
    free(file->path);
    *file = (struct atomic_file){0};
}
