import Glibc

extension Console {
    /// Columns of the terminal that results are written to; nil when they go elsewhere.
    package var outputWidth: Int? {
        var size = winsize()
        guard isatty(1) == 1, ioctl(1, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return Int(size.ws_col)
    }

    /// Whether results may have colours: on a terminal, unless somebody said no.
    package var outputUsesColor: Bool {
        guard isatty(1) == 1, let term = Self.environment("TERM"), term != "dumb" else { return false }
        return (Self.environment("NO_COLOR") ?? "").isEmpty
    }
}
