/* SPDX-License-Identifier: MIT
 * Signals are noted once they are watched, and give back what they did before. Each case is a
 * process of its own: what a signal does is a property of a process. */
#include "base/stop_signal.h"
#include "check.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

/* What becomes of a child that runs `act`: its exit status, or 128 + the signal that killed it. */
static int outcome(int (*act)(int signal), int signal) {
    int status = 0;
    const pid_t child = fork();
    if (child == 0)
        _exit(act(signal));
    if (waitpid(child, &status, 0) != child)
        return -1;
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static int not_watched(int signal) {
    raise(signal);
    return stop_signal_seen();
}

static int watched(int signal) {
    stop_signal_watch();
    if (stop_signal_seen())
        return 2;
    raise(signal);
    raise(signal); /* a second one does no harm */
    return stop_signal_seen();
}

static int ignored_before(int number) {
    signal(number, SIG_IGN);
    stop_signal_watch();
    raise(number);
    return stop_signal_seen();
}

static int blocked_before(int number) {
    sigset_t blocked;
    sigemptyset(&blocked);
    sigaddset(&blocked, number);
    sigprocmask(SIG_BLOCK, &blocked, NULL);
    stop_signal_watch();
    raise(number);
    return stop_signal_seen();
}

static int released(int signal) {
    stop_signal_watch();
    stop_signal_release();
    raise(signal);
    return 3;
}

/* Standard error is a pipe, to be read by the parent. */
static int words[2];

static int ended(int signal) {
    dup2(words[1], STDERR_FILENO);
    stop_signal_watch();
    stop_signal_end_at_once("all is kept");
    raise(signal);
    return 3;
}

static int seen_before(int signal) {
    dup2(words[1], STDERR_FILENO);
    stop_signal_watch();
    raise(signal);
    stop_signal_end_at_once("all is kept");
    return 3;
}

static int ended_silently(int signal) {
    dup2(words[1], STDERR_FILENO);
    stop_signal_watch();
    stop_signal_end_at_once(NULL);
    raise(signal);
    return 3;
}

static int ended_and_released(int signal) {
    stop_signal_watch();
    stop_signal_end_at_once("all is kept");
    stop_signal_release();
    raise(signal);
    return 3;
}

static int ended_but_ignored(int number) {
    signal(number, SIG_IGN);
    stop_signal_watch();
    stop_signal_end_at_once("all is kept");
    raise(number);
    return 3;
}

static int ended_alone(int signal) {
    stop_signal_end_at_once("all is kept");
    raise(signal);
    return 3;
}

/* Whether a child that runs `act` ends with EXIT_STOPPED after these words. */
static void check_end(const char *expected, int (*act)(int signal), int signal) {
    char text[64] = "";
    CHECK(pipe(words) == 0);
    CHECK_INT(75, outcome(act, signal));
    close(words[1]);
    CHECK(read(words[0], text, sizeof text - 1) >= 0);
    CHECK_TEXT(expected, text);
    close(words[0]);
}

static void test_end(void) {
    static const int signals[] = {SIGUSR1, SIGTERM, SIGINT, SIGXCPU};
    for (int k = 0; k < 4; k++) {
        check_end("plait: all is kept\n", ended, signals[k]);
        check_end("plait: all is kept\n", seen_before, signals[k]);
        check_end("", ended_silently, signals[k]);
        CHECK_INT(3, outcome(ended_but_ignored, signals[k]));
        CHECK_INT(128 + signals[k], outcome(ended_alone, signals[k]));
        CHECK_INT(signals[k] == SIGUSR1 ? 3 : 128 + signals[k],
                  outcome(ended_and_released, signals[k]));
    }
}

static int released_alone(int signal) {
    stop_signal_release();
    raise(signal);
    return 3;
}

static void test_signals(void) {
    static const int signals[] = {SIGUSR1, SIGTERM, SIGINT, SIGXCPU};
    for (int k = 0; k < 4; k++) {
        CHECK_INT(128 + signals[k], outcome(not_watched, signals[k]));
        CHECK_INT(1, outcome(watched, signals[k]));
        CHECK_INT(0, outcome(ignored_before, signals[k]));
        CHECK_INT(1, outcome(blocked_before, signals[k]));
        CHECK_INT(128 + signals[k], outcome(released_alone, signals[k]));
    }
    CHECK_INT(3, outcome(released, SIGUSR1));
    CHECK_INT(128 + SIGTERM, outcome(released, SIGTERM));
    CHECK_INT(128 + SIGINT, outcome(released, SIGINT));
    CHECK_INT(128 + SIGXCPU, outcome(released, SIGXCPU));
}

int main(int argc, char **argv) {
    static const struct check_test tests[] = {
        {"signals", test_signals},
        {"end", test_end},
        {NULL, NULL},
    };
    /* Whoever starts the test may have set them to be ignored. */
    signal(SIGUSR1, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
    signal(SIGINT, SIG_DFL);
    signal(SIGXCPU, SIG_DFL);
    return check_main("stop_signal", tests, argc, argv);
}
