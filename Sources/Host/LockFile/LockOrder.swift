import ByteKeys
import PluginWire

/// Numbers for the order of installation that stay the same when packages come and go between others.
enum LockOrder {
    private static let gap = 100

    /// Returns the name that distinguishes a package from others of its entry.
    static func name(of package: ABI.V1.Package) -> String {
        "\(package.name) \(package.architecture) \(package.version)"
    }

    /// A number for each of these packages, which are in the order of installation.
    ///
    /// A package that had a number keeps it, unless the order has changed around it. A new version has the place of
    /// the old one.
    static func places(of packages: [ABI.V1.Package], earlier: ByteDictionary<Int>) -> ByteDictionary<Int> {
        var old: ByteDictionary<Int> = [:]
        for (name, place) in earlier {
            old[name] = place
            old[withoutVersion(name)] = place
        }
        let known = packages.map { old[name(of: $0)] ?? old[withoutVersion(name(of: $0))] }
        let kept = longestRise(known)
        var places = kept.contains(true) ? filled(known, kept) : nil
        places = places ?? packages.indices.map { ($0 + 1) * gap }
        return ByteDictionary(zip(packages.map(name), places ?? []), uniquingKeysWith: { first, _ in first })
    }

    private static func withoutVersion(_ name: String) -> String {
        name.split(separator: " ", omittingEmptySubsequences: false).prefix(2).joined(separator: " ")
    }

    /// Returns true for the elements that belong to one of the longest parts that only rise.
    private static func longestRise(_ values: [Int?]) -> [Bool] {
        // `ends[n]` is the element that ends the best part of n + 1 elements.
        var ends: [Int] = []
        var previous = [Int?](repeating: nil, count: values.count)
        for (index, value) in values.enumerated() {
            guard let value else { continue }
            var (low, high) = (0, ends.count)
            while low < high {
                let middle = (low + high) / 2
                if (values[ends[middle]] ?? 0) < value { low = middle + 1 } else { high = middle }
            }
            previous[index] = low > 0 ? ends[low - 1] : nil
            if low < ends.count { ends[low] = index } else { ends.append(index) }
        }
        var kept = [Bool](repeating: false, count: values.count)
        var next = ends.last
        while let index = next {
            kept[index] = true
            next = previous[index]
        }
        return kept
    }

    /// The kept numbers with others between them; nil when there is no room for these.
    private static func filled(_ known: [Int?], _ kept: [Bool]) -> [Int]? {
        var places: [Int] = []
        var index = 0
        while index < known.count {
            if kept[index], let place = known[index] {
                places.append(place)
                index += 1
                continue
            }
            let end = (index..<known.count).first { kept[$0] } ?? known.count
            let count = end - index
            let before = places.last ?? 0
            let after = end < known.count ? known[end] ?? 0 : before + (count + 1) * gap
            guard after - before > count, PackageLimits.places.contains(after) else { return nil }
            for number in 1...count { places.append(before + (after - before) * number / (count + 1)) }
            index = end
        }
        return places
    }
}
