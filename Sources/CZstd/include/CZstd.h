// Gives Swift the declarations of libzstd.
#pragma once
#include <zstd.h>
