/* SPDX-License-Identifier: MIT
 * What the processor and its board are called, and the instruction sets that it has. */
#ifndef PLAIT_DRIVERS_PROCESSOR_H
#define PLAIT_DRIVERS_PROCESSOR_H

/* Members have fixed widths and no pointers, since ranks send them to each other as bytes. A text
 * that is not known is empty. */
struct processor {
    char name[160];         /* the brand of an x86 processor; the cores of an Arm one, each kind
                             * once: "Cortex-A72 r0p3" */
    char board[160];        /* "Raspberry Pi 4 Model B Rev 1.4"; of others vendor and product */
    char instructions[320]; /* names as Linux has them, those that matter for computing, separated
                             * by spaces */
};

/* root: "" for this machine; else a directory in which proc and sys are read. */
void processor_describe(struct processor *processor, const char *root);

#endif
