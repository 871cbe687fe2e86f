import Glibc
import HostOS
import Testing

/// A terminal for the program under test, and what it shows.
final class PseudoTerminal {
    private let master: FileDescriptor
    /// The side of the program.
    let slave: FileDescriptor
    private let modes: termios
    private(set) var screen: TerminalScreen
    /// All that was written.
    private(set) var output: [UInt8] = []

    init(columns: Int = 100, rows: Int = 24) throws {
        master = try FileDescriptor.open("/dev/ptmx", O_RDWR | O_NOCTTY)
        // https://man7.org/linux/man-pages/man2/ioctl_tty.2.html: TIOCSPTLCK and TIOCGPTN
        var (locked, number): (Int32, Int32) = (0, 0)
        try #require(ioctl(master.raw, 0x4004_5431, &locked) == 0 && ioctl(master.raw, 0x8004_5430, &number) == 0)
        slave = try FileDescriptor.open("/dev/pts/\(number)", O_RDWR | O_NOCTTY)
        var modes = termios()
        try #require(tcgetattr(slave.raw, &modes) == 0)
        self.modes = modes
        screen = TerminalScreen(columns: columns, rows: rows)
        resize(columns: columns, rows: rows)
    }

    func resize(columns: Int, rows: Int) {
        var size = winsize(ws_row: UInt16(rows), ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(master.raw, UInt(TIOCSWINSZ), &size)
        screen = TerminalScreen(columns: columns, rows: rows)
    }

    func type(_ text: String) throws { try master.write(Array(text.utf8)) }

    /// Reads until something holds for the screen.
    func wait(
        _ what: Comment, seconds: Int = 60, _ location: SourceLocation = #_sourceLocation,
        until isTrue: (PseudoTerminal) -> Bool
    ) throws {
        let end = ContinuousClock.now + .seconds(seconds)
        while !isTrue(self) {
            let isLate = ContinuousClock.now > end
            if isLate { Issue.record("\(what) did not come:\n\(screen.text)", sourceLocation: location) }
            try #require(!isLate, sourceLocation: location)
            read(milliseconds: 100)
        }
    }

    func wait(for text: String, _ location: SourceLocation = #_sourceLocation) throws {
        try wait("'\(text)'", location) { $0.screen.text.contains(text) }
    }

    /// Takes what there is.
    func read(milliseconds: Int32) {
        var wanted = pollfd(fd: master.raw, events: Int16(POLLIN), revents: 0)
        guard poll(&wanted, 1, milliseconds) > 0 else { return }
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        let count = Glibc.read(master.raw, &buffer, buffer.count)
        guard count > 0 else { return }
        output += buffer[..<count]
        screen.write(Array(buffer[..<count]))
    }

    /// Whether input is as it was before the program.
    var isRestored: Bool {
        var now = termios()
        guard tcgetattr(slave.raw, &now) == 0 else { return false }
        return now.c_lflag == modes.c_lflag && now.c_iflag == modes.c_iflag && now.c_oflag == modes.c_oflag
            && now.c_cflag == modes.c_cflag
    }
}

/// As much of a terminal as a full-screen program needs: text, lines, and which screen is shown.
struct TerminalScreen {
    private let columns: Int
    private var lines: [String]
    private var row = 0
    private var column = 0
    private var pending: [UInt8] = []
    private(set) var isAlternate = false
    private(set) var hasCursor = true

    init(columns: Int, rows: Int) {
        self.columns = columns
        lines = [String](repeating: "", count: rows)
    }

    var text: String { lines.joined(separator: "\n") }

    mutating func write(_ bytes: [UInt8]) {
        pending += bytes
        var index = 0
        while index < pending.count {
            guard pending[index] == 0x1b else {
                let end = pending[index...].firstIndex(of: 0x1b) ?? pending.count
                // A character may be in two pieces.
                guard let text = String(validating: pending[index..<end], as: UTF8.self) else { break }
                for character in text { put(character) }
                index = end
                continue
            }
            guard index + 1 < pending.count, pending[index + 1] == UInt8(ascii: "["),
                let end = pending[(index + 2)...].firstIndex(where: { $0 >= 0x40 && $0 < 0x7f })
            else { break }
            control(String(decoding: pending[(index + 2)...end], as: UTF8.self))
            index = end + 1
        }
        pending.removeFirst(index)
    }

    private mutating func put(_ character: Character) {
        switch character {
        case "\r\n":
            (row, column) = (min(row + 1, lines.count - 1), 0)
        case "\n": row = min(row + 1, lines.count - 1)
        case "\r": column = 0
        default:
            var line = Array(lines[row])
            while line.count <= column { line.append(" ") }
            line[column] = character
            lines[row] = String(line)
            column = min(column + 1, columns)
        }
    }

    private mutating func control(_ sequence: String) {
        switch sequence {
        case "H": (row, column) = (0, 0)
        case "K": lines[row] = String(lines[row].prefix(column))
        case "J": for below in lines.indices.dropFirst(row + 1) { lines[below] = "" }
        case "2J": for line in lines.indices { lines[line] = "" }
        case "?1049h": isAlternate = true
        case "?1049l": isAlternate = false
        case "?25h": hasCursor = true
        case "?25l": hasCursor = false
        default: break
        }
    }
}
