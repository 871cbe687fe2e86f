internal import ContentStore
internal import OCI

extension LayerCause {
    /// The cause of each layer: what the history says, and the line of the Dockerfile where a build of ours kept it.
    static func causes(of config: ImageConfig, _ sources: ImageSources?) -> [LayerCause] {
        let history = config.history.filter { !$0.emptyLayer }
        let count = config.rootfs.diffIDs.count
        // Some tools leave the history out or incomplete; then who knows which step made which layer?
        let isComplete = history.count == count
        return (0..<count).map { layer in
            let places = sources?.layers ?? []
            return LayerCause(
                instruction: isComplete ? history[layer].createdBy ?? history[layer].comment ?? "" : "",
                place: places.count == count ? places[layer] : nil,
                created: isComplete ? history[layer].created : nil)
        }
    }
}
