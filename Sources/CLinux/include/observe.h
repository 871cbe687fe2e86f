// What a program in a sandbox asks the kernel for, told by a seccomp filter. https://man7.org/linux/man-pages/man2/seccomp_unotify.2.html
#pragma once
#include <stdint.h>
#include <sys/types.h>

/// What a system call does to a path.
enum {
    SAMPAN_LOOKS = 1,
    SAMPAN_READS = 2,
    SAMPAN_WRITES = 4,
    SAMPAN_EXECUTES = 8,
    SAMPAN_LISTS = 16,
    SAMPAN_CONNECTS = 32,
};

/// One system call that waits for an answer. Not every one has a second path.
struct sampan_observed {
    uint64_t id;
    pid_t pid;
    /// SAMPAN_*; 0 for a call that says nothing.
    int kind;
    /// The descriptor that a relative path starts at, or AT_FDCWD.
    int directory;
    /// Where in the process' memory the path is, or the address to connect to.
    uint64_t address;
    /// Bytes of that address of a socket.
    uint64_t length;
    /// 0 when there is none.
    int second_directory;
    uint64_t second_address;
};

/// Waits for the next call. Returns 1; 0 when there will be no more; -1 with errno.
int sampan_observe_next(int listener, struct sampan_observed *observed);

/// Lets a call go on as if nobody had looked. Returns 0, or -1 with errno (ENOENT when it is gone).
int sampan_observe_continue(int listener, uint64_t id);

/// Reads another process' memory: as many bytes as there are, or -1 with errno.
ssize_t sampan_read_memory(pid_t pid, uint64_t address, void *buffer, size_t count);

/// A TCP connection to the loopback address in a network namespace, or -1 with errno.
int sampan_connect_in_network(int network, int port, int is_ipv6);
