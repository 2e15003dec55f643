/* SPDX-License-Identifier: MIT
 * Files of all ranks: each writes its block in one collective call, and reads that of a neighbour.
 * The file lies in the current directory of rank 0, which all hosts must share, and is removed
 * again.
 */
#include "check/check_operations.h"
#include "check/watch.h"
#include "ranks/mpi_check.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum { PATH_BYTES = 4096, OWNER = 0 };

/* The file's name, the same on all ranks. It outlives the trial: the watch may remove the file. */
static char path[PATH_BYTES];

static bool io_check_space(struct trial *trial, uint64_t bytes) {
    struct statvfs disk;
    if (statvfs(path, &disk) != 0)
        return true; /* unknown */
    const uint64_t available = (uint64_t)disk.f_bavail * disk.f_frsize;
    const bool small = bytes < UINT64_C(1) << 20;
    const double unit = small ? 0x1p10 : 0x1p20;
    const char *name = small ? "KiB" : "MiB";
    return available >= bytes ||
           trial_unavailable(
               trial,
               "the file needs %.1f %s, this directory has %.1f %s left: run in another directory",
               (double)bytes / unit, name, (double)available / unit, name);
}

/* On rank 0: creates an empty file. */
static void io_create_file(struct trial *trial, uint64_t bytes) {
    static const char name[] = "/.plait-check-XXXXXX";
    path[0] = '\0';
    if (!getcwd(path, sizeof path - sizeof name)) {
        trial_unavailable(trial,
                          "the path of the current directory cannot be found: run in another one");
        return;
    }
    strcat(path, name);
    watch_file(path); /* before the file exists: a signal may come at any time */
    const int descriptor = mkstemp(path);
    if (descriptor < 0) {
        watch_file(NULL);
        path[0] = '\0';
        trial_unavailable(trial, "cannot create a file in this directory (%s): run in another one",
                          strerror(errno));
        return;
    }
    close(descriptor);
    io_check_space(trial, bytes);
}

static void io_remove_file(const struct trial *trial) {
    if (trial->rank != OWNER || path[0] == '\0')
        return;
    unlink(path);
    watch_file(NULL);
    path[0] = '\0';
}

/* Collective. An empty file for `bytes` bytes, open on all ranks, or on none, with the reason in
 * the result. */
static bool io_open_file(struct trial *trial, uint64_t bytes, MPI_File *file) {
    if (trial->rank == OWNER)
        io_create_file(trial, bytes);
    if (!trial_agree(trial))
        return false;
    TRIAL_CALL(trial, MPI_Bcast(path, PATH_BYTES, MPI_CHAR, OWNER, trial->comm));
    if (access(path, R_OK | W_OK) != 0)
        trial_unavailable(
            trial, "the directory of rank 0 is not here: run in a directory that all hosts share");
    else
        trial_may_write(trial, bytes);
    if (!trial_agree(trial))
        return false;
    TRIAL_CALL(trial, MPI_File_open(trial->comm, path, MPI_MODE_RDWR, MPI_INFO_NULL, file));
    return trial_agree(trial);
}

/* Collective: whatever has failed on some ranks, of which the first failure counts. */
static void io_close(struct trial *trial, MPI_File *file) {
    struct mpi_tries despite = {0};
    MPI_TRY(trial->tries.failed ? &despite : &trial->tries, MPI_File_close(file));
}

/* What is written is seen by other ranks after a sync, a barrier and a sync (MPI-3.1, 13.6.1). The
 * write may have failed on some ranks alone, and so may a sync: false on all ranks then, before the
 * others would wait for these in the next call. */
static bool io_make_visible(struct trial *trial, MPI_File file) {
    if (!trial_agree(trial))
        return false;
    TRIAL_CALL(trial, MPI_File_sync(file));
    if (!trial_agree(trial)) /* and a barrier */
        return false;
    TRIAL_CALL(trial, MPI_File_sync(file));
    return trial_agree(trial);
}

/* Value k of a rank's block. */
static int64_t io_element(const struct trial *trial, int rank, size_t k) {
    return (int64_t)((size_t)rank * trial->after.columns + k);
}

static void io_fill(struct trial *trial, size_t count) {
    int64_t *values = trial_table(trial, &trial->before, 1, count);
    for (size_t k = 0; k < count; k++)
        values[k] = io_element(trial, trial->rank, k);
}

static void io_verify(struct trial *trial, int writer) {
    for (size_t k = 0; k < trial->after.columns; k++)
        trial_value(trial, k, io_element(trial, writer, k), trial->after.values[k]);
}

void run_write_blocks(struct trial *trial) {
    const size_t count = trial_count(trial, 5);
    const int next = (trial->rank + 1) % trial->size;
    const MPI_Offset block = (MPI_Offset)(count * sizeof(int64_t));
    MPI_File file = MPI_FILE_NULL;
    trial_table(trial, &trial->after, 1, count);
    io_fill(trial, count);
    if (io_open_file(trial, (uint64_t)block * (uint64_t)trial->size, &file)) {
        trial_start(trial);
        TRIAL_CALL(trial, MPI_File_write_at_all(file, trial->rank * block, trial->before.values,
                                                (int)count, MPI_INT64_T, MPI_STATUS_IGNORE));
        if (io_make_visible(trial, file))
            TRIAL_CALL(trial, MPI_File_read_at_all(file, next * block, trial->after.values,
                                                   (int)count, MPI_INT64_T, MPI_STATUS_IGNORE));
        trial_stop(trial);
        io_close(trial, &file);
        io_verify(trial, next);
    }
    io_remove_file(trial);
}

/* One block beyond 2 GiB, written by rank 0 in one call and read by the last rank in one. */
void run_write_large(struct trial *trial) {
    const bool writes = trial->rank == OWNER, reads = trial->rank == trial->size - 1;
    const size_t count = (size_t)LARGE_ROWS * LARGE_ROW;
    MPI_File file = MPI_FILE_NULL;
    MPI_Datatype row = MPI_DATATYPE_NULL;
    if (!trial_fits(trial, (writes + reads) * count * sizeof(int64_t)))
        return;
    trial_table(trial, &trial->after, 1, reads ? count : 0);
    io_fill(trial, writes ? count : 0);
    TRIAL_CALL(trial, MPI_Type_contiguous(LARGE_ROW, MPI_INT64_T, &row));
    TRIAL_CALL(trial, MPI_Type_commit(&row));
    if (io_open_file(trial, count * sizeof(int64_t), &file)) {
        trial_start(trial);
        TRIAL_CALL(trial, MPI_File_write_at_all(file, 0, trial->before.values,
                                                writes ? LARGE_ROWS : 0, row, MPI_STATUS_IGNORE));
        if (io_make_visible(trial, file))
            TRIAL_CALL(trial, MPI_File_read_at_all(file, 0, trial->after.values,
                                                   reads ? LARGE_ROWS : 0, row, MPI_STATUS_IGNORE));
        trial_stop(trial);
        io_close(trial, &file);
        io_verify(trial, OWNER);
    }
    if (row != MPI_DATATYPE_NULL)
        MPI_CHECK(MPI_Type_free(&row));
    io_remove_file(trial);
}
