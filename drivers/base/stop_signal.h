/* SPDX-License-Identifier: MIT
 * Signals that ask a run with a checkpoint to save and stop: SIGUSR1, which batch systems send
 * before the time is up and mpirun passes on to every rank, SIGXCPU, by which the kernel says that
 * the processor time is used up (ulimit -t), SIGTERM and SIGINT. A handler may do
 * next to nothing, so it leaves a note, and the run looks for it at its next step: a second signal
 * while the work is being saved changes nothing. */
#ifndef PLAIT_DRIVERS_STOP_SIGNAL_H
#define PLAIT_DRIVERS_STOP_SIGNAL_H

#include <stdbool.h>

/* From now on these signals are noted, and do nothing else. One that the caller of the program
 * had set to be ignored, as nohup and shells do for jobs in the background, stays ignored; one that
 * was blocked, as by launchers that wait for it themselves, is not any more. */
void stop_signal_watch(void);

/* Whether one has come since stop_signal_watch. */
bool stop_signal_seen(void);

/* When all is computed and kept there is nothing left to save: from now on one of the signals, or
 * one that has come before, ends the process at once with EXIT_STOPPED, after it has written
 * "plait: ", the text and a newline to standard error; nothing is written for NULL. Does nothing
 * without stop_signal_watch. */
void stop_signal_end_at_once(const char *text);

/* When the results are complete there is nothing left to stop: SIGTERM, SIGINT and SIGXCPU do again
 * what they did when the program was started, and SIGUSR1, which says that time is running out, is
 * noted only. Does nothing without stop_signal_watch. */
void stop_signal_release(void);

#endif
