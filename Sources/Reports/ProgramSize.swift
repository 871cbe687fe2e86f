package import Binaries
package import Core

/// Where the bytes of one program of an image go.
package struct ProgramSize: Sendable {
    package var path: BytePath
    package var attribution: SizeAttribution

    package init(path: BytePath, attribution: SizeAttribution) {
        self.path = path
        self.attribution = attribution
    }
}
