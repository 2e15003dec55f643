/* SPDX-License-Identifier: MIT
 * The thread, its socket, and the line that ends a job. */
#define _GNU_SOURCE /* interface flags, getrandom */
#include "base/heartbeat.h"

#include "base/clock.h"
#include "base/process_activity.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

enum { NAMED_RANKS = 8, BEATS_IN_LIMIT = 10, END_COPIES = 3 };

/* How much later than rank 0 the deputy ends the job, and all others hold themselves. */
static const double deputy_seconds = 3, alone_seconds = 8;
/* How long a rank that is held waits for the end before it ends alone. */
static const double held_seconds = 6;
/* Between copies of a datagram. */
static const struct timespec copy_pause = {0, 10000000};
/* At least until the line has gone through the launcher, which drops the rest when ranks have
 * ended; at most that many for ranks that do not say that they are held. */
enum { LINE_PAUSES = 100, HOLD_PAUSES = 400 };

enum beat_kind { BEAT = 1, REPLY = 2, BYE = 3, HOLD = 4, HELD = 5, END = 6 };

/* A datagram. The nodes of a job have one byte order. */
struct beat {
    uint64_t token;
    uint32_t kind;
    uint32_t rank;      /* of the sender */
    uint64_t asleep_ms; /* BEAT: since when the sender has not run */
};

/* Rank 0's view of a rank, the deputy's when rank 0 is silent, and each rank's of rank 0. */
struct peer {
    struct sockaddr_in6 address; /* where its last datagram came from; family 0: none has come */
    double silent_s;             /* without a datagram */
    double asleep_s;             /* as it said itself */
    bool gone;                   /* has said BYE */
    bool held;                   /* has said HELD */
};

/* Written before the thread starts, by that thread only, or atomic. */
static struct {
    struct heartbeat_job job;
    struct peer *peers; /* [size] */
    pthread_t thread, main_thread;
    struct sigaction hold_before; /* what HOLD_SIGNAL did */
    int socket, family;           /* AF_INET6 for both kinds of addresses, or AF_INET */
    int wake[2];                  /* a pipe: closed to end the thread */
    double asleep_s;              /* this process */
    bool started, listens;
    bool holds;    /* this process is asked to hold, or asks others */
    double held_s; /* since then */
    atomic_bool connected, held;
} heart;

static bool is_rank_0(void) {
    return heart.job.rank == 0;
}

static double beat_seconds(void) {
    const double seconds = heart.job.limit_s / BEATS_IN_LIMIT;
    return seconds < 1 ? seconds : 1;
}

static double connect_seconds(void) {
    return heart.job.limit_s < 10 ? 10 : heart.job.limit_s;
}

/* -- datagrams --------------------------------------------------------------------------------- */

/* To an address of IPv6, or of IPv4 mapped into it. Losses are expected. */
static void beat_send(enum beat_kind kind, const struct sockaddr_in6 *to) {
    const struct beat beat = {heart.job.site.token, kind, (uint32_t)heart.job.rank,
                              (uint64_t)(heart.asleep_s * 1e3)};
    struct sockaddr_in plain = {.sin_family = AF_INET, .sin_port = to->sin6_port};
    memcpy(&plain.sin_addr, to->sin6_addr.s6_addr + 12, 4);
    if (heart.family == AF_INET6)
        (void)sendto(heart.socket, &beat, sizeof beat, MSG_NOSIGNAL, (const struct sockaddr *)to,
                     sizeof *to);
    else if (IN6_IS_ADDR_V4MAPPED(&to->sin6_addr))
        (void)sendto(heart.socket, &beat, sizeof beat, MSG_NOSIGNAL,
                     (const struct sockaddr *)&plain, sizeof plain);
}

static struct sockaddr_in6 site_address(const struct heartbeat_site *site, uint32_t k) {
    struct sockaddr_in6 address = {.sin6_family = AF_INET6,
                                   .sin6_port = htons((uint16_t)site->port)};
    memcpy(&address.sin6_addr, site->addresses[k], 16);
    return address;
}

static void beat_send_to_site(enum beat_kind kind, const struct heartbeat_site *site) {
    for (uint32_t k = 0; k < site->count; k++) {
        const struct sockaddr_in6 address = site_address(site, k);
        beat_send(kind, &address);
    }
}

