// Gives Swift the declarations of libdeflate.
#pragma once
#include <libdeflate.h>
