#include "terminal.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

// What a signal handler needs; written before `is_taken` is set.
static int input_terminal, output_terminal;
static struct termios before, raw;
static const char *enter_text, *leave_text;
static atomic_int is_taken;
static atomic_int resumptions;

// Those that end a process, but KILL, which nobody sees coming. INT and TERM are caught elsewhere by whoever cancels work.
static const int ending[] = {SIGHUP,  SIGINT,  SIGQUIT, SIGILL,  SIGTRAP, SIGABRT,   SIGBUS,  SIGFPE, SIGUSR1, SIGSEGV,
                             SIGUSR2, SIGALRM, SIGTERM, SIGXCPU, SIGXFSZ, SIGVTALRM, SIGPROF, SIGIO,  SIGPWR,  SIGSYS};
#define ENDING_COUNT (sizeof ending / sizeof ending[0])
static struct sigaction previous[ENDING_COUNT];

static void write_all(const char *text) {
    size_t left = strlen(text);
    while (left > 0) {
        ssize_t count = write(output_terminal, text, left);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return;
        text += count;
        left -= (size_t)count;
    }
}

static int take(void) {
    if (tcsetattr(input_terminal, TCSAFLUSH, &raw) < 0) return -1;
    write_all(enter_text);
    atomic_store(&is_taken, 1);
    return 0;
}

void sampan_terminal_leave(void) {
    if (!atomic_exchange(&is_taken, 0)) return;
    int saved = errno;
    write_all(leave_text);
    tcsetattr(input_terminal, TCSAFLUSH, &before);
    errno = saved;
}

static void end(int number) {
    sampan_terminal_leave();
    for (size_t i = 0; i < ENDING_COUNT; i++)
        if (ending[i] == number) sigaction(number, &previous[i], NULL);
    // It stays blocked until this handler returns; then what was to happen happens.
    raise(number);
}

static void stop(int number) {
    int saved = errno;
    int was_taken = atomic_load(&is_taken);
    sampan_terminal_leave();
    struct sigaction standard = {.sa_handler = SIG_DFL}, own;
    sigaction(number, &standard, &own);
    sigset_t set, old;
    sigemptyset(&set);
    sigaddset(&set, number);
    raise(number);
    pthread_sigmask(SIG_UNBLOCK, &set, &old);
    // Here the process stands still until somebody lets it go on.
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    sigaction(number, &own, NULL);
    if (was_taken) take();
    atomic_fetch_add(&resumptions, 1);
    errno = saved;
}

static void catch_signals(void) {
    for (size_t i = 0; i < ENDING_COUNT; i++) {
        struct sigaction now;
        if (sigaction(ending[i], NULL, &now) < 0 || now.sa_handler == SIG_IGN) continue;
        // Whoever catches these two ends the program in order.
        if ((ending[i] == SIGINT || ending[i] == SIGTERM) && now.sa_handler != SIG_DFL) continue;
        previous[i] = now;
        struct sigaction action = {.sa_handler = end, .sa_flags = SA_ONSTACK};
        sigaction(ending[i], &action, NULL);
    }
    struct sigaction action = {.sa_handler = stop, .sa_flags = SA_RESTART};
    sigaction(SIGTSTP, &action, NULL);
    atexit(sampan_terminal_leave);
}

int sampan_terminal_enter(int input, int output, const char *enter, const char *leave) {
    static atomic_int is_prepared;
    if (atomic_load(&is_taken)) return 0;
    struct termios now;
    if (tcgetattr(input, &now) < 0) return -1;
    before = raw = now;
    cfmakeraw(&raw);
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    input_terminal = input;
    output_terminal = output;
    enter_text = enter;
    leave_text = leave;
    if (!atomic_exchange(&is_prepared, 1)) catch_signals();
    return take();
}

int sampan_terminal_resumptions(void) { return atomic_load(&resumptions); }

int sampan_terminal_size(int terminal, int *columns, int *rows) {
    struct winsize size;
    if (ioctl(terminal, TIOCGWINSZ, &size) < 0) return -1;
    *columns = size.ws_col;
    *rows = size.ws_row;
    return 0;
}

int sampan_wait_readable(int descriptor, int milliseconds) {
    struct pollfd wanted = {.fd = descriptor, .events = POLLIN};
    int count = poll(&wanted, 1, milliseconds);
    if (count < 0) return errno == EINTR ? 0 : -1;
    return count > 0;
}