/* To rank 0: at the address that has replied, before that and in every silence at all of them. */
static void beat_send_to_root(enum beat_kind kind) {
    const struct peer *root = &heart.peers[0];
    if (root->address.sin6_family != 0 && root->silent_s <= 2 * beat_seconds())
        beat_send(kind, &root->address);
    else
        beat_send_to_site(kind, &heart.job.site);
}

/* The next datagram of this job, with its sender's address in the form of IPv6. */
static bool beat_receive(struct beat *beat, struct sockaddr_in6 *from) {
    for (;;) {
        struct sockaddr_storage sender;
        socklen_t length = sizeof sender;
        const ssize_t bytes = recvfrom(heart.socket, beat, sizeof *beat, MSG_DONTWAIT,
                                       (struct sockaddr *)&sender, &length);
        if (bytes < 0 && errno != EINTR && errno != ECONNREFUSED && errno != EHOSTUNREACH &&
            errno != ENETUNREACH)
            return false;
        if (bytes != (ssize_t)sizeof *beat || beat->token != heart.job.site.token ||
            beat->rank >= (uint32_t)heart.job.size)
            continue;
        if (sender.ss_family == AF_INET6) {
            memcpy(from, &sender, sizeof *from);
            return true;
        }
        const struct sockaddr_in *plain = (const struct sockaddr_in *)&sender;
        *from = (struct sockaddr_in6){.sin6_family = AF_INET6, .sin6_port = plain->sin_port};
        from->sin6_addr.s6_addr[10] = from->sin6_addr.s6_addr[11] = 0xff;
        memcpy(from->sin6_addr.s6_addr + 12, &plain->sin_addr, 4);
        return true;
    }
}

/* -- holding ------------------------------------------------------------------------------------
 */

/* Of those that nobody else uses; the last one belongs to valgrind. */
#define HOLD_SIGNAL (SIGRTMAX - 2)

static void hold_for_ever(int number) {
    (void)number;
    atomic_store(&heart.held, true);
    for (;;)
        pause();
}

static void hold_begin(void) {
    const struct sigaction action = {.sa_handler = hold_for_ever};
    sigset_t unblocked;
    sigemptyset(&unblocked);
    sigaddset(&unblocked, HOLD_SIGNAL);
    pthread_sigmask(SIG_UNBLOCK, &unblocked, NULL);
    sigaction(HOLD_SIGNAL, &action, &heart.hold_before);
}

/* The main thread of this process. */
static void hold_main(void) {
    if (!heart.holds)
        pthread_kill(heart.main_thread, HOLD_SIGNAL);
    heart.holds = true;
}

/* -- the end ------------------------------------------------------------------------------------
 */

/* One that has never been heard has its own time limit, in which it reports that itself. */
static bool peer_is_silent(int rank, double limit_s) {
    const struct peer *peer = &heart.peers[rank];
    const double grace_s = peer->address.sin6_family == 0 ? 2 * connect_seconds() : 0;
    return rank != 0 && !peer->gone && peer->silent_s > limit_s + grace_s;
}

static bool peer_is_asleep(int rank, double limit_s) {
    const double asleep_s = rank == 0 ? heart.asleep_s : heart.peers[rank].asleep_s;
    return !(rank != 0 && heart.peers[rank].gone) && asleep_s > limit_s;
}

static size_t line_add(char *line, size_t bytes, size_t length, const char *text) {
    const int added = snprintf(line + length, bytes - length, "%s", text);
    return length + (size_t)added < bytes ? length + (size_t)added : bytes - 1;
}

/* ", rank 2 on host red02 is not responding". Those who missed the limit by a beat have the same
 * cause as those who did not. Without malloc: the main thread may be inside it. */
static void lost_ranks(char *line, size_t bytes) {
    const double limit_s = heart.job.limit_s - 2 * beat_seconds();
    size_t length = 0;
    int named = 0, more = 0;
    for (int r = 0; r < heart.job.size; r++) {
        const bool silent = peer_is_silent(r, limit_s);
        if (!silent && !peer_is_asleep(r, limit_s))
            continue;
        if (named == NAMED_RANKS) {
            more++;
            continue;
        }
        char text[HOST_NAME_BYTES + 80];
        snprintf(text, sizeof text, "%srank %d on host %s %s", named++ ? ", " : "", r,
                 heart.job.hosts[r],
                 silent ? "is not responding" : "is not running (asleep, or waiting for a disk)");
        length = line_add(line, bytes, length, text);
    }
    char text[32];
    snprintf(text, sizeof text, " and %d more", more);
    if (more > 0)
        line_add(line, bytes, length, text);
}

