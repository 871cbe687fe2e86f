/// How a word of letters is written.
enum LetterCase {
    case small, capital, mixed

    init(_ text: String) {
        var hasSmall = false
        var hasCapital = false
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"): hasSmall = true
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): hasCapital = true
            default: continue
            }
        }
        self = hasSmall && hasCapital ? .mixed : hasSmall ? .small : .capital
    }
}
