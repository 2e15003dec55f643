/* SPDX-License-Identifier: MIT
 * Makes, shares, writes and reads the store. */
#define _GNU_SOURCE /* fallocate */
#include "picture/keepers/store.h"

#include "ranks/agree.h"
#include "ranks/mpi_check.h"
#include "ranks/mpi_try.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

static const double BYTES_PER_MIB = 1048576;

enum { NAME_BYTES = 4096 + 64 };

/* The content of a store until the first write, which no other file has, whatever its name. */
struct token {
    uint64_t time_ns, process;
};

/* What the other ranks need to open the store. */
struct invitation {
    struct token token;
    char name[NAME_BYTES];
};

static bool store_spans_nodes(const struct session *session) {
    return session->node_size < session->size;
}

/* -- rank 0 makes it --------------------------------------------------------------------------- */

/* Reserves the space, so that nobody can take it during the work. A file system that cannot do that
 * gets a sparse file. Returns 0 or an error number. */
static int store_reserve(int descriptor, uint64_t bytes) {
#ifdef FALLOC_FL_KEEP_SIZE
    int error_number;
    do
        error_number = fallocate(descriptor, 0, 0, (off_t)bytes) == 0 ? 0 : errno;
    while (error_number == EINTR);
    if (error_number == 0 || error_number == ENOSPC || error_number == EDQUOT ||
        error_number == EFBIG)
        return error_number;
#endif
    return ftruncate(descriptor, (off_t)bytes) == 0 ? 0 : errno;
}

static bool store_reserve_space(const struct store *store, uint64_t bytes,
                                struct failure *failure) {
    const int descriptor = fileno(store->file.stream);
    struct statvfs disk;
    const bool known = fstatvfs(descriptor, &disk) == 0 && disk.f_blocks > 0;
    const double free_bytes = known ? (double)disk.f_bavail * (double)disk.f_frsize : 0;
    if (known && free_bytes < (double)bytes)
        return failure_set(
            failure, EXIT_USAGE,
            "%s needs %.1f MiB next to '%s', where the disk has %.1f MiB free: choose another directory, or a smaller --size",
            store->option, (double)bytes / BYTES_PER_MIB, store->target,
            free_bytes / BYTES_PER_MIB);
    const int error_number = store_reserve(descriptor, bytes);
    const char *fix = atomic_file_fix(error_number);
    return error_number == 0 ||
           failure_set(failure, EXIT_USAGE,
                       "%s needs %.1f MiB next to '%s': %s%s, or a smaller --size", store->option,
                       (double)bytes / BYTES_PER_MIB, store->target, strerror(error_number),
                       *fix ? fix : ": choose another directory");
}