static void say_what_is_lost(const char *lost) {
    char line[4096];
    const int length = snprintf(
        line, sizeof line,
        "plait: timed out after %.7g s: %s: look at that host and its network, or raise --watchdog\n",
        heart.job.limit_s, lost);
    const ssize_t ignored = write(STDERR_FILENO, line, (size_t)length);
    (void)ignored;
}

static void take_beats(void);

static void send_to_peers(enum beat_kind kind) {
    for (int r = 0; r < heart.job.size; r++)
        if (r != heart.job.rank && heart.peers[r].address.sin6_family != 0)
            beat_send(kind, &heart.peers[r].address);
}

/* Whether one that still responds is not held yet. The deputy waits for the first beat of each. */
static bool any_is_loose(void) {
    bool loose = !atomic_load(&heart.held);
    for (int r = 0; r < heart.job.size; r++) {
        const struct peer *peer = &heart.peers[r];
        loose |= r != heart.job.rank && !peer->gone && !peer->held &&
                 peer->silent_s <= heart.job.limit_s - 2 * beat_seconds();
    }
    return loose;
}

/* Those that are lost take part should they return in time. A main thread in an uninterruptible
 * sleep cannot be held. */
static void end_job(const char *lost) {
    hold_main();
    say_what_is_lost(lost);
    for (int k = 0; k < HOLD_PAUSES && (k < LINE_PAUSES || any_is_loose()); k++) {
        send_to_peers(HOLD);
        nanosleep(&copy_pause, NULL);
        take_beats();
    }
    for (int copy = 0; copy < END_COPIES; copy++) {
        send_to_peers(END);
        nanosleep(&copy_pause, NULL);
    }
    _exit(EXIT_RUN);
}

static void judge_as_root(void) {
    char lost[NAMED_RANKS * (HOST_NAME_BYTES + 80)] = "";
    bool any = false;
    for (int r = 0; r < heart.job.size && !any; r++)
        any = peer_is_silent(r, heart.job.limit_s) || peer_is_asleep(r, heart.job.limit_s);
    if (!any)
        return;
    lost_ranks(lost, sizeof lost);
    end_job(lost);
}

/* While rank 0 is silent the others make themselves known to its deputy. */
static void judge_as_other(void) {
    const double late_s = heart.peers[0].silent_s - heart.job.limit_s;
    const bool is_deputy = heart.job.rank == heart.job.deputy;
    if (!atomic_load(&heart.connected) || late_s <= 0)
        return;
    if (!is_deputy)
        beat_send_to_site(BEAT, &heart.job.deputy_site);
    if (late_s > alone_seconds)
        hold_main();
    if (!is_deputy || late_s <= deputy_seconds)
        return;
    char lost[HOST_NAME_BYTES + 80];
    snprintf(lost, sizeof lost, "rank 0 on host %s is not responding", heart.job.hosts[0]);
    end_job(lost);
}

/* -- the thread ---------------------------------------------------------------------------------
 */

/* One that is held says so when its main thread has got there: the other side asks again. */
static void take_beats(void) {
    struct beat beat;
    struct sockaddr_in6 from;
    const bool listens = is_rank_0() || heart.job.rank == heart.job.deputy;
    while (beat_receive(&beat, &from)) {
        struct peer *peer = &heart.peers[beat.rank];
        switch (beat.kind) {
        case END:
            _exit(EXIT_RUN);
        case HOLD:
            hold_main();
            if (atomic_load(&heart.held))
                beat_send(HELD, &from);
            break;
        case HELD:
            peer->held = true;
            break;
        case REPLY:
            if (is_rank_0() || beat.rank != 0)
                continue;
            atomic_store(&heart.connected, true);
            break;
        case BEAT:
        case BYE:
            if (!listens)
                continue;
            peer->gone |= beat.kind == BYE;
            if (is_rank_0() && beat.kind == BEAT)
                beat_send(REPLY, &from);
            break;
        default:
            continue;
        }
        peer->address = from;
        peer->silent_s = 0;
        peer->asleep_s = (double)beat.asleep_ms * 1e-3;
    }
}

/* What has not come by now is missing since then; but not longer than this thread was there to
 * see it. */
