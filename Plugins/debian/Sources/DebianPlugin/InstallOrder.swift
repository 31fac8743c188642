import ByteKeys

/// In which order a new tree gets its packages.
///
/// What the essential packages need is unpacked first, and with it everything that has no `preinst` script; then those
/// scripts have a system that they can run on. The others follow, each after its own script.
struct InstallOrder {
    /// Essential packages and all that they depend on, within the chosen ones.
    let isBoot: Set<Int>
    /// Unpacked before any script runs.
    let first: [BinaryPackage]
    /// Unpacked after their scripts.
    let rest: [BinaryPackage]
    private let packages: [BinaryPackage]
    private let isNewTree: Bool
    /// Packages by their own names and those that they provide.
    private let providers: ByteDictionary<[BinaryPackage]>

    /// In a new tree, the dependencies of essential packages are considered present from the start.
    init(_ packages: [BinaryPackage], isNewTree: Bool = true) {
        self.packages = packages
        self.isNewTree = isNewTree
        var providers: ByteDictionary<[BinaryPackage]> = [:]
        for package in packages {
            providers[package.name, default: []].append(package)
            for relation in package.provides { providers[relation.name, default: []].append(package) }
        }
        self.providers = providers
        let isBoot = isNewTree ? Self.closure(packages.filter(\.isEssential), providers) : []
        self.isBoot = isBoot
        first = packages.filter { isBoot.contains($0.index) || $0.member("preinst") == nil }
        rest = packages.filter { !isBoot.contains($0.index) && $0.member("preinst") != nil }
    }

    /// The packages of the first pass in the order of their scripts: users and groups come before all else.
    var scriptsOfFirst: [BinaryPackage] {
        first.filter(Self.makesUsers) + first.filter { !Self.makesUsers($0) }
    }

    /// Those of the rest whose scripts may run now, in order.
    ///
    /// What a package pre-depends on must be configured before; the essential packages are as good as that.
    func ready(_ waiting: [BinaryPackage], configured: Set<Int>) -> [BinaryPackage] {
        let ready = waiting.filter { needs($0).subtracting(configured).isEmpty }
        // A circle of them can be entered anywhere.
        return ready.isEmpty ? waiting : ready
    }

    /// Returns the packages that have to be configured before any of these is unpacked, with everything that they
    /// depend on.
    func prerequisites(_ waiting: [BinaryPackage], configured: Set<Int>) -> [BinaryPackage] {
        let open = Set(waiting.map(\.index))
        let roots = waiting.flatMap { needs($0) }.filter { !configured.contains($0) && !open.contains($0) }
        let needed = closure(roots.map { packages[$0] })
        return configureOrder.filter { package in
            needed.contains(package.index) && !configured.contains(package.index) && !open.contains(package.index)
        }
    }

    /// Packages with a script that has to have run before the given package is unpacked.
    private func needs(_ package: BinaryPackage) -> Set<Int> {
        let names = Relation.parse(package.control["Pre-Depends"]).flatMap { $0 }
        let found = names.flatMap { providers[$0.name] ?? [] }
        // dpkg itself, which does the work in an old tree, asks for more than a script that has run.
        let counting = found.filter { !isBoot.contains($0.index) && (!isNewTree || $0.member("postinst") != nil) }
        return Set(counting.map(\.index))
    }

    /// The order in which dpkg configures them; it moves dependencies forward by itself.
    var configureOrder: [BinaryPackage] {
        let users = packages.filter(Self.makesUsers)
        let others = packages.filter { !Self.makesUsers($0) }
        let boot = others.filter { isBoot.contains($0.index) }
        let rest = others.filter { !isBoot.contains($0.index) }
        return users + boot + rest
    }

    private static func makesUsers(_ package: BinaryPackage) -> Bool {
        package.name == "base-passwd"
    }

    /// These packages and all that they depend on, within the chosen ones.
    private func closure(_ roots: [BinaryPackage]) -> Set<Int> {
        Self.closure(roots, providers)
    }

    private static func closure(_ roots: [BinaryPackage], _ providers: ByteDictionary<[BinaryPackage]>) -> Set<Int> {
        var found: Set<Int> = []
        var waiting = roots
        while let package = waiting.popLast() {
            guard found.insert(package.index).inserted else { continue }
            for field in ["Pre-Depends", "Depends"] {
                for relation in Relation.parse(package.control[field]).flatMap({ $0 }) {
                    waiting += providers[relation.name] ?? []
                }
            }
        }
        return found
    }
}
