#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

int sampan_processor_count(void) {
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) != 0) return 1;
    int count = CPU_COUNT(&set);
    return count > 0 ? count : 1;
}

// Between clone and execve only async-signal-safe calls are allowed: the parent has other threads, whose locks
// (malloc's above all) are copied into the child in whatever state they were.

static void child_fail(int pipe, int step) {
    struct sampan_spawn_failure failure = {.step = step, .error = errno};
    ssize_t written = write(pipe, &failure, sizeof failure);
    (void)written;
    _exit(127);
}

static void child_reset_signals(void) {
    struct sigaction action = {.sa_handler = SIG_DFL};
    for (int number = 1; number < NSIG; number++) sigaction(number, &action, NULL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

// Moves every source above all targets first, so that no dup2 overwrites a source that is still needed.
static void child_place_descriptors(const struct sampan_spawn *spawn, int *moved, int *release, int *failure) {
    int highest = 2;
    for (int i = 0; i < spawn->descriptor_count; i++)
        if (spawn->descriptors[i].target > highest) highest = spawn->descriptors[i].target;
    int pipe = *failure;
    if ((*failure = fcntl(pipe, F_DUPFD_CLOEXEC, highest + 1)) < 0) child_fail(pipe, SAMPAN_STEP_DESCRIPTORS);
    if ((*release = fcntl(*release, F_DUPFD_CLOEXEC, highest + 1)) < 0) child_fail(*failure, SAMPAN_STEP_DESCRIPTORS);
    for (int i = 0; i < spawn->descriptor_count; i++) {
        moved[i] = fcntl(spawn->descriptors[i].source, F_DUPFD_CLOEXEC, highest + 1);
        if (moved[i] < 0) child_fail(*failure, SAMPAN_STEP_DESCRIPTORS);
    }
    // Nothing of ours may leak into the program, whoever forgot O_CLOEXEC.
    syscall(SYS_close_range, 3, ~0U, CLOSE_RANGE_CLOEXEC);
    for (int i = 0; i < spawn->descriptor_count; i++)
        if (dup2(moved[i], spawn->descriptors[i].target) < 0) child_fail(*failure, SAMPAN_STEP_DESCRIPTORS);
}

static void child_main(const struct sampan_spawn *spawn, int *moved, int release, int failure) {
    child_reset_signals();
    child_place_descriptors(spawn, moved, &release, &failure);
    if (spawn->new_session) setsid();
    if (spawn->new_process_group) setpgid(0, 0);
    if (spawn->parent_death_signal) prctl(PR_SET_PDEATHSIG, spawn->parent_death_signal);

    // The parent writes the id maps before it lets go. End of file means that it died, maybe before PDEATHSIG was set.
    char byte;
    ssize_t count;
    do count = read(release, &byte, 1);
    while (count < 0 && errno == EINTR);
    if (count != 1) _exit(127);

    if (spawn->become_root) {
        if (syscall(SYS_setresgid, 0, 0, 0) < 0) child_fail(failure, SAMPAN_STEP_CREDENTIALS);
        // Refused where setgroups is denied in the namespace (a map of one id): then the groups stay as they are.
        syscall(SYS_setgroups, 0, NULL);
        if (syscall(SYS_setresuid, 0, 0, 0) < 0) child_fail(failure, SAMPAN_STEP_CREDENTIALS);
        // A change of credentials clears it.
        if (spawn->parent_death_signal) prctl(PR_SET_PDEATHSIG, spawn->parent_death_signal);
    }
    if (spawn->directory && chdir(spawn->directory) < 0) child_fail(failure, SAMPAN_STEP_DIRECTORY);
    execve(spawn->path, spawn->argv, spawn->envp);
    child_fail(failure, SAMPAN_STEP_EXEC);
}

int sampan_spawn_start(const struct sampan_spawn *spawn, struct sampan_child *child) {
    int release[2], failure[2];
    int moved[spawn->descriptor_count + 1];
    if (pipe2(release, O_CLOEXEC) < 0) return -1;
    if (pipe2(failure, O_CLOEXEC) < 0) {
        int error = errno;
        close(release[0]);
        close(release[1]);
        errno = error;
        return -1;
    }
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int pidfd = -1;
    // The plain clone call: clone3 is refused by some container hosts. A null stack copies the caller's, as fork does.
    unsigned long flags = spawn->namespaces | CLONE_PIDFD | SIGCHLD;
    long pid = syscall(SYS_clone, flags, NULL, &pidfd, NULL, NULL);
    if (pid == 0) {
        close(release[1]);
        close(failure[0]);
        child_main(spawn, moved, release[0], failure[1]);
    }
    int error = errno;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    close(release[0]);
    close(failure[1]);
    if (pid < 0) {
        close(release[1]);
        close(failure[0]);
        errno = error;
        return -1;
    }
    child->pid = (pid_t)pid;
    child->pidfd = pidfd;
    child->release = release[1];
    child->failure = failure[0];
    return 0;
}

ssize_t sampan_write_pipe(int pipe, const void *bytes, size_t count) {
    // MSG_NOSIGNAL has no twin for pipes, so SIGPIPE is blocked here and taken back when it came.
    sigset_t broken, before, pending;
    sigemptyset(&broken);
    sigaddset(&broken, SIGPIPE);
    sigpending(&pending);
    int was_pending = sigismember(&pending, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &broken, &before);
    ssize_t written;
    do written = write(pipe, bytes, count);
    while (written < 0 && errno == EINTR);
    int error = errno;
    if (written < 0 && error == EPIPE && !was_pending) {
        struct timespec now = {0, 0};
        sigtimedwait(&broken, NULL, &now);
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    errno = error;
    return written;
}

int sampan_spawn_release(struct sampan_child *child, struct sampan_spawn_failure *failure) {
    sampan_write_pipe(child->release, "x", 1);
    close(child->release);
    ssize_t count;
    do count = read(child->failure, failure, sizeof *failure);
    while (count < 0 && errno == EINTR);
    close(child->failure);
    return count == sizeof *failure ? -1 : 0;
}

int sampan_pidfd_signal(int pidfd, int signal) { return (int)syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0); }

int sampan_pidfd_open(pid_t pid) { return (int)syscall(SYS_pidfd_open, pid, 0); }

int sampan_reap(pid_t pid, int *status, struct rusage *usage) {
    pid_t got = wait4(pid, status, WNOHANG, usage);
    return got < 0 ? -1 : got == 0 ? 0 : 1;
}

int sampan_status_code(int status) { return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status); }

int sampan_set_parent_death_signal(int signal) { return prctl(PR_SET_PDEATHSIG, signal); }

int sampan_capability_is_bounded(int capability) { return prctl(PR_CAPBSET_READ, capability); }

int sampan_send_descriptor(int socket, int descriptor) {
    char byte = 0, space[CMSG_SPACE(sizeof(int))] = {0};
    struct iovec part = {.iov_base = &byte, .iov_len = 1};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = space, .msg_controllen = sizeof space};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(header), &descriptor, sizeof(int));
    return sendmsg(socket, &message, MSG_NOSIGNAL) < 0 ? -1 : 0;
}

