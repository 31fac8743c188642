import ByteKeys

/// Puts images behind those that they depend on.
enum ImageOrder {
    enum Result: Equatable {
        case order([String])
        /// Each depends on the next, and the last on the first.
        case circle([String])
    }

    /// The order of building: first all images that need no other, then those that only need these, and so on.
    ///
    /// Images of one rank keep the order in which they are first mentioned. Every dependency has to be an image.
    static func order(_ images: [(name: String, dependencies: [String])]) -> Result {
        var mentioned: [String] = []
        var missing: ByteDictionary<Int> = [:]
        var dependents: ByteDictionary<[String]> = [:]
        func mention(_ name: String) {
            guard missing[name] == nil else { return }
            missing[name] = 0
            mentioned.append(name)
        }
        for image in images {
            mention(image.name)
            var seen: ByteSet = []
            for dependency in image.dependencies where seen.insert(dependency).inserted {
                mention(dependency)
                missing[image.name, default: 0] += 1
                dependents[dependency, default: []].append(image.name)
            }
        }
        var order: [String] = []
        var ready = mentioned.filter { missing[$0] == 0 }
        while !ready.isEmpty {
            order += ready
            var next: [String] = []
            for name in ready {
                for dependent in dependents[name] ?? [] {
                    missing[dependent, default: 0] -= 1
                    if missing[dependent] == 0 { next.append(dependent) }
                }
            }
            ready = next
        }
        guard order.count < mentioned.count else { return .order(order) }
        return .circle(circle(in: images, among: ByteSet(mentioned).subtracting(order)))
    }

    private static func circle(
        in images: [(name: String, dependencies: [String])],
        among stuck: ByteSet
    ) -> [String] {
        var way: [String] = []
        var next = images.first { stuck.contains($0.name) }
        while let image = next {
            if let start = way.firstIndex(where: image.name.hasSameBytes) { return Array(way[start...]) }
            way.append(image.name)
            let wanted = image.dependencies.first(where: stuck.contains)
            next = wanted.flatMap { wanted in images.first { $0.name.hasSameBytes(as: wanted) } }
        }
        return way
    }
}
