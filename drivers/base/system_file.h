/* SPDX-License-Identifier: MIT
 * Small files of /proc and /sys, of this machine or of a made-up one. */
#ifndef PLAIT_DRIVERS_SYSTEM_FILE_H
#define PLAIT_DRIVERS_SYSTEM_FILE_H

#include <stddef.h>
#include <stdint.h>

/* What became of a value: one that is there but not for this user is no missing one. */
enum system_read {
    SYSTEM_ABSENT, /* there is no such file, or nothing in it */
    SYSTEM_DENIED, /* it needs rights that this process does not have */
    SYSTEM_READ,
};

/* Reads the beginning of a file, without the white space (and zeros of device trees) at its end;
 * characters that are no text become '?', line ends stay. root: "" for this machine, else the
 * directory that stands for "/". The path is printf-like. *text is empty unless it was read. */
enum system_read system_text(const char *root, char *text, size_t bytes, const char *path, ...)
    __attribute__((format(printf, 4, 5)));

/* The number at the beginning of a file. *value is NAN unless it was read. */
enum system_read system_number(const char *root, double *value, const char *path, ...)
    __attribute__((format(printf, 3, 4)));

/* The names in a directory, without hidden ones, in the order of their numbers and letters (cpu2
 * before cpu10). Returns how many; *names is to be freed by system_names_free. */
size_t system_names(const char *root, const char *directory, char ***names);
void system_names_free(char **names, size_t count);

/* The value after the colon of the line "<key>...: value" of a file like /proc/cpuinfo, from
 * `*place` on, which is then the place after that line; begin with 0. An empty text: there is none.
 */
void system_field(const char *root, const char *path, const char *key, long *place, char *text,
                  size_t bytes);

/* Calls visit for each number of a list as the kernel writes it, "0-3,8". Nothing for one that is
 * no list. */
void system_list(const char *list, void (*visit)(void *context, int number), void *context);

#endif
