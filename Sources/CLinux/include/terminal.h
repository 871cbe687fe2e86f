// A terminal that a program takes over: raw input, a screen of its own, and both given back however the program ends.
#pragma once

/// Takes over a terminal: keeps its state, makes its input raw and writes `enter`. `leave` is what gives the screen back.
/// Signals that end or stop the process give the terminal back first; after a stop it is taken over again. Both texts
/// must live as long as the process. Returns 0, or -1 with errno.
int sampan_terminal_enter(int input, int output, const char *enter, const char *leave);

/// Gives the terminal back. Does nothing when that has been done; may be called from anywhere.
void sampan_terminal_leave(void);

/// How often the process went on after it was stopped: what is on the screen has to be drawn again then.
int sampan_terminal_resumptions(void);

/// The size of a terminal's window. Returns 0, or -1 with errno.
int sampan_terminal_size(int terminal, int *columns, int *rows);

/// Waits until a descriptor can be read. Returns 1, 0 when the time is over or a signal came, or -1 with errno.
int sampan_wait_readable(int descriptor, int milliseconds);
