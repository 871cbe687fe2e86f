#pragma once

/// mount(2) with options as text; NULL for what does not apply. Returns 0, or -1 with errno.
int sampan_mount(const char *source, const char *target, const char *type, unsigned long flags, const char *options);

/// The flags of statvfs(3) that a bind mount in a user namespace may not drop, as MS_* flags; 0 when unknown.
unsigned long sampan_locked_mount_flags(const char *path);

/// mknod(2) for a whiteout as overlayfs writes them: character device 0:0.
int sampan_make_whiteout(const char *path);
