/* SPDX-License-Identifier: MIT
 * What the environment asks of OpenMP, as far as it concerns the choice of threads. */
#ifndef PLAIT_DRIVERS_OPENMP_SETTINGS_H
#define PLAIT_DRIVERS_OPENMP_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>

/* A text of OMP_NUM_THREADS, as OpenMP has it: whole numbers above 0 with commas between them, of
 * which the first counts, as the others are for nested regions. Returns it, or 0 if the text is no
 * such list or the number is above PLAIT_THREADS_MAX. */
int openmp_threads_of_text(const char *text);

/* The threads that OMP_NUM_THREADS asks for, 0 if it is not set or empty. If it cannot be meant,
 * also 0, and *refused is its text, which lives as long as the environment; else NULL. */
int openmp_threads(const char **refused);

/* Whether OMP_DYNAMIC lets OpenMP start fewer threads than it is asked for. */
bool openmp_is_dynamic(void);

/* Whether a variable is set that binds threads to cores, or takes cores from OpenMP. */
bool openmp_binds(void);

/* Bytes of stack that OpenMP gives a thread; 0: what the system gives by default. */
size_t openmp_stack_bytes(void);

/* Bytes in a text of OMP_STACKSIZE ("4000" KiB, "512 k", "16M"); 0 if it is none. */
size_t openmp_stack_of_text(const char *text);

#endif
