/// The correspondence of the ids of a user namespace to those outside of it, as /proc/PID/uid_map has it.
struct IDMap: Equatable {
    struct Extent: Equatable {
        var inside: UInt32
        var outside: UInt32
        var count: UInt32
    }

    var extents: [Extent]

    /// All ids that exist here, each as itself.
    static func identity(of map: String) -> IDMap {
        IDMap(parsing: map).identity
    }

    init(extents: [Extent]) {
        self.extents = extents
    }

    /// Reads the format of /proc/PID/uid_map.
    init(parsing text: String) {
        extents = text.split(separator: "\n").compactMap { line in
            let numbers = line.split(separator: " ").compactMap { UInt32($0) }
            guard numbers.count == 3 else { return nil }
            return Extent(inside: numbers[0], outside: numbers[1], count: numbers[2])
        }
    }

    private var identity: IDMap {
        IDMap(extents: extents.map { Extent(inside: $0.inside, outside: $0.inside, count: $0.count) })
    }

    /// The number of its ids.
    var count: UInt64 {
        extents.reduce(0) { $0 + UInt64($1.count) }
    }

    var text: String {
        extents.map { "\($0.inside) \($0.outside) \($0.count)\n" }.joined()
    }

    /// The same as arguments of newuidmap(1).
    var arguments: [String] {
        extents.flatMap { [String($0.inside), String($0.outside), String($0.count)] }
    }
}