static void count_silence(double seconds) {
    for (int k = 0; k < heart.job.size; k++)
        heart.peers[k].silent_s += seconds;
    if (heart.holds)
        heart.held_s += seconds;
}

/* Sleeps until the next beat, or until there is something to read. Returns whether to continue: a
 * main thread that is held on its way out waits for the end here too. */
static bool heart_wait(uint64_t until_ns) {
    struct pollfd files[2] = {{.fd = heart.socket, .events = POLLIN},
                              {.fd = heart.wake[0], .events = POLLIN}};
    const uint64_t now_ns = clock_now_ns();
    const int ms = now_ns < until_ns ? (int)((until_ns - now_ns) / 1000000) + 1 : 0;
    const bool failed = poll(files, 2, ms) < 0;
    if (failed || (files[1].revents != 0 && heart.holds))
        nanosleep(&copy_pause, NULL);
    return files[1].revents == 0 || heart.holds;
}

static void *heart_run(void *ignored) {
    struct process_activity activity;
    const double beat_s = beat_seconds();
    uint64_t last_ns = clock_now_ns(), next_ns = last_ns;
    process_activity_begin(&activity, heart.main_thread);
    while (heart_wait(next_ns)) {
        const double passed_s = clock_seconds_since(last_ns);
        take_beats();
        if (clock_now_ns() < next_ns)
            continue;
        last_ns = clock_now_ns();
        next_ns = last_ns + (uint64_t)(beat_s * 1e9);
        const double counted_s = passed_s < 2 * beat_s ? passed_s : 2 * beat_s;
        count_silence(counted_s);
        take_beats();
        if (heart.held_s > held_seconds)
            _exit(EXIT_RUN);
        if (heart.holds) /* the main thread may hold the lock of malloc, which the rest needs */
            continue;
        const bool runs = process_activity_seen(&activity, passed_s);
        heart.asleep_s = runs ? 0 : heart.asleep_s + counted_s;
        if (!is_rank_0()) {
            beat_send_to_root(BEAT);
            judge_as_other();
        } else {
            judge_as_root();
        }
    }
    if (!is_rank_0())
        beat_send_to_root(BYE);
    return ignored;
}

/* -- the main thread ----------------------------------------------------------------------------
 */

/* IPv6 with IPv4 in it, or where there is no IPv6 that alone; any port. */
static bool heart_open(struct failure *failure) {
    const int off = 0;
    const struct sockaddr_in6 any = {.sin6_family = AF_INET6};
    const struct sockaddr_in any_plain = {.sin_family = AF_INET};
    const int type = SOCK_DGRAM | SOCK_CLOEXEC;
    heart.family = AF_INET6;
    heart.socket = socket(AF_INET6, type, 0);
    if (heart.socket >= 0 &&
        setsockopt(heart.socket, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off) == 0 &&
        bind(heart.socket, (const struct sockaddr *)&any, sizeof any) == 0)
        return true;
    if (heart.socket >= 0)
        close(heart.socket);
    heart.family = AF_INET;
    heart.socket = socket(AF_INET, type, 0);
    if (heart.socket >= 0 &&
        bind(heart.socket, (const struct sockaddr *)&any_plain, sizeof any_plain) == 0)
        return true;
    return failure_set(failure, EXIT_RUN, "--watchdog: cannot open a socket: %s", strerror(errno));
}

static void site_add(struct heartbeat_site *site, const struct sockaddr *address) {
    unsigned char *bytes = site->addresses[site->count];
    if (address->sa_family == AF_INET) {
        memset(bytes, 0, 10);
        bytes[10] = bytes[11] = 0xff;
        memcpy(bytes + 12, &((const struct sockaddr_in *)address)->sin_addr, 4);
        site->count++;
    } else if (address->sa_family == AF_INET6) {
        const struct in6_addr *in6 = &((const struct sockaddr_in6 *)address)->sin6_addr;
        if (IN6_IS_ADDR_LINKLOCAL(
                in6)) /* belongs to an interface, which has other numbers elsewhere */
            return;
        memcpy(bytes, in6, 16);
        site->count++;
    }
}

/* Those of interfaces to other hosts first; the loopback serves ranks of this host. */
static void site_add_interfaces(struct heartbeat_site *site, const struct ifaddrs *interfaces,
                                bool loopback) {
    for (const struct ifaddrs *i = interfaces; i && site->count < HEARTBEAT_ADDRESSES;
         i = i->ifa_next)
        if (i->ifa_addr && (i->ifa_flags & IFF_UP) && !(i->ifa_flags & IFF_LOOPBACK) == !loopback)
            site_add(site, i->ifa_addr);
}

