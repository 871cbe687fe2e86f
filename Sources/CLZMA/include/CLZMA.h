// Gives Swift the declarations of liblzma.
#pragma once
#include <lzma.h>
