/// Text for content and attributes of XML. https://www.w3.org/TR/xml/#charsets
package enum XMLText {
    /// - Parameter text: made safe to show before (``SafeText``); what XML can't hold besides is escaped here.
    package static func escaped(_ text: String) -> String {
        var out = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": out += "&amp;"
            case "<": out += "&lt;"
            case ">": out += "&gt;"
            case "\"": out += "&quot;"
            case let scalar where scalar.value & 0xfffe == 0xfffe:
                out += "\\u{" + String(scalar.value, radix: 16) + "}"
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out
    }
}
