package import Core

/// Follows a path component by component, with links inside a root: what is still to go, and where one is.
package struct LinkWalk {
    /// In reverse, so that the next is the last.
    private var rest: [ArraySlice<UInt8>]
    package private(set) var current = BytePath()
    private var links = 0

    package init(_ path: BytePath) { rest = path.components.reversed() }

    /// Whether the component just taken is the last.
    package var isAtEnd: Bool { rest.isEmpty }

    /// The next component that is a name; `.` and `..` are dealt with here.
    package mutating func next() -> ArraySlice<UInt8>? {
        while let name = rest.popLast() {
            if name.elementsEqual([UInt8(ascii: ".")]) { continue }
            if name.elementsEqual([UInt8(ascii: "."), UInt8(ascii: ".")]) {
                current = current.parent
                continue
            }
            return name
        }
        return nil
    }

    /// Goes down to a path.
    package mutating func enter(_ path: BytePath) throws {
        guard path.bytes.count <= 4096 else { throw LayerError.tooDeep(path: path.description) }
        current = path
    }

    /// Goes on with the target of a link.
    /// - Parameter path: the whole path being walked, for the message.
    package mutating func follow(_ target: [UInt8], from path: BytePath) throws {
        links += 1
        guard links <= FileTree.linkLimit else { throw LayerError.tooManyLinks(path: path.description) }
        if target.first == UInt8(ascii: "/") { current = BytePath() }
        rest.append(contentsOf: target.split(separator: UInt8(ascii: "/")).reversed())
    }
}
