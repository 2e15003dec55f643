/* SPDX-License-Identifier: MIT
 * Host files and rank files: one line is one entry, words stand between spaces. */
#include "doctor/hosts.h"

#include "base/number.h"

#include <arpa/inet.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { LINE_BYTES = 1024, SLOTS_MAX = 1000000, CORES_MAX = 65536 };

bool hosts_problem(struct host_list *list, struct failure *failure, const char *format, ...) {
    struct failure line = {0};
    char text[FAILURE_TEXT_BYTES];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    failure_set(&line, EXIT_USAGE, "%s", text); /* control characters go */
    if (list->problem_count++ >= HOST_PROBLEMS_MAX)
        return true;
    char *copy = strdup(line.text);
    list->problems[list->problem_count - 1] = copy;
    if (copy)
        return true;
    list->problem_count--;
    return failure_set(failure, EXIT_RUN, "out of memory for the list of hosts");
}

/* Doubles the space of an array when it is full: at 0, 1, 2, 4 ... items. */
static void *hosts_append(void *items, size_t count, size_t bytes, struct failure *failure) {
    if (count > 0 && (count & (count - 1)) != 0)
        return items;
    void *grown = realloc(items, (count ? 2 * count : 1) * bytes);
    if (!grown)
        failure_set(failure, EXIT_RUN, "out of memory for the list of hosts");
    return grown;
}

/* -- words --------------------------------------------------------------------------------------
 */

/* Why this is no name of a host, or NULL. */
static const char *name_fault(const char *name) {
    struct in6_addr address;
    if (!*name)
        return "has no name";
    if (inet_pton(AF_INET6, name, &address) == 1)
        return NULL;
    if (strlen(name) > 253)
        return "is longer than 253 characters";
    if (*name == '+')
        return "is relative, which works inside an allocation only";
    if (*name == '-' || *name == '.')
        return "is no name of a host";
    for (const char *c = name; *c; c++)
        if (!(*c >= 'a' && *c <= 'z') && !(*c >= 'A' && *c <= 'Z') && !(*c >= '0' && *c <= '9') &&
            *c != '-' && *c != '.' && *c != '_')
            return "is no name of a host";
    return NULL;
}

static bool user_is_good(const char *user) {
    for (const char *c = user; *c; c++)
        if (!(*c >= 'a' && *c <= 'z') && !(*c >= 'A' && *c <= 'Z') && !(*c >= '0' && *c <= '9') &&
            !(c > user && strchr("-.$", *c)) && *c != '_')
            return false;
    return *user != '\0';
}

/* USER@NAME:SLOTS into the entry. Returns why not, or NULL; *word says which part. */
static const char *host_word(struct host_entry *entry, char *text, const char **word) {
    char *at = strchr(text, '@');
    *word = text;
    if (at) {
        *at = '\0';
        if (strlen(text) >= sizeof entry->user || !user_is_good(text))
            return "is no name of a user";
        strcpy(entry->user, text);
        text = at + 1;
    }
    char *colon = strchr(text, ':');
    if (colon && !strchr(colon + 1, ':')) { /* more than one: an address of IPv6 */
        uint64_t slots;
        *colon = '\0';
        *word = colon + 1;
        if (number_count(colon + 1, &slots) || slots < 1 || slots > SLOTS_MAX)
            return "is no number of slots";
        entry->slots = slots;
        entry->form |= HOST_FORM_MPICH;
    }
    *word = text;
    const char *fault = name_fault(text);
    if (!fault)
        snprintf(entry->name, sizeof entry->name, "%s", text);
    return fault;
}

/* Copies the line without its comment, with spaces around '=' removed and tabs as spaces. False if
 * it holds a zero byte, a control character, or is too long. */
static bool plain_line(const struct text_file *file, char line[LINE_BYTES]) {
    size_t length = 0;
    if (file->cut)
        return false;
    for (size_t k = 0; k < file->length; k++) {
        char c = file->text[k] == '\t' ? ' ' : file->text[k];
        if (c == '#')
            break;
        if ((unsigned char)c < ' ' || c == 0x7f || length + 1 >= LINE_BYTES)
            return false;
        if (c == ' ' && (length == 0 || line[length - 1] == ' ' || line[length - 1] == '='))
            continue;
        if (c == '=' && length > 0 && line[length - 1] == ' ')
            length--;
        line[length++] = c;
    }
    while (length > 0 && line[length - 1] == ' ')
        length--;
    line[length] = '\0';
    return true;
}

/* -- host files ---------------------------------------------------------------------------------
 */

/* Who logs in: MPICH's user=, or one of Open MPI's names. */
static bool names_user(const char *word) {
    return strcmp(word, "user") == 0 || strcmp(word, "username") == 0 ||
           strcmp(word, "user-name") == 0 || strcmp(word, "user_name") == 0;
}