bool heartbeat_listen(struct heartbeat_site *site, struct failure *failure) {
    struct sockaddr_storage mine;
    socklen_t length = sizeof mine;
    struct ifaddrs *interfaces = NULL;
    memset(&heart, 0, sizeof heart);
    *site = (struct heartbeat_site){0};
    if (!heart_open(failure))
        return false;
    heart.listens = true;
    if (getsockname(heart.socket, (struct sockaddr *)&mine, &length) != 0 ||
        getifaddrs(&interfaces) != 0)
        return failure_set(failure, EXIT_RUN,
                           "--watchdog: cannot read the addresses of this host: %s",
                           strerror(errno));
    site_add_interfaces(site, interfaces, false);
    site_add_interfaces(site, interfaces, true);
    freeifaddrs(interfaces);
    site->port = ntohs(mine.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&mine)->sin6_port
                                                  : ((struct sockaddr_in *)&mine)->sin_port);
    if (getrandom(&site->token, sizeof site->token, 0) != sizeof site->token)
        site->token = clock_now_ns() ^ ((uint64_t)getpid() << 40);
    return true;
}

/* The thread takes no signals: handlers belong to the main thread. */
static bool heart_start_thread(struct failure *failure) {
    sigset_t all, before;
    pthread_attr_t attributes;
    sigfillset(&all);
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 256 * 1024);
    hold_begin();
    pthread_sigmask(SIG_SETMASK, &all, &before);
    const int error = pthread_create(&heart.thread, &attributes, heart_run, NULL);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    heart.started = error == 0;
    return heart.started ||
           failure_set(failure, EXIT_RUN, "--watchdog: cannot start a thread: %s", strerror(error));
}

bool heartbeat_begin(const struct heartbeat_job *job, struct failure *failure) {
    heart.wake[0] = heart.wake[1] = -1;
    heart.job = *job;
    heart.main_thread = pthread_self();
    heart.peers = calloc((size_t)job->size, sizeof *heart.peers);
    if (!heart.peers)
        return failure_set(failure, EXIT_RUN, "out of memory");
    if (pipe2(heart.wake, O_CLOEXEC) != 0)
        return failure_set(failure, EXIT_RUN, "--watchdog: cannot open a pipe: %s",
                           strerror(errno));
    return heart_start_thread(failure);
}

bool heartbeat_connect(struct failure *failure) {
    const double limit_s = connect_seconds();
    const uint64_t begun_ns = clock_now_ns();
    const struct timespec pause = {0, 1000000};
    while (!is_rank_0() && !atomic_load(&heart.connected)) {
        if (clock_seconds_since(begun_ns) > limit_s) {
            char addresses[200] = "", text[INET6_ADDRSTRLEN];
            for (uint32_t k = 0; k < heart.job.site.count; k++) {
                const struct sockaddr_in6 address = site_address(&heart.job.site, k);
                const bool mapped = IN6_IS_ADDR_V4MAPPED(&address.sin6_addr);
                if (IN6_IS_ADDR_LOOPBACK(&address.sin6_addr) ||
                    (mapped && address.sin6_addr.s6_addr[12] == 127))
                    continue;
                inet_ntop(mapped ? AF_INET : AF_INET6,
                          address.sin6_addr.s6_addr + (mapped ? 12 : 0), text, sizeof text);
                const size_t used = strlen(addresses);
                snprintf(addresses + used, sizeof addresses - used, "%s%s", used ? ", " : "", text);
            }
            return failure_set(
                failure, EXIT_RUN,
                "--watchdog: no reply by UDP from rank 0 on host %s (%s): let firewalls pass UDP between the nodes, or leave --watchdog out",
                heart.job.hosts[0], addresses);
        }
        nanosleep(&pause, NULL);
    }
    return true;
}

void heartbeat_end(void) {
    if (!heart.listens)
        return;
    if (heart.started) {
        close(heart.wake[1]);
        pthread_join(heart.thread, NULL);
        close(heart.wake[0]);
        sigaction(HOLD_SIGNAL, &heart.hold_before, NULL);
    }
    close(heart.socket);
    free(heart.peers);
    memset(&heart, 0, sizeof heart);
}
