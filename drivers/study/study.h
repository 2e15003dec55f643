/* SPDX-License-Identifier: MIT
 * A study: what is to be run, and every sample so far. It is a directory of plain text:
 *
 *     study.json      what is run: mode, command, launcher, timer, and the points asked for so far
 *     samples.jsonl   the journal: one JSON object per line and sample, appended and synced
 *     output/         what each launch printed, and its report
 *     lock            held while a run is under way
 *     report/         what plait study report wrote
 */
#ifndef PLAIT_DRIVERS_STUDY_STUDY_H
#define PLAIT_DRIVERS_STUDY_STUDY_H

#include "study/grid.h"

#include <jansson.h>

enum study_mode {
    STUDY_STRONG,     /* the same work on more cores */
    STUDY_WEAK,       /* work that grows with the cores */
    STUDY_THROUGHPUT, /* as many independent copies as ranks */
};
extern const char *const study_modes[]; /* ended by NULL */

/* What makes a study the one that it is: a directory takes samples of one of them only. */
struct study_definition {
    enum study_mode mode;
    bool program;       /* words are a program and its arguments, not a subcommand of plait */
    struct texts words; /* placeholders are not filled in */
    char *launcher;     /* template; NULL: the default */
    char *hostfile;     /* NULL: none */
    char *timer;        /* "launch", "total", ... */
    char *grow;         /* what weak scaling multiplies by the cores; NULL: nothing */
    char *check_output; /* regular expression of a line that a program must print; NULL: any */
};

enum outcome { OUTCOME_OK, OUTCOME_FAILED, OUTCOME_TIMEOUT, OUTCOME_WRONG, OUTCOMES };
extern const char *const outcome_names[OUTCOMES + 1];

/* Why a sample may not be what the machine does when left alone. */
enum disturbance {
    DISTURBED_LOAD = 1 << 0,           /* other programs used the cores */
    DISTURBED_CLOCK = 1 << 1,          /* the clock changed */
    DISTURBED_THROTTLED = 1 << 2,      /* the processor throttled itself */
    DISTURBED_OVERSUBSCRIBED = 1 << 3, /* more threads than cores */
    DISTURBANCES = 4
};
extern const char *const disturbance_names[DISTURBANCES + 1];

#define SAMPLE_NONE UINT64_MAX

/* One launch. Texts belong to the study; NULL or NAN: not known. */
struct sample {
    uint64_t id, replaces; /* SAMPLE_NONE: nothing */
    size_t line;           /* of the journal, from 1; 0: appended since that was read */
    size_t point;
    enum outcome outcome;
    unsigned disturbed; /* bits of enum disturbance */
    bool warmup;
    bool replaced; /* by a later sample */
    bool again;    /* it is being measured again, so that its answer has no vote */
    bool judged;   /* right or wrong by the answers of the others: study/answers.h */
    double seconds, launch_seconds;
    double speed;           /* work per second of all ranks together while they computed */
    double limit_seconds;   /* the least time that the arithmetic units allow for computing */
    double limit_part;      /* that over the time that computing took */
    double compute_seconds; /* which is known with them */
    double joules;          /* that the work took; NAN: not known */
    double watts;           /* joules per second of the work */
    double per_joule;       /* work for each of the joules */
    const char *energy;     /* "darts"; NULL: energy was not asked for */
    size_t repeats; /* times within the launch, of which seconds is the median; 1 as a rule */
    int exit_status, signal;
    const char *complaint; /* what is wrong with it, in words */
    const char *answer, *path, *governor, *binding;
    const char *where; /* columns of enum where_column, separated by tabs */
    const char *build; /* columns of enum build_column, likewise; NULL: nothing has run */
};

/* What a sample ran. "-": not known, or nothing. */
enum build_column {
    BUILD_PROGRAM, /* "plait 0.1.0", or the program with a digest of its file */
    BUILD_COMMIT,  /* of git, shortened, and a digest of changes to it */
    BUILD_COMPILER,
    BUILD_FLAGS,
    BUILD_FEATURES,
    BUILD_PATHS,
    BUILD_COLUMNS
};

