// Gives Swift the declarations of libzstd.
#pragma once
#include <zstd.h>
#include <zstd_errors.h>
