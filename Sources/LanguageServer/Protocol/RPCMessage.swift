// https://www.jsonrpc.org/specification
import Core

/// What a client sends.
enum RPCMessage {
    case request(id: OrderedJSON, method: String, parameters: OrderedJSON)
    case notification(method: String, parameters: OrderedJSON)
    /// An answer to something that we asked.
    case response
    /// Nothing of these; with the id, if it has one.
    case invalid(id: OrderedJSON)

    init(_ json: OrderedJSON) {
        guard case .object = json, json["jsonrpc"]?.string == "2.0" else {
            self = .invalid(id: .null)
            return
        }
        var id: OrderedJSON?
        switch json["id"] {
        case .number, .string: id = json["id"]
        default: break
        }
        guard let method = json["method"] else {
            self = json["result"] != nil || json["error"] != nil ? .response : .invalid(id: id ?? .null)
            return
        }
        guard let name = method.string else {
            self = .invalid(id: id ?? .null)
            return
        }
        let parameters = json["params"] ?? .null
        self =
            id.map { .request(id: $0, method: name, parameters: parameters) }
            ?? .notification(method: name, parameters: parameters)
    }
}

/// An error that a request is answered with.
struct RPCError: Error, Equatable {
    var code: Int
    var message: String

    static func parse(_ reason: String) -> RPCError { RPCError(code: -32700, message: reason) }
    static let invalidRequest = RPCError(code: -32600, message: "not a request of JSON-RPC 2.0")
    static func unknownMethod(_ name: String) -> RPCError {
        RPCError(code: -32601, message: "unknown method '\(SafeText.text(String(name.prefix(100))))'")
    }
    static func invalidParameters(_ what: String) -> RPCError {
        RPCError(code: -32602, message: "parameters without \(what)")
    }
    static let notInitialized = RPCError(code: -32002, message: "initialize has to come first")
    static let shutDown = RPCError(code: -32600, message: "the server was shut down")
    static let initialized = RPCError(code: -32600, message: "the server is initialized already")
}

/// Makes messages to the client.
enum RPCAnswer {
    static func result(_ value: OrderedJSON, to id: OrderedJSON) -> OrderedJSON {
        ["jsonrpc": "2.0", "id": id, "result": value]
    }

    static func error(_ error: RPCError, to id: OrderedJSON) -> OrderedJSON {
        ["jsonrpc": "2.0", "id": id, "error": ["code": .int(error.code), "message": .string(error.message)]]
    }

    /// A request to the client.
    static func request(_ method: String, _ parameters: OrderedJSON, id: String) -> OrderedJSON {
        ["jsonrpc": "2.0", "id": .string(id), "method": .string(method), "params": parameters]
    }

    static func notification(_ method: String, _ parameters: OrderedJSON) -> OrderedJSON {
        ["jsonrpc": "2.0", "method": .string(method), "params": parameters]
    }
}

extension OrderedJSON {
    /// A whole number that fits.
    var integer: Int? {
        guard case .number(let text) = self else { return nil }
        return Int(text) ?? Double(text).flatMap { Int(exactly: $0) }
    }

    var boolean: Bool? {
        if case .bool(let value) = self { return value }
        return nil
    }

    var items: [OrderedJSON]? {
        if case .array(let items) = self { return items }
        return nil
    }

    /// What stands at the end of a path of keys.
    func at(_ path: String...) -> OrderedJSON? {
        var value = self
        for key in path {
            guard let next = value[key] else { return nil }
            value = next
        }
        return value
    }
}
