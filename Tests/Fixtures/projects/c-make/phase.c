#include "phase.h"

#include <math.h>

double phase(int day) {
    const double turn = 2 * 3.14159265358979323846;
    return (1 - cos(turn * day / 29.53)) / 2;
}
