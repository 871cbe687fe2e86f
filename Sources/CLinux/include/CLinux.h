// System calls that Swift cannot call: variadic ones and those without a libc wrapper. One C file a concern.
#pragma once
#include "files.h"
#include "mounts.h"
#include "observe.h"
#include "process.h"
#include "terminal.h"
#include <sys/xattr.h>