static bool store_write_token(const struct store *store, struct token *token) {
    const int descriptor = fileno(store->file.stream);
    struct timespec now = {0};
    clock_gettime(CLOCK_REALTIME, &now);
    *token = (struct token){(uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec,
                            (uint64_t)getpid()};
    /* Synced: other nodes read it from the server. */
    return pwrite(descriptor, token, sizeof *token, 0) == sizeof *token && fsync(descriptor) == 0;
}

static bool store_make(struct store *store, bool named, uint64_t bytes,
                       struct invitation *invitation, struct failure *failure) {
    /* Space for the token even where there is almost nothing to store. */
    const uint64_t space = bytes > sizeof(struct token) ? bytes : sizeof(struct token);
    if (!atomic_file_open_shared(&store->file, store->target, named, failure) ||
        !store_reserve_space(store, space, failure))
        return false;
    return (store_write_token(store, &invitation->token) &&
            atomic_file_shared_name(&store->file, invitation->name, sizeof invitation->name)) ||
           atomic_file_failed(&store->file, errno, failure);
}

/* -- all ranks open it ------------------------------------------------------------------------- */

static bool store_finds_token(const struct invitation *invitation) {
    struct token token = {0, 0};
    const int descriptor = open(invitation->name, O_RDWR | O_CLOEXEC);
    if (descriptor < 0)
        return false;
    const bool found = pread(descriptor, &token, sizeof token, 0) == sizeof token &&
                       memcmp(&token, &invitation->token, sizeof token) == 0;
    close(descriptor);
    return found;
}

/* Some file systems show a file to other nodes a moment later. */
static bool store_awaits_token(const struct invitation *invitation, bool other_node) {
    const struct timespec pause = {0, 200000000};
    for (int looks = other_node ? 8 : 1; looks > 0; looks--) {
        if (store_finds_token(invitation))
            return true;
        if (looks > 1)
            nanosleep(&pause, NULL);
    }
    return false;
}

static bool store_join(struct store *store, const struct invitation *invitation, bool named,
                       struct failure *failure) {
    if (!store_awaits_token(invitation, named))
        return failure_set(
            failure, EXIT_USAGE,
            "this node does not see what rank 0 writes next to '%s': name a first output in a directory that all nodes share, or leave out %s",
            store->target, store->option);
    struct mpi_tries tries = {0};
    store->open = MPI_TRY(&tries, MPI_File_open(MPI_COMM_SELF, invitation->name, MPI_MODE_RDWR,
                                                MPI_INFO_NULL, &store->handle));
    return store->open ||
           failure_set(
               failure, EXIT_USAGE,
               "MPI cannot open a file next to '%s': %s: choose another directory, or leave out %s",
               store->target, tries.failure, store->option);
}

bool store_begin(struct store *store, const struct session *session, const char *option,
                 const char *target, uint64_t bytes, struct failure *failure) {
    *store = (struct store){.session = session, .option = option, .target = target};
    /* Without a name first, where that may do; ranks of one node in containers of their own do not
     * find it, and then look for a name. */
    for (bool named = store_spans_nodes(session);; named = true) {
        struct invitation invitation = {0};
        struct failure unseen = {0};
        if (session_is_root(session))
            store_make(store, named, bytes, &invitation, failure);
        if (!agree(session, failure))
            return false;
        MPI_CHECK(MPI_Bcast(&invitation, sizeof invitation, MPI_BYTE, ROOT, session->world));
        store_join(store, &invitation, named, &unseen);
        if (agree(session, &unseen))
            return true;
        store_end(store);
        if (named) {
            *failure = unseen;
            return false;
        }
    }
}

/* -- writing and reading ----------------------------------------------------------------------- */

/* errno, where it is set, leads to a better fix than MPI's text. */
static bool store_access_failed(const struct store *store, const char *verb,
                                const struct mpi_tries *tries, struct failure *failure) {
    const int error_number = tries->error_number;
    const char *cause = error_number    ? strerror(error_number)
                        : tries->failed ? tries->failure
                                        : "nothing is moved";
    return failure_set(failure, EXIT_RUN,
                       "cannot %s the %s next to '%s': %s%s (no file is changed)", verb,
                       strcmp(store->option, "--values") == 0 ? "values" : "counts", store->target,
                       cause, atomic_file_fix(error_number));
}

static const size_t call_bytes_max = (size_t)1 << 30; /* of one call, whose length is an int */

static int store_call_bytes(size_t bytes) {
    return (int)(bytes < call_bytes_max ? bytes : call_bytes_max);
}

/* Bytes that a call moved, 0 if it failed. Open MPI's own MPI-IO reports success for a write that a
 * full disk has cut short: only the count shows that. */
static size_t store_moved_bytes(const struct mpi_tries *tries, const MPI_Status *status) {
    int bytes = 0;
    if (!tries->failed)
        MPI_CHECK(MPI_Get_count(status, MPI_BYTE, &bytes));
    return bytes > 0 ? (size_t)bytes : 0;
}

bool store_write(struct store *store, uint64_t offset, const void *data, size_t bytes,
                 struct failure *failure) {
    const char *next = data;
    while (bytes > 0) {
        struct mpi_tries tries = {0};
        MPI_Status status;
        (void)MPI_TRY(&tries, MPI_File_write_at(store->handle, (MPI_Offset)offset, next,
                                                store_call_bytes(bytes), MPI_BYTE, &status));
        const size_t written = store_moved_bytes(&tries, &status);
        if (written == 0)
            return store_access_failed(store, "write", &tries, failure);
        next += written;
        offset += written;
        bytes -= written;
    }
    return true;
}

bool store_read(struct store *store, uint64_t offset, void *data, size_t bytes,
                struct failure *failure) {
    char *next = data;
    while (bytes > 0) {
        struct mpi_tries tries = {0};
        MPI_Status status;
        (void)MPI_TRY(&tries, MPI_File_read_at(store->handle, (MPI_Offset)offset, next,
                                               store_call_bytes(bytes), MPI_BYTE, &status));
        const size_t read = store_moved_bytes(&tries, &status);
        if (read == 0)
            return store_access_failed(store, "read", &tries, failure);
        next += read;
        offset += read;
        bytes -= read;
    }
    return true;
}

static bool store_sync(struct store *store, struct failure *failure) {
    struct mpi_tries tries = {0};
    return MPI_TRY(&tries, MPI_File_sync(store->handle)) ||
           store_access_failed(store, "write", &tries, failure);
}

/* Ranks of one node see each other's writes at once: there a sync would only wait for the disk. */
bool store_settle(struct store *store, struct failure *failure) {
    const bool apart = store_spans_nodes(store->session);
    if (apart)
        store_sync(store, failure);
    if (!agree(store->session, failure))
        return false;
    if (apart)
        store_sync(store, failure);
    return agree(store->session, failure);
}

static bool store_close(struct store *store, struct mpi_tries *tries) {
    const bool was_open = store->open;
    store->open = false;
    return !was_open || MPI_TRY(tries, MPI_File_close(&store->handle));
}

bool store_commit(struct store *store, struct failure *failure) {
    struct mpi_tries tries = {0};
    if (!store_close(store, &tries))
        return store_access_failed(store, "write", &tries, failure);
    return atomic_file_commit(&store->file, failure);
}

/* Errors of a store that is discarded do not matter. */
void store_end(struct store *store) {
    struct mpi_tries tries = {0};
    (void)store_close(store, &tries);
    atomic_file_abandon(&store->file);
}
