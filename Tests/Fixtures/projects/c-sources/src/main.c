#include <stdio.h>
#include <stdlib.h>

#include "roman.h"

int main(int argc, char **argv) {
    char text[16];
    for (int word = 1; word < argc; word++) {
        int number = atoi(argv[word]);
        if (number < 1 || number > 3999) {
            fprintf(stderr, "%s: not from 1 to 3999\n", argv[word]);
            return 1;
        }
        roman(number, text);
        puts(text);
    }
    return 0;
}
