/// What is concluded from the files of an image and from how it is started, whoever built it and how.
struct ImageFindings: Sendable {
    var kinds: [KindShare]
    var packages: [PackageShare]
    var waste: Waste
    var programs: [ProgramVerdict]
    var bases: [BaseVerdict]
    /// What could not be judged, in words.
    var remarks: [String]
}
