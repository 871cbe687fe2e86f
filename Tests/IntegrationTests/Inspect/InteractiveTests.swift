import ContentStore
import Core
import Glibc
import HostOS
import SampanTestSupport
import Testing

@Suite("looking around in a terminal")
struct InteractiveTests {
    /// The program in a terminal of its own, which shows an image.
    private func start(
        _ sample: InspectionSample, _ terminal: PseudoTerminal, image: String = "web"
    ) throws -> ChildProcess {
        var options = try Program.options(
            ["inspect", "--interactive", "-q", sample.name(image)] + sample.options,
            environment: ["SAMPAN_HOME": sample.work.home, "TERM": "xterm-256color"], directory: sample.work.place.path)
        for number in Int32(0)...2 { options.descriptors[number] = terminal.slave }
        options.newSession = true
        return try ChildProcess.spawn(options)
    }

    private func end(_ process: ChildProcess, _ terminal: PseudoTerminal) throws -> Int32 {
        try terminal.wait("the end") { _ in
            var ended = pollfd(fd: process.handle.raw, events: Int16(POLLIN), revents: 0)
            return poll(&ended, 1, 0) > 0
        }
        terminal.read(milliseconds: 100)
        return process.wait().shellCode
    }

    private func expectRestored(_ terminal: PseudoTerminal, _ location: SourceLocation = #_sourceLocation) {
        #expect(
            !terminal.screen.isAlternate && terminal.screen.hasCursor && terminal.isRestored, sourceLocation: location)
    }

    @Test("layers, tree, changes, filter, a file's text, a file written, and the terminal as it was")
    func tour() throws {
        let sample = try InspectionSample("tour")
        try sample.addChanging()
        let terminal = try PseudoTerminal()
        let process = try start(sample, terminal)
        try terminal.wait(for: "▸ usr/")
        #expect(terminal.screen.isAlternate && !terminal.screen.hasCursor && !terminal.isRestored)
        #expect(terminal.screen.text.contains("> "))
        try terminal.type("\u{1b}[A")
        try terminal.wait(for: "layer 1:")
        try terminal.type("\u{1b}[B")
        try terminal.wait(for: "layer 2:")
        try terminal.type("\tc")
        try terminal.wait(for: "What changed")
        try terminal.wait("no usr") { !$0.screen.text.contains("usr/") }
        try terminal.type("ss")
        try terminal.type("/old")
        try terminal.wait(for: "- ")
        try terminal.wait(for: "old")
        try terminal.type("\u{7f}\u{7f}\u{7f}note\r")
        try terminal.wait(for: "+ ")
        try terminal.type("\u{1b}[Fv")
        try terminal.wait(for: "second line")
        try terminal.type("q")
        try terminal.wait(for: "What changed")
        try terminal.type("e")
        try terminal.wait(for: "write to: note")
        try terminal.type("\u{15}out.txt\r")
        try terminal.wait(for: "wrote out.txt")
        #expect(
            try WholeFile.read(sample.work.place.path("out.txt")) == Array("first line\nsecond line\n".utf8))
        // What is there already stays.
        try terminal.type("e\u{15}out.txt\r")
        try terminal.wait(for: "out.txt")
        try terminal.type("i")
        try terminal.wait(for: "Contents")
        try terminal.type("q?")
        try terminal.wait(for: "by size or by name")
        try terminal.type("qq")
        #expect(try end(process, terminal) == 0)
        expectRestored(terminal)
    }

    @Test("another size of the window is taken over")
    func resize() throws {
        let sample = try InspectionSample("resize")
        try sample.addChanging()
        let terminal = try PseudoTerminal(columns: 120, rows: 30)
        let process = try start(sample, terminal)
        try terminal.wait(for: "▸ usr/")
        for (columns, rows) in [(60, 10), (20, 5), (1, 1), (100, 40)] {
            terminal.resize(columns: columns, rows: rows)
            try terminal.wait("a new picture") { !$0.screen.text.filter { $0 != "\n" && $0 != " " }.isEmpty }
        }
        try terminal.wait(for: "▸ usr/")
        try terminal.type("\u{3}")
        #expect(try end(process, terminal) == 0)
        expectRestored(terminal)
    }

    @Test("while work goes on it can be seen and left, and keys and sizes are taken")
    func waiting() throws {
        let sample = try InspectionSample("waiting")
        let layers = try sample.addChanging()
        try sample.work.succeed(["inspect", sample.name("web")] + sample.options)
        // What is known of the layers stays; their bytes have to be fetched again, and the registry is silent.
        let store = try Store.open(StoreLocation(home: sample.work.home))
        var options = PruneOptions()
        options.kinds = [.unreferencedBlob]
        #expect(try store.prune(options).removed.count >= layers.count)
        store.close()
        for layer in layers { sample.registry.inject(.silent, on: .blob(layer)) }

        let terminal = try PseudoTerminal()
        let process = try start(sample, terminal)
        try terminal.wait(for: "▸ usr/")
        try terminal.type("/note\r\u{1b}[Fv")
        try terminal.wait(for: "reading…")
        try terminal.wait(for: "/srv/note")
        terminal.resize(columns: 60, rows: 12)
        try terminal.wait(for: "reading… 1 s")
        try terminal.type("\u{1b}")
        try terminal.wait(for: "Files with 'note'")
        try terminal.type("\u{1b}w")
        try terminal.wait(for: "rewritten later")
        try terminal.type("q/big\r\u{1b}[Fe\u{15}out.txt\r")
        try terminal.wait(for: "writing out.txt… 1 s")
        try terminal.type("e")
        try terminal.wait(for: "out.txt is still being written")
        try terminal.type("\t\u{1b}[A")
        try terminal.wait(for: "layer 1:")
        try terminal.type("i")
        try terminal.wait(for: "starts nothing by itself")
        try terminal.type("qq")
        #expect(try end(process, terminal) == 0)
        expectRestored(terminal)
        #expect(try FileInfo.of(sample.work.place.path("out.txt")) == nil)
    }

    @Test(
        "signals and crashes leave the terminal as it was",
        arguments: [SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGABRT, SIGSEGV, SIGILL, SIGTRAP, SIGBUS, SIGUSR1, SIGALRM])
    func signals(number: Int32) throws {
        let sample = try InspectionSample("signal")
        try sample.addChanging()
        let terminal = try PseudoTerminal()
        let process = try start(sample, terminal)
        try terminal.wait(for: "▸ usr/")
        #expect(!terminal.isRestored)
        kill(process.pid, number)
        let status = try end(process, terminal)
        #expect(status == (number == SIGTERM || number == SIGINT ? 130 : 128 + number), "\(status)")
        expectRestored(terminal)
    }

    @Test("after a stop it goes on where it was")
    func stop() throws {
        let sample = try InspectionSample("stop")
        try sample.addChanging()
        let terminal = try PseudoTerminal()
        let process = try start(sample, terminal)
        try terminal.wait(for: "▸ usr/")
        // A session without a shell is not stopped: it gives the terminal back and takes it over again at once.
        kill(process.pid, SIGTSTP)
        let leave = Array("\u{1b}[?1049l".utf8)
        try terminal.wait("the other screen") { $0.output.firstRange(of: leave) != nil }
        try terminal.wait(for: "▸ usr/")
        try terminal.wait("the own screen") { $0.screen.isAlternate && !$0.isRestored }
        try terminal.type("q")
        #expect(try end(process, terminal) == 0)
        expectRestored(terminal)
    }

    @Test("names that would act on the terminal don't")
    func hostile() throws {
        let sample = try InspectionSample("hostile-view")
        try sample.addHostile()
        let terminal = try PseudoTerminal(columns: 140, rows: 30)
        let process = try start(sample, terminal, image: "evil")
        try terminal.wait(for: "esc\\x1b[2J")
        try terminal.type("q")
        _ = try end(process, terminal)
        let text = String(decoding: terminal.output, as: UTF8.self)
        #expect(!text.contains("\u{1b}]") && !text.contains("\u{9b}") && !text.contains("\u{202e}"))
    }
}
