/* SPDX-License-Identifier: MIT
 * Limits that the caller of the program has set (ulimit, setrlimit, batch systems). The kernel
 * enforces some of them by signals that end a process without a word; here each becomes an error
 * like a full disk. */
#ifndef PLAIT_DRIVERS_PROCESS_LIMITS_H
#define PLAIT_DRIVERS_PROCESS_LIMITS_H

#include <stdint.h>

/* First of all in main; rank: as the launcher says. From here on
 * - a write beyond the file size limit (SIGXFSZ) and one to a pipe that nobody reads (SIGPIPE) fail
 *   with EFBIG and EPIPE, which are reported as any other error;
 * - the end of the processor time (SIGXCPU) ends the process with one line and EXIT_RUN, unless a
 *   run with a checkpoint notes it (base/stop_signal.h). Where the limit that kills is no later
 *   than the one that warns, as `ulimit -t` sets them, the warning comes a twentieth of the time
 *   earlier, at least 1 s and at most 60 s;
 * - a process that may not open the files or have the stack that MPI and Plait need has ended with
 *   one line and EXIT_RUN.
 * Rank 0 prints its line at once. Another rank waits before it prints: where all have the same
 * limit, the launcher ends it in that time (Hydra does not, before MPI has started). */
void process_limits_begin(int rank);

/* Ends the process in the same way where its files may not have that many KiB. */
void process_limits_require_files(unsigned kib);

/* How many bytes a file of this process may have; UINT64_MAX: no limit. */
uint64_t process_limits_file_bytes(void);

#endif
