// https://www.rfc-editor.org/rfc/rfc8259
internal import Core

/// A JSON value whose members keep their order.
indirect enum JSONNode {
    case string(String)
    case number(Int)
    case bool(Bool)
    case null
    case array([JSONNode])
    case object([(String, JSONNode)])

    static func optional(_ text: String?) -> JSONNode { text.map(JSONNode.string) ?? .null }

    /// Written with two spaces a level; objects and arrays without objects or arrays in them stay on one line.
    func write(to out: inout String, indent: Int = 0) {
        switch self {
        case .string(let text): OrderedJSON.quote(text, to: &out, escapesDelete: true)
        case .number(let value): out += String(value)
        case .bool(let value): out += value ? "true" : "false"
        case .null: out += "null"
        case .array(let items): Self.list("[", items.map { (nil, $0) }, "]", &out, indent)
        case .object(let members): Self.list("{", members.map { ($0.0, $0.1) }, "}", &out, indent)
        }
    }

    private var isLeaf: Bool {
        switch self {
        case .array(let items): items.isEmpty
        case .object(let members): members.isEmpty
        default: true
        }
    }

    private static func list(
        _ open: String, _ items: [(key: String?, value: JSONNode)], _ close: String, _ out: inout String, _ indent: Int
    ) {
        let isFlat = items.allSatisfy { $0.value.isLeaf }
        out += open
        for (index, item) in items.enumerated() {
            if index > 0 { out += isFlat ? ", " : "," }
            if !isFlat { out += "\n" + String(repeating: "  ", count: indent + 1) }
            if let key = item.key {
                OrderedJSON.quote(key, to: &out, escapesDelete: true)
                out += ": "
            }
            item.value.write(to: &out, indent: indent + 1)
        }
        if !isFlat { out += "\n" + String(repeating: "  ", count: indent) }
        out += close
    }
}
