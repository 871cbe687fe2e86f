#pragma once

/* Writes a number from 1 to 3999 as Romans did; at most 15 letters and the end. */
void roman(int number, char *text);
