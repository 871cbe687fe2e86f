#pragma once
#include <stdint.h>
#include <sys/types.h>

/// openat2(2). Returns a descriptor, or -1 with errno.
int sampan_openat2(int directory, const char *path, uint64_t flags, uint64_t mode, uint64_t resolve);

/// open(2) with a mode.
int sampan_open(const char *path, int flags, mode_t mode);

/// openat(2) with a mode.
int sampan_openat(int directory, const char *path, int flags, mode_t mode);

/// ioctl(FICLONE): makes `to` share the bytes of `from` where the file system can. Returns 0, or -1 with errno.
int sampan_clone_file(int to, int from);

/// ioctl(FS_IOC_SETFLAGS): sets FS_TOPDIR_FL on a directory unless it is set. Returns 0, or -1 with errno.
int sampan_spread_directories(int directory);

/// copy_file_range(2) at the files' own positions.
ssize_t sampan_copy_file_range(int from, int to, size_t count);
