/// System calls by what they are for, from the kernel's tables (x86 64 and 32 bit, arm64, arm).
///
/// A runtime leaves out names that an architecture lacks.
enum SystemCalls {
    /// What programs may call without limits.
    static let allowed: [String] = [
        files, directories, descriptors, attributes, memory, processes, identity, signals, time, scheduling, sockets,
        synchronization, events, asynchronous, security, information, compatibility,
    ].flatMap(words)

    /// What is refused with EPERM: it changes the machine, leaves the sandbox, or reaches parts of the kernel that
    /// programs in images have no business with. A call in neither list is answered as if the kernel lacked it.
    static let refused: [String] = [
        mounting, namespaces, kernel, keys, tracing, hardware, quotas, numa,
    ].flatMap(words)

    private static func words(_ text: StaticString) -> [String] {
        "\(text)".split(whereSeparator: { $0 == " " || $0 == "\n" }).map(String.init)
    }

    private static let files: StaticString = """
        open openat openat2 creat close close_range read write readv writev pread64 pwrite64 preadv pwritev preadv2
        pwritev2 lseek _llseek truncate truncate64 ftruncate ftruncate64 fallocate fadvise64 fadvise64_64
        arm_fadvise64_64 readahead sync syncfs fsync fdatasync sync_file_range sync_file_range2 arm_sync_file_range
        copy_file_range sendfile sendfile64 splice tee vmsplice flock mknod mknodat umask name_to_handle_at cachestat
        """
    private static let directories: StaticString = """
        mkdir mkdirat rmdir rename renameat renameat2 link linkat unlink unlinkat symlink symlinkat readlink readlinkat
        getdents getdents64 readdir chdir fchdir getcwd chroot
        """
    private static let descriptors: StaticString = """
        dup dup2 dup3 fcntl fcntl64 ioctl pipe pipe2 select _newselect pselect6 pselect6_time64 poll ppoll ppoll_time64
        memfd_create memfd_secret
        """
    private static let attributes: StaticString = """
        stat stat64 lstat lstat64 fstat fstat64 fstatat64 newfstatat statx oldstat oldlstat oldfstat statfs statfs64
        fstatfs fstatfs64 access faccessat faccessat2 chmod fchmod fchmodat fchmodat2 chown chown32 lchown lchown32
        fchown fchown32 fchownat utime utimes utimensat utimensat_time64 futimesat setxattr lsetxattr fsetxattr
        setxattrat getxattr lgetxattr fgetxattr getxattrat listxattr llistxattr flistxattr listxattrat removexattr
        lremovexattr fremovexattr removexattrat
        """
    private static let memory: StaticString = """
        mmap mmap2 munmap mremap mprotect pkey_mprotect pkey_alloc pkey_free brk madvise process_madvise mincore msync
        mlock mlock2 mlockall munlock munlockall mseal map_shadow_stack remap_file_pages shmget shmat shmctl shmdt
        """
    private static let processes: StaticString = """
        fork vfork execve execveat exit exit_group wait4 waitid waitpid kill tkill tgkill pidfd_open pidfd_send_signal
        pidfd_getfd getpid getppid gettid getpgid getpgrp setpgid getsid setsid prctl arch_prctl set_tid_address
        set_thread_area get_thread_area set_tls get_tls modify_ldt process_mrelease process_vm_readv process_vm_writev
        ptrace rseq uname olduname oldolduname restart_syscall cacheflush breakpoint
        """
    private static let identity: StaticString = """
        getuid getuid32 geteuid geteuid32 getgid getgid32 getegid getegid32 getresuid getresuid32 getresgid
        getresgid32 getgroups getgroups32 setuid setuid32 setgid setgid32 setreuid setreuid32 setregid setregid32
        setresuid setresuid32 setresgid setresgid32 setgroups setgroups32 setfsuid setfsuid32 setfsgid setfsgid32
        capget capset
        """
    private static let signals: StaticString = """
        rt_sigaction rt_sigprocmask rt_sigpending rt_sigqueueinfo rt_tgsigqueueinfo rt_sigreturn rt_sigsuspend
        rt_sigtimedwait rt_sigtimedwait_time64 sigaction signal sigaltstack sigpending sigprocmask sigreturn sigsuspend
        sgetmask ssetmask pause signalfd signalfd4
        """
    private static let time: StaticString = """
        time times gettimeofday clock_gettime clock_gettime64 clock_getres clock_getres_time64 clock_nanosleep
        clock_nanosleep_time64 nanosleep adjtimex alarm getitimer setitimer timer_create timer_delete timer_getoverrun
        timer_gettime timer_gettime64 timer_settime timer_settime64 timerfd_create timerfd_gettime timerfd_gettime64
        timerfd_settime timerfd_settime64
        """
    private static let scheduling: StaticString = """
        sched_yield sched_getaffinity sched_setaffinity sched_getparam sched_setparam sched_getscheduler
        sched_setscheduler sched_getattr sched_setattr sched_get_priority_max sched_get_priority_min
        sched_rr_get_interval sched_rr_get_interval_time64 getpriority setpriority nice ioprio_get ioprio_set getcpu
        getrlimit ugetrlimit setrlimit prlimit64 getrusage
        """
    private static let sockets: StaticString = """
        socketpair socketcall bind listen accept accept4 connect shutdown getsockname getpeername getsockopt setsockopt
        send sendto sendmsg sendmmsg recv recvfrom recvmsg recvmmsg recvmmsg_time64
        """
    private static let synchronization: StaticString = """
        futex futex_time64 futex_waitv futex_wake futex_wait futex_requeue get_robust_list set_robust_list membarrier
        ipc semget semop semctl semtimedop semtimedop_time64 msgget msgsnd msgrcv msgctl mq_open mq_unlink mq_notify
        mq_getsetattr mq_timedsend mq_timedsend_time64 mq_timedreceive mq_timedreceive_time64
        """
    private static let events: StaticString = """
        epoll_create epoll_create1 epoll_ctl epoll_ctl_old epoll_wait epoll_wait_old epoll_pwait epoll_pwait2 eventfd
        eventfd2 inotify_init inotify_init1 inotify_add_watch inotify_rm_watch fanotify_mark
        """
    private static let asynchronous: StaticString = """
        io_setup io_destroy io_submit io_cancel io_getevents io_pgetevents io_pgetevents_time64
        """
    private static let security: StaticString = """
        seccomp landlock_create_ruleset landlock_add_rule landlock_restrict_self
        """
    private static let information: StaticString = "sysinfo getrandom"
    private static let compatibility: StaticString = "idle gtty stty ftime prof profil ulimit lock mpx break"

    private static let mounting: StaticString = """
        mount umount umount2 pivot_root open_tree move_mount mount_setattr fsopen fsconfig fsmount fspick
        open_by_handle_at statmount listmount
        """
    private static let namespaces: StaticString = "unshare setns sethostname setdomainname"
    private static let kernel: StaticString = """
        reboot kexec_load kexec_file_load init_module finit_module delete_module create_module query_module
        get_kernel_syms swapon swapoff acct bpf perf_event_open syslog nfsservctl sysfs _sysctl ustat uselib vserver
        userfaultfd io_uring_setup io_uring_enter io_uring_register clock_settime clock_settime64 clock_adjtime
        clock_adjtime64 settimeofday stime vhangup fanotify_init lookup_dcookie
        """
    private static let keys: StaticString = "add_key request_key keyctl"
    private static let tracing: StaticString = "kcmp"
    private static let hardware: StaticString = "iopl ioperm vm86 vm86old"
    private static let quotas: StaticString = "quotactl quotactl_fd"
    private static let numa: StaticString = """
        mbind get_mempolicy set_mempolicy set_mempolicy_home_node move_pages migrate_pages
        """
}
