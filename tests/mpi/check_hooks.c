/* SPDX-License-Identifier: MIT
 * What goes wrong in plait_hooked, a plait of the tests alone, and never in the command that users
 * get: the linker puts these functions in front of those of the same name (--wrap), and MPI has its
 * own names for that (MPI-3.1, 14.2). CHECK_HOOK in the environment says what is to happen:
 *
 *     wrong RANK first|last|text   after every operation a value, or the text, is wrong
 *     late NAME RANK               that rank never comes to that operation
 *     stuck NAME RANK              that rank comes, and stays
 *     poor                         the nodes have a megabyte of memory
 *     full                         disks have a kilobyte left
 *     closed                       the directory refuses new files
 *     unshared                     it is not that of the other ranks
 *     fail                         MPI_Alltoall and MPI_File_open fail
 *     collective NAME RANK first   the first byte that an operation of plait collectives
 *                                  has brought to that rank is wrong
 *     collective NAME RANK last    the last one is
 *     idle                         operations of plait collectives do nothing
 *     worn RANK                    MPI_Scan's first byte on that rank is wrong from call 10 on
 *     unwritten RANK               MPI_File_write_at_all fails on that rank alone
 *     unsynced RANK                MPI_File_sync does
 *     energy ROOT                  counters of energy are read below ROOT/<rank>, where the file
 *                                  `end` replaces one when the work has ended; no two ranks share a
 *                                  kernel
 *     energy-shared ROOT           the same, on ranks that do
 *     threads ROOT                 the sockets, cores and hardware threads are those below ROOT
 *     speeds S S ...               a trial of plait kmeans has found these speeds, one for each
 *                                  rank
 *     wrong label RANK             for plait kmeans --verify, all labels of that rank are
 *     lost BYTES                   there is no memory of exactly that many bytes
 *
 * and CHECK_MEMORY how many bytes of memory a node has. */
#include "base/energy.h"
#include "base/machine.h"
#include "base/memory.h"
#include "base/topology.h"
#include "check/check_trial.h"
#include "cluster/collectives_operations.h"
#include "kmeans/kmeans_speeds.h"
#include "plait/kmeans.h"

#include <errno.h>
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

void __real_watch_meet(const char *what);
void __wrap_watch_meet(const char *what);
void __real_trial_start(struct trial *trial);
void __wrap_trial_start(struct trial *trial);
void __real_trial_stop(struct trial *trial);
void __wrap_trial_stop(struct trial *trial);
void __real_collective_run_once(const struct collective_job *job);
void __wrap_collective_run_once(const struct collective_job *job);
uint64_t __wrap_memory_available_bytes(void);
uint64_t __real_memory_available_bytes(void);
int __wrap_statvfs64(const char *path, struct statvfs *disk);
int __real_statvfs64(const char *path, struct statvfs *disk);
int __wrap_mkstemp64(char *path);
int __real_mkstemp64(char *path);
struct energy_meter *__wrap_energy_meter_begin(const char *root);
struct energy_meter *__real_energy_meter_begin(const char *root);
double __wrap_energy_meter_end(struct energy_meter *meter, enum system_read *state);
double __real_energy_meter_end(struct energy_meter *meter, enum system_read *state);
uint64_t __wrap_machine_boot(const char *root);
uint64_t __real_machine_boot(const char *root);
struct topology_map *__wrap_topology_map_new(const char *root);
struct topology_map *__real_topology_map_new(const char *root);
bool __wrap_topology_has_threads(const char *root);
bool __real_topology_has_threads(const char *root);
bool __wrap_kmeans_speeds_find(const struct kmeans *kmeans, double *speeds, double *seconds);
bool __real_kmeans_speeds_find(const struct kmeans *kmeans, double *speeds, double *seconds);
int32_t __wrap_plait_kmeans_reference(const struct plait_kmeans_run *run, uint64_t row);
int32_t __real_plait_kmeans_reference(const struct plait_kmeans_run *run, uint64_t row);
int __wrap_access(const char *path, int mode);
void *__wrap_malloc(size_t bytes);
void *__real_malloc(size_t bytes);
int __real_access(const char *path, int mode);

