#pragma once
#include <stdint.h>
#include <sys/types.h>
#include <sys/resource.h>

/// How many processors this process may run on; at least 1.
int sampan_processor_count(void);

/// One descriptor of a child: `source` of this process becomes `target` of the child.
struct sampan_descriptor {
    int source;
    int target;
};

/// Everything a child needs between its birth and its program. All pointers stay the caller's.
struct sampan_spawn {
    const char *path;
    char *const *argv;
    char *const *envp;
    /// NULL keeps the current directory.
    const char *directory;
    const struct sampan_descriptor *descriptors;
    int descriptor_count;
    /// CLONE_NEW* flags.
    uint64_t namespaces;
    /// A signal for the child when the thread that calls dies; 0 for none.
    int parent_death_signal;
    int new_session;
    int new_process_group;
    /// After the release, become uid 0 and gid 0 of the new user namespace.
    int become_root;
};

/// A child that waits for sampan_spawn_release before it runs its program.
struct sampan_child {
    pid_t pid;
    int pidfd;
    /// The parent's ends: writing one byte to `release` starts the program; `failure` tells whether that worked.
    int release;
    int failure;
};

/// Why a child could not start its program.
struct sampan_spawn_failure {
    int step;
    int error;
};

/// Steps of `sampan_spawn_failure`.
enum {
    SAMPAN_STEP_CLONE = 1,
    SAMPAN_STEP_DESCRIPTORS,
    SAMPAN_STEP_DIRECTORY,
    SAMPAN_STEP_CREDENTIALS,
    SAMPAN_STEP_EXEC,
};

/// Makes a child that waits. Returns 0, or -1 with errno.
int sampan_spawn_start(const struct sampan_spawn *spawn, struct sampan_child *child);

/// Lets the child run its program and waits until it does. Returns 0, or -1 with `failure` filled in (the child is
/// then dead but not yet waited for). Closes `release` and `failure` of the child.
int sampan_spawn_release(struct sampan_child *child, struct sampan_spawn_failure *failure);

/// write(2) that gives EPIPE without a SIGPIPE when nobody reads any more.
ssize_t sampan_write_pipe(int pipe, const void *bytes, size_t count);

/// pidfd_send_signal(2).
int sampan_pidfd_signal(int pidfd, int signal);

/// pidfd_open(2); close-on-exec.
int sampan_pidfd_open(pid_t pid);

/// wait4(2) for one child without waiting: 1 when it ended, 0 when it still runs, -1 with errno.
int sampan_reap(pid_t pid, int *status, struct rusage *usage);

/// WIFEXITED and friends: the exit code, or minus the signal that ended it.
int sampan_status_code(int status);

/// prctl(PR_SET_PDEATHSIG).
int sampan_set_parent_death_signal(int signal);

/// prctl(PR_CAPBSET_READ): 1 when the capability is in the bounding set, 0 when not, -1 when the kernel has no such one.
int sampan_capability_is_bounded(int capability);

/// Sends a descriptor over a UNIX socket together with one byte. Returns 0, or -1 with errno.
int sampan_send_descriptor(int socket, int descriptor);

/// Receives one that sampan_send_descriptor or an OCI runtime sent; -1 with errno, EPROTO when none came along.
int sampan_receive_descriptor(int socket);

/// A listening UNIX socket at a path, or -1 with errno.
int sampan_unix_listen(const char *path);

/// A connected UNIX socket, or -1 with errno.
int sampan_unix_connect(const char *path);

/// pipe2(2), close-on-exec.
int sampan_pipe(int ends[2]);

/// accept4(2), close-on-exec.
int sampan_accept(int listener);

/// A memory file that vanishes with its last descriptor, or -1 with errno.
int sampan_memory_file(const char *name);

/// Sets O_NONBLOCK as the descriptor's only status flag.
int sampan_set_nonblocking(int descriptor);

/// Copies the window size of one terminal to another; 0, or -1 with errno.
int sampan_copy_window_size(int from, int to);

/// Handles a signal by writing two bytes to a pipe: its number, and 1 when a process sent it or 0 when the kernel did
/// (as a terminal's Ctrl-C). One pipe serves the process. Returns 0, or -1 with errno.
int sampan_catch_signal(int signal, int pipe);

/// Gives a signal back its default action.
int sampan_release_signal(int signal);

/// A signalfd(2) for these signals, which get blocked in the calling thread; -1 with errno.
int sampan_signal_descriptor(const int *signals, int count);

/// The next signal's number from such a descriptor, or -1 with errno.
int sampan_next_signal(int descriptor);