/* One more word of a line of a host file. Returns why not, or NULL. */
static const char *host_setting(struct host_entry *entry, char *word) {
    static const struct {
        const char *name;
        bool max;
    } settings[] = {{"slots", false},    {"cpu", false},      {"count", false},
                    {"max_slots", true}, {"max-slots", true}, {"slots_max", true},
                    {"slots-max", true}, {"cpu_max", true},   {"count_max", true},
                    {"cpu-max", true},   {"count-max", true}, {"max_cpu", true},
                    {"max-cpu", true},   {"max_count", true}, {"max-count", true}};
    char *value = strchr(word, '=');
    uint64_t number = 0;
    if (!value)
        return "is no setting such as slots=4";
    *value++ = '\0';
    if (strcmp(word, "binding") == 0 || names_user(word)) {
        if (names_user(word)) {
            if (strlen(value) >= sizeof entry->user || !user_is_good(value))
                return "is no name of a user";
            strcpy(entry->user, value);
        }
        const bool is_mpich = strcmp(word, "binding") == 0 || strcmp(word, "user") == 0;
        entry->form |= is_mpich ? HOST_FORM_MPICH : HOST_FORM_OPENMPI;
        return NULL;
    }
    const bool is_number = !number_count(value, &number) && number >= 1 && number <= SLOTS_MAX;
    for (size_t k = 0; k < sizeof settings / sizeof settings[0]; k++) {
        if (strcmp(word, settings[k].name) != 0) /* Open MPI knows no capitals */
            continue;
        if (!is_number)
            return "is given no whole number of at least 1";
        *(settings[k].max ? &entry->max_slots : &entry->slots) = number;
        entry->form |= HOST_FORM_OPENMPI;
        return NULL;
    }
    return "is no setting of a host file: give slots=N or max_slots=N";
}

static bool host_add(struct host_list *list, const struct host_entry *entry,
                     struct failure *failure) {
    if (list->host_count >= HOSTS_MAX)
        return hosts_problem(list, failure, "more than %d hosts: the rest is left out", HOSTS_MAX);
    struct host_entry *hosts = hosts_append(list->hosts, list->host_count, sizeof *hosts, failure);
    if (!hosts)
        return false;
    list->hosts = hosts;
    hosts[list->host_count++] = *entry;
    return true;
}

static bool host_line(struct host_list *list, const struct text_file *file, char *line,
                      struct failure *failure) {
    struct host_entry entry = {.file = file->path, .line = file->number};
    char *rest = line, *word;
    const char *fault, *what;
    while ((word = strsep(&rest, " ")) != NULL) {
        what = word;
        fault = *entry.name ? host_setting(&entry, word) : host_word(&entry, word, &what);
        if (fault)
            return hosts_problem(list, failure, "%s:%lu: '%s' %s", file->path, file->number, what,
                                 fault);
    }
    if (entry.max_slots > 0 && entry.slots > entry.max_slots)
        return hosts_problem(list, failure, "%s:%lu: slots=%ju is more than max_slots=%ju",
                             file->path, file->number, (uintmax_t)entry.slots,
                             (uintmax_t)entry.max_slots);
    return host_add(list, &entry, failure);
}

/* Calls add for each line that says something. */
static bool hosts_read_lines(struct host_list *list, struct text_file *file,
                             bool (*add)(struct host_list *list, const struct text_file *file,
                                         char *line, struct failure *failure),
                             struct failure *failure) {
    struct failure reading = {0};
    char line[LINE_BYTES];
    while (text_file_line(file, &reading)) {
        if (!plain_line(file, line)) {
            if (!hosts_problem(list, failure, "%s:%lu: is no line of text of at most %d characters",
                               file->path, file->number, LINE_BYTES - 1))
                return false;
        } else if (*line && !add(list, file, line, failure)) {
            return false;
        }
    }
    if (reading.exit_status == EXIT_RUN)
        return failure_set(failure, EXIT_RUN, "%s", reading.text);
    return reading.exit_status == EXIT_DONE || hosts_problem(list, failure, "%s", reading.text);
}

bool hosts_read_file(struct host_list *list, struct text_file *file, struct failure *failure) {
    const bool good = hosts_read_lines(list, file, host_line, failure);
    list->windows[0] = file->windows ? file->path : NULL;
    return good;
}

bool hosts_read_list(struct host_list *list, const char *text, struct failure *failure) {
    char *copy = strdup(text), *rest = copy, *word;
    bool good = copy || failure_set(failure, EXIT_RUN, "out of memory for the list of hosts");
    while (good && (word = strsep(&rest, ",")) != NULL) {
        struct host_entry entry = {0};
        const char *what, *fault = host_word(&entry, word, &what);
        entry.form = HOST_FORM_ANY; /* both MPIs write --host so */
        good = fault ? hosts_problem(list, failure, "--host: '%s' %s", what, fault)
                     : host_add(list, &entry, failure);
    }
    free(copy);
    return good;
}

/* -- rank files ---------------------------------------------------------------------------------
 */