static const char *operation = "";

static bool asked_for(const char *what) {
    const char *hook = getenv("CHECK_HOOK");
    return hook && strcmp(hook, what) == 0;
}

static void sleep_if_asked(const char *how) {
    char what[64];
    int rank;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    snprintf(what, sizeof what, "%s %s %d", how, operation, rank);
    while (asked_for(what))
        pause();
}

void __wrap_watch_meet(const char *what) {
    operation = what;
    sleep_if_asked("late");
    __real_watch_meet(what);
}

void __wrap_trial_start(struct trial *trial) {
    __real_trial_start(trial);
    sleep_if_asked("stuck");
}

static bool asked_here(const struct trial *trial, const char *part) {
    char what[64];
    snprintf(what, sizeof what, "wrong %d %s", trial->rank, part);
    return asked_for(what);
}

void __wrap_trial_stop(struct trial *trial) {
    const struct trial_data *after = &trial->after;
    const size_t count = after->rows * after->columns;
    __real_trial_stop(trial);
    if (count > 0 && asked_here(trial, "first"))
        after->values[0] ^= 1;
    if (count > 0 && asked_here(trial, "last"))
        after->values[count - 1] ^= 1;
    if (after->text && asked_here(trial, "text"))
        after->text[strlen(after->text) - 1] ^= 1;
}

uint64_t __wrap_memory_available_bytes(void) {
    const char *bytes = getenv("CHECK_MEMORY");
    if (bytes)
        return strtoull(bytes, NULL, 10);
    return asked_for("poor") ? 1 << 20 : __real_memory_available_bytes();
}

/* Of Plait's own code. */
void *__wrap_malloc(size_t bytes) {
    const char *hook = getenv("CHECK_HOOK");
    const bool lost =
        hook && strncmp(hook, "lost ", 5) == 0 && strtoull(hook + 5, NULL, 10) == bytes;
    return lost ? NULL : __real_malloc(bytes);
}

int32_t __wrap_plait_kmeans_reference(const struct plait_kmeans_run *run, uint64_t row) {
    char what[32];
    int rank;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    snprintf(what, sizeof what, "wrong label %d", rank);
    return __real_plait_kmeans_reference(run, row) ^ asked_for(what);
}

int __wrap_statvfs64(const char *path, struct statvfs *disk) {
    const int status = __real_statvfs64(path, disk);
    if (asked_for("full")) {
        disk->f_frsize = 1024;
        disk->f_bavail = 1;
    }
    return status;
}

int __wrap_mkstemp64(char *path) {
    if (!asked_for("closed"))
        return __real_mkstemp64(path);
    errno = EROFS;
    return -1;
}

int __wrap_access(const char *path, int mode) {
    int rank;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    return asked_for("unshared") && rank > 0 ? -1 : __real_access(path, mode);
}

/* The made-up machine of this rank; NULL: none was asked for. It lives as long as the process. */
static const char *energy_root(void) {
    static char root[4096];
    const char *hook = getenv("CHECK_HOOK");
    int rank;
    if (!hook || strncmp(hook, "energy", strlen("energy")) != 0)
        return NULL;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    snprintf(root, sizeof root, "%s/%d", strchr(hook, ' ') + 1, rank);
    return root;
}

struct energy_meter *__wrap_energy_meter_begin(const char *root) {
    const char *made_up = energy_root();
    return __real_energy_meter_begin(made_up ? made_up : root);
}

