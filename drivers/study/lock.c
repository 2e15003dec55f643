/* SPDX-License-Identifier: MIT
 * flock, and in the file who holds it: "STUDY BIRTH GROUP BIRTH". */
#include "study/lock.h"

#include "base/warning.h"
#include "study/launch.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

static void write_holder(const struct study_lock *lock, pid_t group) {
    char text[128];
    const int length =
        snprintf(text, sizeof text, "%d %" PRIu64 " %d %" PRIu64 "\n", (int)getpid(),
                 launch_birth(getpid()), (int)group, group ? launch_birth(group) : 0);
    /* Only for messages and for what is left behind: a lock that says nothing is a lock. */
    if (pwrite(lock->descriptor, text, (size_t)length, 0) == length &&
        ftruncate(lock->descriptor, length) != 0)
        return;
}

/* Who holds the lock, as the file says; 0: nobody knows. */
struct holder {
    int study, group;
    uint64_t study_birth, group_birth;
};

static struct holder read_holder(int descriptor) {
    struct holder holder = {0};
    char text[128] = "";
    if (pread(descriptor, text, sizeof text - 1, 0) <= 0 ||
        sscanf(text, "%d %" SCNu64 " %d %" SCNu64, &holder.study, &holder.study_birth,
               &holder.group, &holder.group_birth) != 4)
        return (struct holder){0};
    return holder;
}

/* Whether a group is that of the launch that was noted: its first process is, or that is gone, and
 * then its number is not given away as long as the group has others. */
static bool is_noted_group(const struct holder *holder) {
    const uint64_t birth = holder->group > 1 ? launch_birth(holder->group) : 1;
    return birth == holder->group_birth || birth == 0;
}

bool study_lock_take(struct study_lock *lock, const char *directory, double grace,
                     struct failure *failure) {
    char path[4096], line[256];
    const struct timespec moment = {0, 20000000};
    snprintf(path, sizeof path, "%s/lock", directory);
    /* Without O_CLOEXEC: see the header. */
    lock->descriptor = open(path, O_RDWR | O_CREAT, 0666);
    if (lock->descriptor < 0)
        return failure_set(failure, EXIT_USAGE, "cannot write in '%s': %s", directory,
                           strerror(errno));
    bool held = flock(lock->descriptor, LOCK_EX | LOCK_NB) == 0;
    const struct holder holder = held ? (struct holder){0} : read_holder(lock->descriptor);
    const bool orphaned =
        !held && holder.study > 0 && launch_birth(holder.study) != holder.study_birth;
    if (orphaned && is_noted_group(&holder)) {
        snprintf(
            line, sizeof line,
            "an earlier study was killed, and its launch (process group %d) still runs: it is ended",
            holder.group);
        warning_print(line);
        launch_end_group(holder.group, grace);
    }
    /* What it left may end by itself, too. */
    for (int tries = 0; orphaned && tries < 250 && !held; tries++) {
        nanosleep(&moment, NULL);
        held = flock(lock->descriptor, LOCK_EX | LOCK_NB) == 0;
    }
    if (!held) {
        close(lock->descriptor);
        lock->descriptor = -1;
        return failure_set(
            failure, EXIT_USAGE,
            orphaned
                ? "'%s' is in use by a launch of study process %d, which was killed: end it first"
                : "'%s' is in use by another study, process %d: wait for it, or choose another directory",
            directory, holder.study);
    }
    write_holder(lock, 0);
    return true;
}

void study_lock_note(const struct study_lock *lock, pid_t group) {
    write_holder(lock, group);
}

void study_lock_release(struct study_lock *lock) {
    if (lock->descriptor >= 0)
        close(lock->descriptor);
    lock->descriptor = -1;
}
