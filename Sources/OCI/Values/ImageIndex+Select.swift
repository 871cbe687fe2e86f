package import Core

extension Descriptor {
    /// True for what BuildKit attaches to an index beside the images (provenance, SBOM).
    package var isAttestation: Bool {
        annotations[Annotation.dockerReferenceType] != nil
            || platform.map { $0.os == "unknown" && $0.architecture == "unknown" } ?? false
    }
}

extension ImageIndex {
    /// The platforms that the index has images for, in its order, each once.
    package var platforms: [Platform] {
        var seen: Set<Platform> = []
        return manifests.compactMap { entry in
            guard !entry.isAttestation, let platform = entry.platform?.platform else { return nil }
            return seen.insert(platform).inserted ? platform : nil
        }
    }

    /// The entry that serves a platform best; of equal ones the first. Attestations are never chosen. An index with a
    /// single image that names no platform gives that one.
    /// - Throws: ``OCIError/noPlatform(wanted:available:)``.
    package func select(platform wanted: Platform) throws(OCIError) -> Descriptor {
        var best: (distance: Int, entry: Descriptor)?
        var unnamed: [Descriptor] = []
        for entry in manifests where !entry.isAttestation {
            guard let platform = entry.platform?.platform else {
                unnamed.append(entry)
                continue
            }
            guard let distance = platform.distance(from: wanted), distance < best?.distance ?? Int.max else { continue }
            best = (distance, entry)
        }
        if let best { return best.entry }
        let available = platforms
        if available.isEmpty, unnamed.count == 1 { return unnamed[0] }
        throw .noPlatform(wanted: wanted, available: available)
    }
}