double __wrap_energy_meter_end(struct energy_meter *meter, enum system_read *state) {
    const char *root = energy_root();
    char from[4200], to[4200];
    if (root) {
        snprintf(from, sizeof from, "%s/end", root);
        snprintf(to, sizeof to, "%s/sys/class/powercap/intel-rapl:0/energy_uj", root);
        (void)rename(from, to); /* a machine without counters has none */
    }
    return __real_energy_meter_end(meter, state);
}

uint64_t __wrap_machine_boot(const char *root) {
    const char *hook = getenv("CHECK_HOOK");
    int rank;
    if (!hook || strncmp(hook, "energy ", strlen("energy ")) != 0)
        return __real_machine_boot(root);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    return (uint64_t)rank + 1;
}

static const char *threads_root(const char *root) {
    static const char what[] = "threads ";
    const char *hook = getenv("CHECK_HOOK");
    return hook && strncmp(hook, what, sizeof what - 1) == 0 ? hook + sizeof what - 1 : root;
}

struct topology_map *__wrap_topology_map_new(const char *root) {
    return __real_topology_map_new(threads_root(root));
}

bool __wrap_topology_has_threads(const char *root) {
    return __real_topology_has_threads(threads_root(root));
}

int MPI_Alltoall(const void *out, int out_count, MPI_Datatype out_type, void *in, int in_count,
                 MPI_Datatype in_type, MPI_Comm comm) {
    if (asked_for("fail"))
        return MPI_ERR_INTERN;
    return PMPI_Alltoall(out, out_count, out_type, in, in_count, in_type, comm);
}

int MPI_File_open(MPI_Comm comm, const char *path, int mode, MPI_Info info, MPI_File *file) {
    if (asked_for("fail"))
        return MPI_ERR_NO_SUCH_FILE;
    return PMPI_File_open(comm, path, mode, info, file);
}

/* Whether that rank fails, after the call that all take part in. */
static bool fails_here(const char *how) {
    char what[64];
    int rank;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    snprintf(what, sizeof what, "%s %d", how, rank);
    return asked_for(what);
}

void __wrap_collective_run_once(const struct collective_job *job) {
    const size_t bytes = (size_t)collective_bytes(job, job->operation->receives);
    char first[64], last[64];
    if (asked_for("idle"))
        return;
    __real_collective_run_once(job);
    snprintf(first, sizeof first, "collective %s %d first", job->operation->name, job->rank);
    snprintf(last, sizeof last, "collective %s %d last", job->operation->name, job->rank);
    if (bytes > 0 && asked_for(first))
        job->receive[0] ^= 1;
    if (bytes > 0 && asked_for(last))
        job->receive[bytes - 1] ^= 1;
}

int MPI_Scan(const void *out, void *in, int count, MPI_Datatype type, MPI_Op op, MPI_Comm comm) {
    static int calls;
    const int result = PMPI_Scan(out, in, count, type, op, comm);
    if (++calls >= 10 && count > 0 && fails_here("worn"))
        *(unsigned char *)in ^= 1;
    return result;
}

int MPI_File_write_at_all(MPI_File file, MPI_Offset offset, const void *values, int count,
                          MPI_Datatype type, MPI_Status *status) {
    const int result = PMPI_File_write_at_all(file, offset, values, count, type, status);
    return fails_here("unwritten") ? MPI_ERR_NO_SPACE : result;
}

int MPI_File_sync(MPI_File file) {
    const int result = PMPI_File_sync(file);
    return fails_here("unsynced") ? MPI_ERR_IO : result;
}

bool __wrap_kmeans_speeds_find(const struct kmeans *kmeans, double *speeds, double *seconds) {
    static const char asked[] = "speeds ";
    char *hook = getenv("CHECK_HOOK");
    if (!hook || strncmp(hook, asked, strlen(asked)) != 0)
        return __real_kmeans_speeds_find(kmeans, speeds, seconds);
    char *next = hook + strlen(asked);
    for (int r = 0; r < kmeans->run->session->size; r++)
        speeds[r] = strtod(next, &next);
    *seconds = 1e-3;
    return true;
}
