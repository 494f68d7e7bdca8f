/// System calls that no host may make, as the lockdown probe takes them: a name and arguments that
/// would do no harm if they got through.
enum ForbiddenCalls {
    static let all = files + descriptors + network + processes + memory + identity + machine + time

    private static let files = [
        "open @/etc/passwd 0", "openat -100 @/etc/passwd 0", "openat2 -100 @/etc/passwd & 24",
        "open_by_handle_at -100 & 0", "name_to_handle_at -100 @/etc & & 0", "chdir @/", "chroot @/",
        "getcwd & 256", "unlink @/nowhere", "unlinkat -100 @/nowhere 0",
        "rename @/nowhere @/nowhere-else", "renameat2 -100 @/nowhere -100 @/nowhere-else 0",
        "symlink @/nowhere @/nowhere", "symlinkat @/nowhere -100 @/nowhere",
        "link @/nowhere @/nowhere", "linkat -100 @/nowhere -100 @/nowhere 0",
        "mkdir @/nowhere/at/all 0", "mkdirat -100 @/nowhere/at/all 0",
        "mknodat -100 @/nowhere/at/all 0 0", "chmod @/nowhere 0", "fchmodat -100 @/nowhere 0",
        "readlink @/nowhere & 256", "readlinkat -100 @/nowhere & 256", "statx -100 @/ 0 0 &",
        "utimensat -100 @/nowhere 0 0", "mount @none @/nowhere @tmpfs 0 0", "umount2 @/nowhere 0",
        "pivot_root @/nowhere @/nowhere", "swapon @/nowhere 0", "inotify_init1 0",
        "fanotify_init 0 0",
    ]

    private static let descriptors = [
        "read 0 & 1", "read 4 & 1", "write 1 @x 1", "write 2 @x 1", "write 4 @x 1",
        "readv 3 & 1", "writev 3 & 1", "pread64 3 & 1 0", "pwrite64 3 & 1 0", "lseek 3 0 0",
        "ioctl 3 0x5401 &", "fcntl 3 1 0", "dup 3", "pipe &", "pipe2 & 0", "getdents64 3 & 256",
        "fstat 3 &", "ftruncate 3 0", "fchmod 3 0", "flock 3 0", "splice 3 0 3 0 1 0",
        "epoll_create1 0", "eventfd2 0 0", "signalfd4 -1 & 8 0", "timerfd_create 0 0",
        "ppoll & 0 & 0", "io_setup 1 &", "io_uring_setup 1 &", "io_uring_enter 3 0 0 0 0 0",
    ]

    private static let network = [
        "socket 1 1 0", "socket 2 1 0", "socket 16 3 0", "socketpair 1 1 0 &", "connect 3 & 16",
        "bind 3 & 16", "listen 3 1", "accept4 3 0 0 0", "sendto 3 @x 1 0 0 0", "sendmsg 3 & 0",
        "recvmsg 3 & 0",
    ]

    private static let processes = [
        "fork", "vfork", "clone 17 0 0 0 0", "clone3 & 64", "execve @/bin/true 0 0",
        "execveat -100 @/bin/true 0 0 0", "exit 0", "wait4 -1 0 1 0", "kill 0 0", "tkill 1 0",
        "tgkill 1 1 0", "rt_sigqueueinfo 1 0 &", "pidfd_open 1 0", "pidfd_send_signal 3 0 0 0",
        "ptrace 0 0 0 0", "process_vm_readv 1 & 0 & 0 0", "process_vm_writev 1 & 0 & 0 0",
        "kcmp 1 1 0 0 0", "rt_sigaction 10 0 0 8", "rt_sigprocmask 0 0 0 8", "sched_yield",
        "sched_setaffinity 0 8 &", "setpriority 0 0 19", "futex & 1 0 0 0 0", "set_tid_address &",
        "pause", "personality 0xffffffff", "seccomp 1 0 0", "landlock_create_ruleset 0 0 1",
    ]

    private static let memory = [
        "mprotect 0 4096 4", "mprotect 0 4096 3", "pkey_mprotect 0 4096 4 -1",
        "mmap 0 4096 4 34 -1 0", "mmap 0 4096 5 34 -1 0", "mmap 0 4096 7 34 -1 0",
        "mmap 0 4096 1 2 3 0", "mmap 0 4096 3 1 3 0", "memfd_create @x 0", "userfaultfd 0",
        "madvise 0 4096 4", "mlock 0 4096", "shmget 0 4096 0", "shmat 0 0 0", "membarrier 0 0 0",
        "modify_ldt 0 & 8",
    ]

    private static let identity = [
        "getpid", "getppid", "getuid", "setuid 65534", "setgid 65534", "setsid", "capset & &",
        "prctl 3 0 0 0 0", "prctl 4 1 0 0 0", "prctl 22 0 0 0 0", "prlimit64 0 7 0 &",
        "setrlimit 7 &", "unshare 0x10000000", "setns 3 0",
        "add_key @user @x 0 0 -2", "keyctl 0 -2 0", "getpid-in-x32", "getpid-in-32-bit",
    ]

    private static let machine = [
        "bpf 0 & 0", "perf_event_open & 0 -1 -1 0", "reboot 0 0 0 0", "kexec_load 0 0 0 0",
        "init_module & 0 @x", "finit_module 3 @x 0", "delete_module @nowhere 0", "syslog 10 0 0",
        "uname &", "getrandom & 8 0", "vhangup", "ioperm 0 0 0", "iopl 0",
    ]

    private static let time = [
        "nanosleep & 0", "setitimer 0 & 0", "timer_create 0 0 &", "clock_settime 0 &",
        "gettimeofday & 0", "getrusage 0 &",
    ]
}
