// Gives Swift the declarations of zlib.
#pragma once
#include <zlib.h>
