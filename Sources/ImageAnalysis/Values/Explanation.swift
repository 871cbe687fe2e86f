package import Binaries
package import Cataloging
package import Core

/// All that is concluded from an image: what inspection shows, what policies judge, what reports print.
package struct Explanation: Sendable {
    package var image: AnalysedImage
    /// Bytes of the tree by kind, largest first; they add up to the bytes of all files in the tree.
    package var kinds: [KindShare]
    package var packages: [PackageShare]
    package var waste: Waste
    package var programs: [ProgramVerdict]
    /// Of the program that the image starts: on which bases it would start. Empty when that is unknown.
    package var bases: [BaseVerdict]
    /// Largest gain first.
    package var advice: [Advice]

    package init(
        image: AnalysedImage, kinds: [KindShare], packages: [PackageShare], waste: Waste,
        programs: [ProgramVerdict], bases: [BaseVerdict], advice: [Advice]
    ) {
        self.image = image
        self.kinds = kinds
        self.packages = packages
        self.waste = waste
        self.programs = programs
        self.bases = bases
        self.advice = advice
    }
}

package struct KindShare: Sendable, Hashable {
    package var kind: ContentKind
    package var files: Int
    package var bytes: Int64

    package init(kind: ContentKind, files: Int, bytes: Int64) {
        self.kind = kind
        self.files = files
        self.bytes = bytes
    }
}

package struct PackageShare: Sendable, Hashable {
    package var package: InstalledPackage
    /// Of its files that the tree has; a file of several packages counts for the first.
    package var files: Int
    package var bytes: Int64

    package init(package: InstalledPackage, files: Int, bytes: Int64) {
        self.package = package
        self.files = files
        self.bytes = bytes
    }
}

/// Bytes that travel with an image for nothing.
package struct Waste: Sendable, Hashable {
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        /// A lower layer has the path, and a later one has other bytes for it.
        case rewritten
        /// Likewise, and only owner, mode or attributes differ.
        case metadataCopy
        /// A lower layer has it, and a later one removes it.
        case deleted
        /// The same bytes at another path.
        case duplicate
        case packageCache, packageLists, buildTool, debugInfo, symbols, source, versionControl, testData, documentation
    }

    package struct Item: Sendable, Hashable {
        package var kind: Kind
        package var path: BytePath
        /// Of the contents, not compressed.
        package var bytes: Int64
        /// The layer that has the bytes for nothing, by its place in the image.
        package var layer: Int
        /// The layer that made them needless, where there is one.
        package var replacedBy: Int?
        /// For duplicates the path that stays.
        package var original: BytePath?

        package init(
            kind: Kind, path: BytePath, bytes: Int64, layer: Int, replacedBy: Int? = nil, original: BytePath? = nil
        ) {
            self.kind = kind
            self.path = path
            self.bytes = bytes
            self.layer = layer
            self.replacedBy = replacedBy
            self.original = original
        }
    }

    /// Largest first. No byte is in two items.
    package var items: [Item]
    /// As dive defines it: of all bytes of paths that several layers have, the smallest share that had to be; 0 to 1.
    package var diveEfficiency: Double
    package var diveWastedBytes: Int64

    package init(items: [Item], diveEfficiency: Double, diveWastedBytes: Int64) {
        self.items = items
        self.diveEfficiency = diveEfficiency
        self.diveWastedBytes = diveWastedBytes
    }

    package var bytes: Int64 { items.reduce(0) { $0 + $1.bytes } }
}

/// Whether a program of the image starts in it.
package struct ProgramVerdict: Sendable, Hashable {
    package enum Start: Sendable, Hashable {
        /// Nothing is needed from outside of the file.
        case isStatic
        /// The loader and every library and version are there.
        case resolves(libraries: [BytePath])
        /// It can't start, and what is missing.
        case fails([Missing])
    }

    package enum Missing: Sendable, Hashable {
        case program(String)
        case notExecutable(BytePath)
        case interpreter(String)
        case library(String, neededBy: BytePath)
        case version(String, library: BytePath, neededBy: BytePath)
        case shell(String)
        case architecture(String, image: String)
        /// A script's `#!` line, or what it names, is not there.
        case scriptInterpreter(String, script: BytePath)
        /// The user of the config has no line in `/etc/passwd`, and is no number.
        case user(String)
        /// It is executable, and neither a program nor a script with a `#!` line.
        case unknownFormat(BytePath)
    }

    /// What it will want later, and the image hasn't.
    package struct RuntimeGap: Sendable, Hashable {
        package var need: BinaryFacts.Need
        /// What is missing, such as `/etc/ssl/certs/ca-certificates.crt`.
        package var missing: String

        package init(need: BinaryFacts.Need, missing: String) {
            self.need = need
            self.missing = missing
        }
    }

    /// Where it lies; of an entrypoint that isn't there, where it should be.
    package var path: BytePath
    /// Whether the image starts it.
    package var isEntrypoint: Bool
    package var start: Start
    package var gaps: [RuntimeGap]

    package init(path: BytePath, isEntrypoint: Bool, start: Start, gaps: [RuntimeGap] = []) {
        self.path = path
        self.isEntrypoint = isEntrypoint
        self.start = start
        self.gaps = gaps
    }
}

/// Whether the image's program would start on a base.
package struct BaseVerdict: Sendable, Hashable {
    /// `scratch`, `static`, `base`, `cc` or `alpine`.
    package var base: String
    package var start: ProgramVerdict.Start
    package var gaps: [ProgramVerdict.RuntimeGap]

    package init(base: String, start: ProgramVerdict.Start, gaps: [ProgramVerdict.RuntimeGap]) {
        self.base = base
        self.start = start
        self.gaps = gaps
    }
}

/// Something to change, and what it brings.
package struct Advice: Sendable, Hashable {
    /// Stable, such as `strip-symbols`.
    package var rule: String
    /// One sentence.
    package var title: String
    /// Bytes that it saves, not compressed; 0 when it saves none.
    package var bytes: Int64
    /// How much risk it takes away: 0 none, 1 some, 2 much.
    package var risk: Int
    package var place: LayerCause.Place?
    /// What the instruction is now; nil where a line has to be added.
    package var before: String?
    /// What it should be.
    package var after: String?

    package init(
        rule: String, title: String, bytes: Int64 = 0, risk: Int = 0, place: LayerCause.Place? = nil,
        before: String? = nil, after: String? = nil
    ) {
        self.rule = rule
        self.title = title
        self.bytes = bytes
        self.risk = risk
        self.place = place
        self.before = before
        self.after = after
    }
}
