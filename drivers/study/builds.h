/* SPDX-License-Identifier: MIT
 * What a sample ran: the build of plait, as reports name it, or the files of a program. Samples of
 * different builds may differ because of that. */
#ifndef PLAIT_DRIVERS_STUDY_BUILDS_H
#define PLAIT_DRIVERS_STUDY_BUILDS_H

#include "study/study.h"

/* A file whose digest is known as long as it stays as it is. All zero: none. */
struct program_file {
    char state[96]; /* device, inode, size and times */
    char digest[32];
};

/* The file of a program, and its script where the program is an interpreter. */
enum { PROGRAM_FILES = 2 };

/* {"files": [{"name": "work", "fnv1a": "0123456789abcdef"}]} of a command that is about to run; a
 * file that is not on this node has null. files: what is known of these files so far. The script is
 * the first argument of a program that is found by PATH, or the first one behind the options of an
 * interpreter that is known by its name, if that names a file. */
json_t *builds_of_program(const struct texts *words, struct program_file files[PROGRAM_FILES]);

/* The columns of enum build_column of a sample's environment, separated by tabs, to be freed; NULL:
 * nothing is known, or without memory. */
char *builds_columns(const json_t *environment);

/* The same in words: "plait 0.1.0, commit 0123456789ab, gcc 12.2.0, -O3 ...". */
enum { BUILD_TEXT_BYTES = 512 };
void builds_text(const char *columns, char text[BUILD_TEXT_BYTES]);

/* A build, and how many samples are of it. */
struct build_use {
    const char *columns;
    size_t samples;
};

/* The builds of all samples that were measured, failed and disturbed ones included, and not
 * replaced; of more than BUILD_USES the first. Returns how many there are. */
enum { BUILD_USES = 16 };
size_t builds_find(const struct study *study, struct build_use uses[BUILD_USES]);

#endif
