#include "observe.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#if defined(__x86_64__)
#define NATIVE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define NATIVE AUDIT_ARCH_AARCH64
#else
#define NATIVE 0
#endif

static int open_kind(uint64_t flags) {
    int kind = (flags & O_ACCMODE) == O_RDONLY ? SAMPAN_READS : SAMPAN_WRITES;
    if ((flags & O_ACCMODE) == O_RDWR) kind |= SAMPAN_READS;
    if (flags & O_CREAT) kind |= SAMPAN_WRITES;
    if (flags & O_DIRECTORY) kind = SAMPAN_LISTS;
    if (flags & O_PATH) kind = SAMPAN_LOOKS;
    return kind;
}

static void describe(const struct seccomp_data *call, pid_t pid, struct sampan_observed *out) {
    const __u64 *args = call->args;
    out->directory = AT_FDCWD;
    out->address = args[0];
    switch (call->nr) {
#ifdef SYS_open
    case SYS_open: out->kind = open_kind(args[1]); return;
    case SYS_creat: out->kind = SAMPAN_WRITES; return;
    case SYS_stat:
    case SYS_lstat:
    case SYS_access:
    case SYS_readlink: out->kind = SAMPAN_LOOKS; return;
    case SYS_mkdir:
    case SYS_rmdir:
    case SYS_unlink:
    case SYS_mknod:
    case SYS_chmod:
    case SYS_chown:
    case SYS_lchown: out->kind = SAMPAN_WRITES; return;
    case SYS_rename:
    case SYS_link:
        out->kind = SAMPAN_WRITES;
        out->second_directory = AT_FDCWD;
        out->second_address = args[1];
        return;
    case SYS_symlink:
        out->kind = SAMPAN_WRITES;
        out->address = args[1];
        return;
#endif
    case SYS_truncate: out->kind = SAMPAN_WRITES; return;
    case SYS_chdir: out->kind = SAMPAN_LISTS; return;
    case SYS_statfs: out->kind = SAMPAN_LOOKS; return;
    case SYS_execve: out->kind = SAMPAN_EXECUTES; return;
    case SYS_connect:
        out->kind = SAMPAN_CONNECTS;
        out->address = args[1];
        out->length = args[2];
        return;
    default: break;
    }
    out->directory = (int)args[0];
    out->address = args[1];
    switch (call->nr) {
    case SYS_openat: out->kind = open_kind(args[2]); return;
    case SYS_openat2: {
        uint64_t flags = 0;
        sampan_read_memory(pid, args[2], &flags, sizeof flags);
        out->kind = open_kind(flags);
        return;
    }
    case SYS_execveat: out->kind = SAMPAN_EXECUTES; return;
    case SYS_newfstatat:
    case SYS_statx:
    case SYS_faccessat:
#ifdef SYS_faccessat2
    case SYS_faccessat2:
#endif
    case SYS_readlinkat: out->kind = SAMPAN_LOOKS; return;
    case SYS_mkdirat:
    case SYS_unlinkat:
    case SYS_mknodat:
    case SYS_fchmodat:
    case SYS_fchownat: out->kind = SAMPAN_WRITES; return;
    case SYS_symlinkat:
        out->kind = SAMPAN_WRITES;
        out->directory = (int)args[1];
        out->address = args[2];
        return;
#ifdef SYS_renameat
    case SYS_renameat:
#endif
    case SYS_renameat2:
    case SYS_linkat:
        out->kind = SAMPAN_WRITES;
        out->second_directory = (int)args[2];
        out->second_address = args[3];
        return;
    default: out->kind = 0; return;
    }
}

int sampan_observe_next(int listener, struct sampan_observed *observed) {
    struct seccomp_notif notification;
    for (;;) {
        struct pollfd entry = {.fd = listener, .events = POLLIN};
        int ready = poll(&entry, 1, -1);
        if (ready < 0 && errno != EINTR) return -1;
        if (ready <= 0) continue;
        // The last process that has the filter is gone.
        if (!(entry.revents & POLLIN)) return 0;
        memset(&notification, 0, sizeof notification);
        if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &notification) == 0) break;
        // ENOENT: the process was killed, or a signal came, before its call was read.
        if (errno != EINTR && errno != ENOENT) return -1;
    }
    memset(observed, 0, sizeof *observed);
    observed->id = notification.id;
    observed->pid = (pid_t)notification.pid;
    // Programs of another architecture have other numbers.
    if (notification.data.arch == NATIVE) describe(&notification.data, observed->pid, observed);
    return 1;
}

int sampan_observe_continue(int listener, uint64_t id) {
    struct seccomp_notif_resp answer = {.id = id, .flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE};
    return ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &answer);
}

ssize_t sampan_read_memory(pid_t pid, uint64_t address, void *buffer, size_t count) {
    // A page at a time: what lies behind the end of a mapping must not hide what lies before it.
    size_t done = 0;
    while (done < count) {
        size_t part = 4096 - ((address + done) & 4095);
        if (part > count - done) part = count - done;
        struct iovec local = {.iov_base = (char *)buffer + done, .iov_len = part};
        struct iovec remote = {.iov_base = (void *)(uintptr_t)(address + done), .iov_len = part};
        ssize_t got = process_vm_readv(pid, &local, 1, &remote, 1, 0);
        if (got <= 0) return done > 0 ? (ssize_t)done : -1;
        done += (size_t)got;
        // A path ends here.
        if (memchr((char *)buffer + done - got, 0, (size_t)got)) break;
    }
    return (ssize_t)done;
}

struct connection {
    int network, port, is_ipv6, descriptor, error;
};

static int connect_here(int port, int is_ipv6) {
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port)};
    v6.sin6_addr = in6addr_loopback;
    int descriptor = socket(is_ipv6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return -1;
    int failed = is_ipv6 ? connect(descriptor, (struct sockaddr *)&v6, sizeof v6)
                         : connect(descriptor, (struct sockaddr *)&v4, sizeof v4);
    if (!failed) return descriptor;
    int error = errno;
    close(descriptor);
    errno = error;
    return -1;
}

static void *connect_there(void *context) {
    struct connection *connection = context;
    connection->descriptor = setns(connection->network, CLONE_NEWNET) < 0
        ? -1
        : connect_here(connection->port, connection->is_ipv6);
    connection->error = errno;
    return NULL;
}

int sampan_connect_in_network(int network, int port, int is_ipv6) {
    // A thread that ends in that network: this one may not be able to come back.
    struct connection connection = {.network = network, .port = port, .is_ipv6 = is_ipv6};
    pthread_t thread;
    int error = pthread_create(&thread, NULL, connect_there, &connection);
    if (error) {
        errno = error;
        return -1;
    }
    pthread_join(thread, NULL);
    errno = connection.error;
    return connection.descriptor;
}
