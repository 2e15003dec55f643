/* SPDX-License-Identifier: MIT
 * The option table of plait doctor. */
#include "doctor/doctor.h"

#include "plait/exec.h"

#include <stddef.h>

#define MEMBER(name) offsetof(struct doctor_options, name)

static const struct option rows[] = {
    {
        .name = "hostfile",
        .kind = OPTION_TEXT,
        .argument = "FILE",
        .help =
            "host file of the run: 'red01 slots=4', 'pi@red01', or 'red01:4' as MPICH writes it",
        .default_text = "this machine alone",
        .offset = MEMBER(hostfile),
        .reads = true,
    },
    {
        .name = "rankfile",
        .kind = OPTION_TEXT,
        .argument = "FILE",
        .help = "rank file of the run: 'rank 0=red01 slot=0:0-3'",
        .offset = MEMBER(rankfile),
        .reads = true,
    },
    {
        .name = "host",
        .kind = OPTION_TEXT,
        .argument = "LIST",
        .help =
            "hosts of the run, separated by commas, as mpirun --host takes them: red,pi@red01:4",
        .offset = MEMBER(host),
    },
    {
        .name = "np",
        .kind = OPTION_COUNT,
        .argument = "N",
        .help = "ranks that the run is to have: are there slots for them",
        .offset = MEMBER(ranks),
        .min = 1,
        .max = 1000000,
    },
    {
        .name = "threads",
        .kind = OPTION_COUNT,
        .argument = "N",
        .help = "threads that each rank is to have: is each rank given cores for them",
        .default_text = "OMP_NUM_THREADS",
        .offset = MEMBER(threads),
        .min = 1,
        .max = PLAIT_THREADS_MAX,
    },
    {
        .name = "agent",
        .kind = OPTION_TEXT,
        .argument = "COMMAND",
        .help =
            "what reaches a node, run as COMMAND HOST LINE with the words of COMMAND separated by spaces",
        .default_value = "ssh",
        .offset = MEMBER(agent),
    },
    {
        .name = "timeout",
        .kind = OPTION_REAL,
        .argument = "SECONDS",
        .help = "how long a node may take to reply, in each of three steps",
        .default_value = "20",
        .offset = MEMBER(timeout),
        .real_max = 3600,
        .positive = true,
    },
    {
        .name = "slurm",
        .kind = OPTION_FLAG,
        .help =
            "examine Slurm too: munge and its key, slurm.conf against 'slurmd -C', control groups, states of nodes",
        .offset = MEMBER(slurm),
    },
    {
        .name = "write",
        .kind = OPTION_TEXT,
        .argument = "DIRECTORY",
        .directory = true,
        .help =
            "write hostfile, rankfile and run.sh of a hybrid run there: a rank per node, or per socket, and a thread per core, with settings that end the job when a cable is cut",
        .offset = MEMBER(write),
    },
    {
        .name = "json",
        .kind = OPTION_TEXT,
        .argument = "FILE",
        .help = "write the facts of all nodes and the findings to FILE, also when there are some",
        .offset = MEMBER(json),
        .replaces = true,
    },
};

static const struct option_table tables[] = {
    {rows, sizeof rows / sizeof rows[0], 0},
    OPTION_STANDARD_TABLE,
};

const struct option_set doctor_option_set = {
    .command = "doctor",
    .summary = "say what is wrong with the nodes of a run before it starts, and what to type",
    .details =
        "Reads host and rank files, resolves all names, reaches all nodes at the same time by ssh without a password, compares what is installed there, tries connections between them, and finds well-known traps. "
        "Each finding is one sentence, and below it the line to type for the MPI that is installed. "
        "Nothing is changed, and no MPI is started; plait need not be on the other nodes.\n\n"
        "Exit status 0: nothing is to be changed; 1: something is; 2: a file cannot be read or written, a host is no name or the agent fails, one line each, and the other hosts are examined all the same.",
    .tables = tables,
    .table_count = sizeof tables / sizeof tables[0],
};
