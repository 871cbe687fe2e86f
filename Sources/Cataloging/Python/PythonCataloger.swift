// https://packaging.python.org/en/latest/specifications/recording-installed-packages/
// https://packaging.python.org/en/latest/specifications/core-metadata/
internal import Core
internal import Inventory

/// Reads what pip, setuptools and distributions write down of installed Python packages.
enum PythonCataloger {
    static func run(_ survey: inout Survey<some CatalogTree>) throws {
        let lists = Set(survey.paths(.pythonFiles))
        for path in survey.paths(.pythonMetadata) {
            guard let content = try survey.content(path) else { continue }
            let metadata = Metadata(content)
            guard !metadata.name.isEmpty, !metadata.version.isEmpty else {
                survey.note(path, "names no Python package with its version")
                continue
            }
            let component = Component(
                .pypi, name: metadata.name, version: metadata.version, licenses: metadata.licenses)
            survey.add(InstalledPackage(component, evidence: path, files: try files(path, lists, &survey)))
        }
    }

    /// The files of a package that the tree has, in byte order.
    private static func files(
        _ path: BytePath, _ lists: Set<BytePath>, _ survey: inout Survey<some CatalogTree>
    ) throws -> [BytePath] {
        let directory = path.parent
        // A single file in place of a directory of metadata.
        guard path.name.elementsEqual("METADATA".utf8) || path.name.elementsEqual("PKG-INFO".utf8) else {
            return [path]
        }
        // An egg holds its package beside its metadata.
        if directory.name.elementsEqual("EGG-INFO".utf8) { return survey.files(below: directory.parent) }

        var found = Set(survey.files(below: directory))
        let record = directory.appending("RECORD" as BytePath)
        let installed = directory.appending("installed-files.txt" as BytePath)
        if lists.contains(record) {
            for line in Lines(try survey.content(record) ?? []) {
                insert(firstField(line), relativeTo: directory.parent, &found, &survey)
            }
        } else if lists.contains(installed) {
            for line in Lines(try survey.content(installed) ?? []) {
                insert(Array(line), relativeTo: directory, &found, &survey)
            }
        }
        return found.sorted()
    }

    private static func insert(
        _ name: [UInt8], relativeTo directory: BytePath, _ found: inout Set<BytePath>,
        _ survey: inout Survey<some CatalogTree>
    ) {
        guard let first = name.first, name.count + directory.bytes.count < PathBudget.pathLimit else { return }
        let slash = UInt8(ascii: "/")
        let path = BytePath(cleaning: first == slash ? name : directory.bytes + [slash] + name)
        if let file = survey.file(path) { found.insert(file) }
    }

    /// The first field of a line of comma-separated values; quotes are doubled inside of quotes.
    static func firstField(_ line: ArraySlice<UInt8>) -> [UInt8] {
        let quote = UInt8(ascii: "\"")
        guard line.first == quote else { return Array(line.prefix { $0 != UInt8(ascii: ",") }) }
        var field: [UInt8] = []
        var index = line.startIndex + 1
        while index < line.endIndex {
            if line[index] == quote {
                guard index + 1 < line.endIndex, line[index + 1] == quote else { break }
                index += 1
            }
            field.append(line[index])
            index += 1
        }
        return field
    }
}

extension PythonCataloger {
    /// The head of a METADATA or PKG-INFO file.
    struct Metadata: Hashable {
        var name = ""
        var version = ""
        var licenses: [String] = []

        init(_ content: [UInt8]) {
            var expression: String?
            var free: String?
            var classified: [String] = []
            // An empty line parts the fields from the description.
            for line in Lines(content) {
                if line.isEmpty { break }
                if let value = line.value(after: "Name:"), name.isEmpty {
                    name = value
                } else if let value = line.value(after: "Version:"), version.isEmpty {
                    version = value
                } else if let value = line.value(after: "License-Expression:") {
                    expression = value
                } else if let value = line.value(after: "License:") {
                    free = value
                } else if let value = line.value(after: "Classifier: License ::"), classified.count < 20 {
                    classified.append(Self.last(of: value))
                }
            }
            // Some put the whole text of their license there.
            let isName = free.map { !$0.isEmpty && $0.utf8.count <= 100 && $0.uppercased() != "UNKNOWN" } ?? false
            if let expression, !expression.isEmpty {
                licenses = [expression]
            } else if isName, let free {
                licenses = [free]
            } else {
                licenses = classified
            }
        }

        /// `OSI Approved :: MIT License` is about the `MIT License`.
        private static func last(of classifier: String) -> String {
            var start = classifier.startIndex
            for index in classifier.indices where classifier[index] == ":" { start = classifier.index(after: index) }
            return String(classifier[start...].drop { $0 == " " })
        }
    }
}
