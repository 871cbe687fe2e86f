#pragma once

/* The share of the moon that is lit, 0 to 1, on a day of a month of 29.53 days. */
double phase(int day);
