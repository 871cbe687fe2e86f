/// What the keys of an interactive look do.
enum BrowserHelp {
    static let lines = [
        "tab          go from the layers to the files and back", "↑ ↓ j k      move; page up and down, g and G go far",
        "→ enter      open a directory, view a file", "← esc        close, go up, go back, stop waiting", "",
        "c            only what the layer changed, or all",
        "             + added   ~ changed   - removed   · something inside changed", "s            by size or by name",
        "/            only paths that have a text in them", "", "v            view a file, as text or bytes",
        "b            look inside of a program: linking, build, sizes", "e            extract a file to this machine",
        "",
        "i            the summary of the image", "w            what is waste, and why", "ctrl-z       stop; fg goes on",
        "q            quit",
    ]
}