/* The nodes of a sample, as they were. */
enum where_column {
    WHERE_HOSTS, /* names of all nodes */
    WHERE_SHAPE, /* S(N, p, c, t): nodes, processors per node, cores of each, threads per core */
    WHERE_PROCESSOR,
    WHERE_SYSTEM,
    WHERE_GOVERNOR,
    WHERE_LAUNCHER,
    WHERE_MPI,
    WHERE_LIBRARIES,
    WHERE_COLUMNS
};

struct study {
    char *directory;
    char id[17];
    char *created;
    struct study_definition definition;
    struct grid grid;
    struct sample *samples;
    size_t sample_count, sample_capacity;
    uint64_t next_id;
    uint64_t repeat;       /* samples of each point that the last run asked for */
    char last_started[32]; /* date and time of the latest launch; "": there is none */
    size_t bad_lines;      /* of the journal: named in warnings, left alone */
    bool torn;             /* its last line had no end */
    size_t *works;         /* of each point, which it shares with points of the same work */
    size_t works_known;    /* points that have one */
    struct texts interned;
    int journal; /* descriptor; -1: not open for writing */
    int64_t journal_bytes;
};

/* The index of a name in a list that NULL ends, or -1; name may be NULL. */
int study_find_name(const char *const *names, const char *name);

/* The index of the point that a JSON object names by its ranks, threads and parameters, which is
 * added if need be. false, with a reason, if it is none. */
bool study_take_point(struct grid *grid, const json_t *object, size_t *index, const char **why,
                      struct failure *failure);

/* DIRECTORY/NAME, to be freed; NULL without memory. */
char *study_path(const struct study *study, const char *name);

/* Whether a directory has a study in it. */
bool study_exists(const char *directory);

/* Reads a study. EXIT_USAGE if there is none, or of a later format. Lines that are no samples are
 * named in warnings and counted. Zeroed studies may be read into; free with study_free, also after
 * a failure. */
bool study_read(struct study *study, const char *directory, struct failure *failure);

/* The two halves of it. */
bool study_read_definition(struct study *study, const char *directory, struct failure *failure);
bool study_read_samples(struct study *study, struct failure *failure);

/* Makes a directory if it is not there yet. EXIT_USAGE if that cannot be. */
bool study_make_directory(const char *path, struct failure *failure);

/* Makes the directory, if need be, and a study.json in it of the definition and points that stand
 * in the study; its id is drawn from the clock. */
bool study_write_definition(struct study *study, struct failure *failure);

/* In what two studies differ: "--timer is 'total' there and 'launch' here"; there: of a. */
struct study_difference {
    char text[320];
};

/* Whether the definitions are of one study; else says in what they differ. */
bool study_same_definition(const struct study_definition *a, const struct study_definition *b,
                           struct study_difference *difference);

/* Opens the journal for appending, and takes a torn last line off, with a warning. */
bool study_open_journal(struct study *study, struct failure *failure);

/* Appends a sample, synced, and takes it into the samples. Its reference to line is taken over.
 * What cannot be written whole is taken off again: EXIT_RUN. */
bool study_append(struct study *study, json_t *line, struct failure *failure);

/* Takes the line of a journal into the samples. false, with a reason, if it is none. */
bool study_take_line(struct study *study, const json_t *line, const char **why);

/* Calls visit for each sample that was read, with its line of the journal, in order, until it
 * returns false. Lines that are no samples are left out. */
bool study_each_sample(const struct study *study,
                       bool (*visit)(void *context, const struct sample *sample, json_t *line),
                       void *context, struct failure *failure);

/* Whether a sample counts in statistics: measured, not replaced, right. Disturbed ones only where
 * asked for. */
bool sample_counts(const struct sample *sample, bool with_disturbed);

/* Work of a point in units of the work that is given: the cores in weak mode, ranks in throughput
 * mode, else 1. */
double study_work(const struct study_definition *definition, const struct point *point);

void study_definition_free(struct study_definition *definition);
void study_free(struct study *study);

#endif