/* N, N-M or '*', all of the text. */
static bool core_range(const char *text, uint32_t *first, uint32_t *last) {
    char *end;
    if (strcmp(text, "*") == 0) {
        *first = 0;
        *last = UINT32_MAX;
        return true;
    }
    if (*text < '0' || *text > '9')
        return false;
    const unsigned long low = strtoul(text, &end, 10);
    unsigned long high = low;
    if (*end == '-') {
        text = end + 1;
        if (*text < '0' || *text > '9')
            return false;
        high = strtoul(text, &end, 10);
    }
    if (*end || low > high || high >= CORES_MAX)
        return false;
    *first = (uint32_t)low;
    *last = (uint32_t)high;
    return true;
}

/* 0:0-3,1:2 or 0-3,5. Returns why not, or NULL. */
static const char *core_list(struct rank_entry *entry, char *text) {
    char *rest = text, *word;
    int socket = -1;
    while ((word = strsep(&rest, ",")) != NULL) {
        uint32_t first, last;
        char *colon = strchr(word, ':');
        if (entry->span_count >= HOST_SPANS_MAX)
            return "has more than 16 parts";
        if (*word == 'p' || *word == 'P')
            word++; /* physical numbers */
        if (colon) {
            uint32_t last_socket;
            *colon = '\0';
            if (!core_range(word, &first, &last_socket))
                return "names no socket";
            if (last_socket != first && last_socket != UINT32_MAX)
                return "names several sockets: write them one by one, 0:0-3,1:0-3";
            socket = last_socket == UINT32_MAX ? -1 : (int)first;
            word = colon + 1;
        }
        if (!core_range(word, &first, &last))
            return "names no cores: write socket:first-last, such as 0:0-3";
        entry->spans[entry->span_count++] = (struct core_span){socket, first, last};
    }
    return NULL;
}

static bool rank_line(struct host_list *list, const struct text_file *file, char *line,
                      struct failure *failure) {
    struct rank_entry entry = {.file = file->path, .line = file->number};
    struct host_entry host = {0};
    char *rest = line, whole[LINE_BYTES];
    char *word = strsep(&rest, " "), *where = strsep(&rest, " "), *cores = strsep(&rest, " ");
    const char *fault = NULL, *what = word;
    char *equals = where ? strchr(where, '=') : NULL;
    /* Open MPI knows no capitals, and cannot place a rank without its cores. */
    if (strcmp(word, "rank") != 0 || !equals || !cores || rest) {
        return hosts_problem(list, failure,
                             "%s:%lu: a line of a rank file is 'rank 0=host slot=0:0-3'",
                             file->path, file->number);
    }
    *equals = '\0';
    what = where;
    if (number_count(where, &entry.rank) || entry.rank > SLOTS_MAX)
        fault = "is no number of a rank";
    else if ((fault = host_word(&host, equals + 1, &what)) == NULL) {
        char *value = strchr(cores, '=');
        snprintf(whole, sizeof whole, "%s", cores);
        what = whole;
        if (!value || (strncmp(cores, "slot=", 5) != 0 && strncmp(cores, "slots=", 6) != 0))
            fault = "is not slot=0:0-3";
        else
            fault = core_list(&entry, value + 1);
    }
    for (size_t k = 0; k < list->rank_count && !fault; k++)
        if (list->ranks[k].rank == entry.rank)
            return hosts_problem(list, failure, "%s:%lu: rank %ju is placed on line %lu already",
                                 file->path, file->number, (uintmax_t)entry.rank,
                                 list->ranks[k].line);
    if (fault)
        return hosts_problem(list, failure, "%s:%lu: '%s' %s", file->path, file->number, what,
                             fault);
    if (list->rank_count >= HOSTS_MAX)
        return hosts_problem(list, failure, "more than %d ranks: the rest is left out", HOSTS_MAX);
    strcpy(entry.host, host.name);
    strcpy(entry.user, host.user);
    struct rank_entry *ranks = hosts_append(list->ranks, list->rank_count, sizeof *ranks, failure);
    if (!ranks)
        return false;
    list->ranks = ranks;
    ranks[list->rank_count++] = entry;
    return true;
}

bool hosts_read_ranks(struct host_list *list, struct text_file *file, struct failure *failure) {
    const bool good = hosts_read_lines(list, file, rank_line, failure);
    list->windows[1] = file->windows ? file->path : NULL;
    return good;
}

/* -- questions ----------------------------------------------------------------------------------
 */

const struct host_entry *hosts_find(const struct host_list *list, const char *name) {
    for (size_t k = 0; k < list->host_count; k++)
        if (strcasecmp(list->hosts[k].name, name) == 0)
            return &list->hosts[k];
    return NULL;
}

uint64_t hosts_rank_cores(const struct rank_entry *rank) {
    uint64_t cores = 0;
    for (size_t k = 0; k < rank->span_count; k++) {
        if (rank->spans[k].last == UINT32_MAX)
            return 0;
        cores += rank->spans[k].last - rank->spans[k].first + 1;
    }
    return cores;
}

void hosts_free(struct host_list *list) {
    for (size_t k = 0; k < list->problem_count && k < HOST_PROBLEMS_MAX; k++)
        free(list->problems[k]);
    free(list->hosts);
    free(list->ranks);
    *list = (struct host_list){0};
}