int sampan_receive_descriptor(int socket) {
    // Runtimes send the terminal's name as the data; its length does not matter here.
    char bytes[4096], space[CMSG_SPACE(sizeof(int))] = {0};
    struct iovec part = {.iov_base = bytes, .iov_len = sizeof bytes};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = space, .msg_controllen = sizeof space};
    if (recvmsg(socket, &message, MSG_CMSG_CLOEXEC) < 0) return -1;
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    if (!header || header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS
        || header->cmsg_len != CMSG_LEN(sizeof(int))) {
        errno = EPROTO;
        return -1;
    }
    int descriptor;
    memcpy(&descriptor, CMSG_DATA(header), sizeof(int));
    return descriptor;
}

static int unix_socket(const char *path, struct sockaddr_un *address) {
    if (strlen(path) >= sizeof address->sun_path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    *address = (struct sockaddr_un){.sun_family = AF_UNIX};
    strcpy(address->sun_path, path);
    return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

int sampan_unix_listen(const char *path) {
    struct sockaddr_un address;
    int descriptor = unix_socket(path, &address);
    if (descriptor < 0) return -1;
    if (bind(descriptor, (struct sockaddr *)&address, sizeof address) == 0 && listen(descriptor, 16) == 0)
        return descriptor;
    int error = errno;
    close(descriptor);
    errno = error;
    return -1;
}

int sampan_unix_connect(const char *path) {
    struct sockaddr_un address;
    int descriptor = unix_socket(path, &address);
    if (descriptor < 0) return -1;
    if (connect(descriptor, (struct sockaddr *)&address, sizeof address) == 0) return descriptor;
    int error = errno;
    close(descriptor);
    errno = error;
    return -1;
}

int sampan_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }

int sampan_accept(int listener) { return accept4(listener, NULL, NULL, SOCK_CLOEXEC); }

int sampan_memory_file(const char *name) { return memfd_create(name, MFD_CLOEXEC); }

int sampan_set_nonblocking(int descriptor) { return fcntl(descriptor, F_SETFL, O_NONBLOCK); }

int sampan_copy_window_size(int from, int to) {
    struct winsize size;
    if (ioctl(from, TIOCGWINSZ, &size) < 0) return -1;
    return ioctl(to, TIOCSWINSZ, &size);
}

static volatile sig_atomic_t signal_pipe = -1;

static void write_signal(int number, siginfo_t *info, void *context) {
    (void)context;
    int saved = errno;
    unsigned char bytes[2] = {(unsigned char)number, info && info->si_code <= 0};
    ssize_t written = write(signal_pipe, bytes, sizeof bytes);
    (void)written;
    errno = saved;
}

int sampan_catch_signal(int signal, int pipe) {
    signal_pipe = pipe;
    struct sigaction action = {.sa_sigaction = write_signal, .sa_flags = SA_SIGINFO | SA_RESTART};
    return sigaction(signal, &action, NULL);
}

int sampan_release_signal(int signal) {
    struct sigaction action = {.sa_handler = SIG_DFL};
    return sigaction(signal, &action, NULL);
}

int sampan_signal_descriptor(const int *signals, int count) {
    sigset_t set;
    sigemptyset(&set);
    for (int i = 0; i < count; i++) sigaddset(&set, signals[i]);
    if (sigprocmask(SIG_BLOCK, &set, NULL) < 0) return -1;
    return signalfd(-1, &set, SFD_CLOEXEC);
}

int sampan_next_signal(int descriptor) {
    struct signalfd_siginfo info;
    ssize_t count = read(descriptor, &info, sizeof info);
    if (count == sizeof info) return (int)info.ssi_signo;
    if (count >= 0) errno = EIO;
    return -1;
}
