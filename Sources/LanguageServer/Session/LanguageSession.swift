// https://microsoft.github.io/language-server-protocol/specifications/lsp/3.17/specification/
package import Core
package import DockerfileLint

/// What the server gets from outside of itself: it reads no file and starts no program.
package struct LanguageSurroundings: Sendable {
    /// What rules are told; asked before each look at a document, as settings change while a server runs.
    package var settings: @Sendable () -> LintSettings
    /// The build context of a Dockerfile on disk, whose source is named by its absolute path.
    package var project: @Sendable (SourceFile) -> (any LintProject)?
    /// What another program finds in it.
    package var others: @Sendable (LintFile) async -> [Finding]
    /// Of the program.
    package var version: String

    package init(
        settings: @escaping @Sendable () -> LintSettings, version: String,
        project: @escaping @Sendable (SourceFile) -> (any LintProject)? = { _ in nil },
        others: @escaping @Sendable (LintFile) async -> [Finding] = { _ in [] }
    ) {
        self.settings = settings
        self.version = version
        self.project = project
        self.others = others
    }
}

/// One client's conversation with the server, as a value: messages in, messages out.
package struct LanguageSession: Sendable {
    let surroundings: LanguageSurroundings
    var documents: [String: OpenDocument] = [:]
    /// Documents whose findings are not told yet, in the order in which they were changed.
    private var unchecked: [String] = []
    private var state = State.fresh
    /// The client takes edits that hold for one version of a document.
    var takesVersionedEdits = false
    /// The client watches files for the server.
    private var tellsOfFiles = false

    private enum State: Sendable { case fresh, running, shutDown, ended }

    package init(_ surroundings: LanguageSurroundings) { self.surroundings = surroundings }

    /// The process is to end.
    package var isOver: Bool { state == .ended }
    /// Somebody asked for the end before it came, as the protocol wants it.
    package private(set) var endsWell = false
    /// There is something for ``check()`` to do once the client is quiet.
    package var hasUnchecked: Bool { !unchecked.isEmpty }

    /// Takes one message and gives the answers to it.
    package mutating func receive(_ message: [UInt8]) -> [OrderedJSON] {
        let json: OrderedJSON
        do throws(OrderedJSON.SyntaxError) {
            json = try OrderedJSON(parsing: message)
        } catch {
            return [RPCAnswer.error(.parse("not JSON: expected \(error.expected)"), to: .null)]
        }
        switch RPCMessage(json) {
        case .response: return []
        case .invalid(let id): return [RPCAnswer.error(.invalidRequest, to: id)]
        case .notification(let method, let parameters): return notify(method, parameters)
        case .request(let id, let method, let parameters):
            do throws(RPCError) {
                return [RPCAnswer.result(try answer(method, parameters), to: id)]
            } catch {
                return [RPCAnswer.error(error, to: id)]
            }
        }
    }

    /// Looks at what was changed and tells what was found.
    package mutating func check() async -> [OrderedJSON] {
        var out: [OrderedJSON] = []
        let waiting = unchecked
        unchecked = []
        for uri in waiting {
            guard var document = documents[uri] else { continue }
            if !document.isTooLong {
                let file = lintFile(document)
                let others = await surroundings.others(file)
                document.checked = CheckedText(file: file, findings: Linter.lint(file, with: others))
                documents[uri] = document
            }
            out.append(diagnostics(document))
        }
        return out
    }

    // MARK: Requests

    private mutating func answer(_ method: String, _ parameters: OrderedJSON) throws(RPCError) -> OrderedJSON {
        switch (state, method) {
        case (.fresh, "initialize"): return initialize(parameters)
        case (.fresh, _): throw .notInitialized
        case (.shutDown, _), (.ended, _): throw .shutDown
        case (.running, "initialize"): throw .initialized
        case (.running, "shutdown"):
            state = .shutDown
            return .null
        case (.running, "textDocument/codeAction"):
            var document = try document(parameters)
            return try actions(&document, parameters)
        case (.running, "textDocument/hover"):
            var document = try document(parameters)
            return hover(&document, try offset(parameters, in: document))
        case (.running, "textDocument/definition"):
            var document = try document(parameters)
            return definition(&document, try offset(parameters, in: document))
        case (.running, "textDocument/documentSymbol"):
            var document = try document(parameters)
            return symbols(&document)
        case (.running, "textDocument/completion"):
            let document = try document(parameters)
            return completion(document, try offset(parameters, in: document))
        default: throw .unknownMethod(method)
        }
    }

    private mutating func initialize(_ parameters: OrderedJSON) -> OrderedJSON {
        state = .running
        takesVersionedEdits =
            parameters.at("capabilities", "workspace", "workspaceEdit", "documentChanges")?.boolean ?? false
        tellsOfFiles =
            parameters.at("capabilities", "workspace", "didChangeWatchedFiles", "dynamicRegistration")?.boolean ?? false
        return [
            "capabilities": [
                "positionEncoding": "utf-16",
                "textDocumentSync": ["openClose": true, "change": 2, "save": ["includeText": false]],
                "codeActionProvider": ["codeActionKinds": ["quickfix", .string(Self.fixAllKind)]],
                "hoverProvider": true, "definitionProvider": true, "documentSymbolProvider": true,
                "completionProvider": ["triggerCharacters": ["-", "=", ",", "$", "{", " "]],
            ],
            "serverInfo": ["name": "sampan", "version": .string(surroundings.version)],
        ]
    }

    private func document(_ parameters: OrderedJSON) throws(RPCError) -> OpenDocument {
        guard let uri = parameters.at("textDocument", "uri")?.string else {
            throw .invalidParameters("textDocument.uri")
        }
        guard let document = documents[uri] else { throw .invalidParameters("a document that is open") }
        return document
    }

    private func offset(_ parameters: OrderedJSON, in document: OpenDocument) throws(RPCError) -> Int {
        guard let position = TextPosition(parameters["position"]) else { throw .invalidParameters("a position") }
        return document.positions.offset(position)
    }

    /// The tree and the findings of a document as it stands, worked out now where that was not done yet.
    func checked(_ document: inout OpenDocument) -> CheckedText {
        if let checked = document.checked { return checked }
        let file = lintFile(document)
        let checked = CheckedText(file: file, findings: document.isTooLong ? [] : Linter.lint(file))
        document.checked = checked
        return checked
    }

    func lintFile(_ document: OpenDocument) -> LintFile {
        let source = SourceFile(name: document.name, bytes: document.isTooLong ? [] : document.bytes)
        return LintFile(
            parsing: source, settings: surroundings.settings(),
            project: document.isFile ? surroundings.project(source) : nil)
    }

    // MARK: Notifications

    private mutating func notify(_ method: String, _ parameters: OrderedJSON) -> [OrderedJSON] {
        if method == "exit" {
            endsWell = state == .shutDown
            state = .ended
            return []
        }
        guard state == .running else { return [] }
        do throws(RPCError) {
            switch method {
            case "textDocument/didOpen": try open(parameters)
            case "textDocument/didChange": try change(parameters)
            case "textDocument/didSave": mark(try document(parameters).uri)
            case "textDocument/didClose": return try close(parameters)
            case "initialized": return watchSettings()
            case "workspace/didChangeWatchedFiles", "workspace/didChangeConfiguration":
                // Findings were made with other settings.
                for uri in documents.keys.sorted() {
                    documents[uri]?.checked = nil
                    mark(uri)
                }
            default: return []
            }
            return []
        } catch {
            // A notification has no answer: the client's log is the place for what is wrong with it.
            return [
                RPCAnswer.notification(
                    "window/logMessage", ["type": 1, "message": .string("sampan: \(method): \(error.message)")])
            ]
        }
    }

    /// Asks the client to tell when a file of settings, or what belongs to a build context's rules, changes.
    private func watchSettings() -> [OrderedJSON] {
        guard tellsOfFiles else { return [] }
        let watchers: [OrderedJSON] = ["**/.hadolint.{yaml,yml}", "**/*.dockerignore"].map { ["globPattern": $0] }
        let registration: OrderedJSON = [
            "id": "settings", "method": "workspace/didChangeWatchedFiles",
            "registerOptions": ["watchers": .array(watchers)],
        ]
        return [RPCAnswer.request("client/registerCapability", ["registrations": [registration]], id: "settings")]
    }

    private mutating func open(_ parameters: OrderedJSON) throws(RPCError) {
        guard let item = parameters["textDocument"], let uri = item["uri"]?.string else {
            throw .invalidParameters("textDocument.uri")
        }
        guard let text = item["text"]?.string else { throw .invalidParameters("textDocument.text") }
        documents[uri] = OpenDocument(uri: uri, version: item["version"] ?? .null, text: text)
        mark(uri)
    }

    private mutating func change(_ parameters: OrderedJSON) throws(RPCError) {
        var document = try document(parameters)
        guard let changes = parameters["contentChanges"]?.items else { throw .invalidParameters("contentChanges") }
        document.setVersion(parameters.at("textDocument", "version") ?? .null)
        for change in changes { try document.change(change) }
        documents[document.uri] = document
        mark(document.uri)
    }

    private mutating func close(_ parameters: OrderedJSON) throws(RPCError) -> [OrderedJSON] {
        let uri = try document(parameters).uri
        documents[uri] = nil
        unchecked.removeAll { $0 == uri }
        return [RPCAnswer.notification("textDocument/publishDiagnostics", ["uri": .string(uri), "diagnostics": []])]
    }

    private mutating func mark(_ uri: String) {
        if !unchecked.contains(uri) { unchecked.append(uri) }
    }
}
