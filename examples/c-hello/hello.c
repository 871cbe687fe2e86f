// Says who runs it and what it sees of the file system: a static program in an image of one file.
#include <stdio.h>
#include <sys/utsname.h>
#include <unistd.h>

int main(int argc, char **argv) {
    struct utsname system;
    if (uname(&system) != 0) {
        perror("uname");
        return 1;
    }
    printf("Hello from %s on %s %s, user %d, group %d.\n", argc > 0 ? argv[0] : "hello", system.sysname,
           system.machine, (int)getuid(), (int)getgid());
    printf("A shell here: %s.\n", access("/bin/sh", X_OK) == 0 ? "yes" : "no");
    return 0;
}
