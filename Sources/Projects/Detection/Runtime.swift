/// Final stages for programs that are linked against libraries of the system.
enum Runtime {
    static func dynamic(isPlusPlus: Bool, _ images: ImageSource) -> StagePlan {
        switch images {
        case .assembled: StagePlan(image: isPlusPlus ? "base:cc" : "base:base")
        case .registry: StagePlan(image: "debian:\(Images.debian)-slim")
        }
    }
}
