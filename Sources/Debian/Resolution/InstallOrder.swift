/// An order in which dependencies come before what needs them.
struct InstallOrder {
    struct Need {
        var package: Int
        var isPreDependency: Bool
    }

    private let needs: [Int: [Need]]

    init(_ needs: [Int: [Need]]) { self.needs = needs }

    /// Orders packages; among those that are free of each other, the given order stands.
    ///
    /// Packages that need each other in a circle come together: pre-dependencies first, the rest in the order in
    /// which a walk along the dependencies comes back from them.
    func order(_ packages: [Int]) -> [Int] {
        let position = Dictionary(uniqueKeysWithValues: packages.enumerated().map { ($1, $0) })
        return circles(packages).flatMap { circle in
            guard circle.count > 1 else { return circle }
            let members = Set(circle)
            let start = circle.sorted { (position[$0] ?? 0) < (position[$1] ?? 0) }
            let walked = walk(start) { number in
                let inside = (needs[number] ?? []).filter { members.contains($0.package) }
                return (inside.filter(\.isPreDependency) + inside.filter { !$0.isPreDependency }).map(\.package)
            }
            return walk(walked) { number in
                (needs[number] ?? []).filter { $0.isPreDependency && members.contains($0.package) }.map(\.package)
            }
        }
    }

    /// Depth first, each package after what `next` gives for it, unless that is being walked already.
    private func walk(_ packages: [Int], _ next: (Int) -> [Int]) -> [Int] {
        var done: [Int] = []
        var seen = Set<Int>()
        for first in packages where seen.insert(first).inserted {
            var path = [(number: first, left: Array(next(first).reversed()))]
            while !path.isEmpty {
                if let target = path[path.count - 1].left.popLast() {
                    if seen.insert(target).inserted { path.append((target, next(target).reversed())) }
                } else {
                    done.append(path.removeLast().number)
                }
            }
        }
        return done
    }

    /// Tarjan's strongly connected components, without recursion: each after those that it needs.
    private func circles(_ packages: [Int]) -> [[Int]] {
        var order: [Int: Int] = [:]
        var low: [Int: Int] = [:]
        var stack: [Int] = []
        var onStack = Set<Int>()
        var found: [[Int]] = []
        for first in packages where order[first] == nil {
            var path: [(number: Int, next: Int)] = []
            func enter(_ number: Int) {
                order[number] = order.count
                low[number] = order[number]
                stack.append(number)
                onStack.insert(number)
                path.append((number, 0))
            }
            enter(first)
            while let (number, next) = path.last {
                let targets = needs[number] ?? []
                if next < targets.count {
                    path[path.count - 1].next += 1
                    let target = targets[next].package
                    if order[target] == nil {
                        enter(target)
                    } else if onStack.contains(target) {
                        low[number] = min(low[number] ?? 0, order[target] ?? 0)
                    }
                    continue
                }
                path.removeLast()
                if let parent = path.last?.number { low[parent] = min(low[parent] ?? 0, low[number] ?? 0) }
                guard low[number] == order[number] else { continue }
                var circle: [Int] = []
                while let top = stack.popLast() {
                    onStack.remove(top)
                    circle.append(top)
                    if top == number { break }
                }
                found.append(circle)
            }
        }
        return found
    }
}
