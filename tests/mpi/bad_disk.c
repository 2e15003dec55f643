/* SPDX-License-Identifier: MIT
 * For LD_PRELOAD: a disk with a fault. BAD_DISK=fills: it reports no free space and reserves none,
 * so that it is full in the middle of a run. BAD_DISK=forgets: it accepts long writes and stores
 * none. BAD_DISK=fails: long writes end in an error. */
#define _GNU_SOURCE
#undef _FILE_OFFSET_BITS /* the calls have two names, and a library may use either */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

static bool disk(const char *fault) {
    const char *wanted = getenv("BAD_DISK");
    return wanted && strcmp(wanted, fault) == 0;
}

int fallocate64(int descriptor, int mode, off64_t offset, off64_t bytes) {
    if (!disk("fills"))
        return (int)syscall(SYS_fallocate, descriptor, mode, offset, bytes);
    errno = EOPNOTSUPP;
    return -1;
}

int fstatvfs64(int descriptor, struct statvfs64 *status) {
    (void)descriptor;
    *status = (struct statvfs64){.f_blocks = 0};
    return 0;
}

ssize_t pwrite64(int descriptor, const void *data, size_t bytes, off64_t offset) {
    if (disk("forgets") && bytes > 4096)
        return (ssize_t)bytes;
    if (disk("fails") && bytes > 4096) {
        errno = EIO;
        return -1;
    }
    return syscall(SYS_pwrite64, descriptor, data, bytes, offset);
}

ssize_t pwrite(int descriptor, const void *data, size_t bytes, off_t offset) {
    return pwrite64(descriptor, data, bytes, offset);
}
