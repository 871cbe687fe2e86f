#include "CYAML.h"
// Gives Swift the declarations of libyaml.
