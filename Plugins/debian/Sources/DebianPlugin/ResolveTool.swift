import ByteKeys
import Crypto
import DistributionKit
import Glibc
import JSON
import PluginKit
import PluginWire
import System

/// The request to the plugin's tool `resolve` in the sandbox, as JSON on standard input.
struct ResolvePlan: Codable, Sendable, Equatable {
    var cache: String
    /// A directory of the build alone.
    var scratch: String
    /// The directory in which apt's binary form of the indexes is kept between builds.
    var derived: String?
    var architecture: String
    /// Names of packages, and apt's patterns.
    var packages: [String]
    /// The path of the status file of the tree that is extended.
    var statusFile: String?
    /// True if the indexes of the cache are used as they are.
    var offline: Bool
    /// The components that the user named in `Repositories=`.
    var components: [String]?
    var channel: String?
    /// The directory of packages that a lock file keeps.
    var kept: String?
    /// True if apt may see nothing but those and the user's own.
    var closed = false
    /// The directory of the user's own packages, whose index every build makes again.
    var local: String?
    /// Packages that count as installed, as `NAME:ARCHITECTURE=VERSION`.
    var present: [String] = []
    /// True if all places of a package are wanted.
    var allPlaces = false
    /// True if it is worth a warning that a list is out of date.
    var warnsOfAge = true
}

/// The tool `resolve`, inside the sandbox: updates the indexes and asks apt for the packages.
struct ResolveTool: Sendable {
    private let plan: ResolvePlan
    private let channel: ToolChannel
    private let apt: AptCommand
    private let sources: [AptSource]

    static func main(_ arguments: [String]) throws -> Int32 {
        let plan = try JSONText.decode(ResolvePlan.self, from: SystemFile.readInput() ?? [])
        let channel = try ToolChannel(path: plan.channel)
        let resolved = try channel.reportingFailure(describedBy: ErrorObject.ofTool) {
            try ResolveTool(plan, channel).run()
        }
        print(try JSONText.string(resolved))
        return 0
    }

    private init(_ plan: ResolvePlan, _ channel: ToolChannel) {
        self.plan = plan
        self.channel = channel
        sources = AptSource.read(directory: "/etc/apt")
        apt = AptCommand(
            cache: plan.cache,
            scratch: plan.scratch,
            derived: plan.derived,
            architecture: plan.architecture,
            statusFile: plan.statusFile.flatMap { SystemFile.exists($0) ? $0 : nil },
            kept: plan.kept,
            isClosed: plan.closed,
            channel: channel,
            onLine: { line in
                let words = Text.words(line)
                if line.hasPrefix("Get:") || line.hasPrefix("Hit:"), words.count > 2 {
                    channel.progress(words[1...].prefix(3).joined(separator: " "))
                }
            }
        )
    }

    private func run() throws -> ABI.V1.Resolved {
        try apt.prepare()
        let (lists, outcome) = try choose()
        guard outcome.status == 0 else { throw AptFailure.ofResolution(outcome.messages, all: outcome.output) }
        warn(outcome)
        var packages = outcome.output.compactMap { ResolvedLine($0)?.package(requested: plan.packages) }
        let present = Set(plan.present)
        packages.removeAll { present.contains(Self.exactly($0)) }
        let kept = plan.kept.map { ["\($0)/Packages"] } ?? []
        let sizes = InstalledSizes(of: packages, indexes: lists.readable(includingUnlisted: !plan.offline) + kept)
        for index in packages.indices { packages[index].installedSize = sizes[packages[index]] }
        if plan.allPlaces {
            let places = PackagePlaces(sources, lists: lists.releases)
            for index in packages.indices { packages[index].urls = packages[index].urls.flatMap(places.all) }
        }
        let indexes = try lists.releases.map { list in
            ABI.V1.RepositoryIndex(url: list.url, sha256: try Digest.ofFile(list.path), signedBy: list.signers)
        }
        return ABI.V1.Resolved(packages: packages, indexes: indexes)
    }

    /// Asks apt for the packages, from indexes that may be used.
    private func choose() throws -> (lists: ListCheck, AptCommand.Outcome) {
        let arguments = ["-q", "--print-uris", "--no-remove", "install"] + plan.present + plan.packages
        guard plan.offline else {
            let lists = try update()
            channel.progress("choosing packages")
            return (lists, try apt.run(arguments))
        }
        try checkPresence()
        try updateLocal()
        // apt reads the indexes while they are checked: its answer is used only if all of them are what was signed.
        let lists = Monitor<Result<ListCheck, any Error>?>(nil)
        let worker = try WorkerThread {
            let result = Result { try cached() }
            lists.withLock { $0 = result }
        }
        let outcome = Result { try apt.run(arguments) }
        worker.join()
        do {
            return (try lists.wait { $0 }.get(), try outcome.get())
        } catch {
            // What apt has made of them may be wrong as well.
            apt.forgetIndexes()
            throw error
        }
    }

    /// Brings the indexes up to date and returns those that may be used.
    private func update() throws -> ListCheck {
        removeUnlisted()
        var (outcome, lists, unusable) = try fetch()
        if !unusable.isEmpty {
            // The server may say "not modified" of what something else has put into the cache.
            for fault in lists.faults {
                channel.warning("the cached index \(fault.url) \(fault.reason), downloading it again")
            }
            for name in unusable { unlink("\(apt.listsDirectory)/\(name)") }
            apt.forgetIndexes()
            (outcome, lists, unusable) = try fetch()
        }
        // An index that apt could not update is an error: an old one must not be used silently.
        guard outcome.status == 0, !outcome.messages.contains(where: { $0.hasPrefix("Err:") }) else {
            throw AptFailure.ofUpdate(outcome.messages, sources: sources)
        }
        let missing = MissingComponents(outcome.messages)
        if let name = plan.components?.first(where: { missing.isNowhere($0, sources) }) {
            throw AptFailure.ofComponent(name, outcome.messages)
        }
        warn(outcome)
        if let fault = lists.faults.first { throw untrusted(fault) }
        if plan.warnsOfAge {
            for (url, date) in lists.expired(at: time(nil)) {
                channel.warning("the index \(url) was good until \(date): the mirror may have stopped being updated")
            }
        }
        return lists
    }

    /// Runs `apt-get update` and checks the result.
    ///
    /// - Returns: Names of files, too, that were there before and that no signed list confirms.
    private func fetch() throws -> (AptCommand.Outcome, ListCheck, unusable: [String]) {
        let present = Set(SystemFile.names(in: apt.listsDirectory))
        let outcome = try apt.update()
        // Before the check: what is read of a mirror afterwards may be something else.
        try keepIndexes()
        let lists = try checked()
        let unusable = (lists.faults.flatMap(\.files) + lists.unlisted).filter(present.contains)
        return (outcome, lists, unusable)
    }

    /// Of mirrors on this machine apt has links only, so a build without them would find nothing in the cache.
    private func keepIndexes() throws(ErrorObject) {
        for name in SystemFile.names(in: apt.listsDirectory) {
            let path = "\(apt.listsDirectory)/\(name)"
            guard FileStatus(at: path)?.kind == .symbolicLink, let bytes = SystemFile.read(path) else { continue }
            unlink(path)
            try SystemFile.write(path, bytes)
        }
    }

    private func checkPresence() throws {
        guard SystemFile.names(in: apt.listsDirectory).contains(where: { $0.hasSuffix("Release") }) else {
            throw ErrorObject(
                code: .notFound,
                message: "there are no package indexes in the cache, and CacheOnly= forbids downloading them",
                hint: "Build once without CacheOnly=",
                subject: plan.cache
            )
        }
    }

    /// The indexes of the cache, as they are.
    private func cached() throws -> ListCheck {
        let lists = try checked()
        if let fault = lists.faults.first { throw untrusted(fault) }
        if let name = lists.unlisted.first {
            throw untrusted(ListCheck.Fault(url: name, reason: "has no digest in its signed list", files: []))
        }
        return lists
    }

    /// Removes indexes whose digest no list knows, so that apt fetches them: one that is kept cannot be verified.
    private func removeUnlisted() {
        for name in ListCheck.unlisted(sources, in: apt.listsDirectory) { unlink("\(apt.listsDirectory)/\(name)") }
    }

    private func checked() throws -> ListCheck {
        try ListCheck(sources, in: apt.listsDirectory, scratch: plan.scratch, channel: channel)
    }

    private func untrusted(_ fault: ListCheck.Fault) -> ErrorObject {
        ErrorObject(
            code: .untrusted,
            message: "the cached index \(fault.url) \(fault.reason)",
            hint: "Remove \(plan.cache), or build once without CacheOnly=",
            subject: fault.url
        )
    }

    /// Reads the index of the user's own packages, for which no network is needed; all others stay as they are.
    private func updateLocal() throws {
        guard let local = plan.local else { return }
        let list = "\(plan.scratch)/local.list"
        try SystemFile.write(list, Array("deb [trusted=yes] file:\(local) ./\n".utf8))
        let settings = [
            "Dir::Etc::sourcelist=\(list)", "Dir::Etc::sourceparts=/dev/null", "APT::Get::List-Cleanup=false",
        ]
        let outcome = try apt.update(settings)
        guard outcome.status == 0, !outcome.messages.contains(where: { $0.hasPrefix("Err:") }) else {
            throw AptFailure.ofUpdate(outcome.messages, sources: [])
        }
    }

    /// A package in apt's syntax for exactly this version.
    static func exactly(_ package: ABI.V1.Package) -> String {
        let architecture = package.architecture == "all" ? "" : ":\(package.architecture)"
        return "\(package.name)\(architecture)=\(package.version)"
    }

    /// Passes on what apt warns of.
    private func warn(_ outcome: AptCommand.Outcome) {
        var seen: ByteSet = []
        for line in outcome.messages where line.hasPrefix("W: ") && seen.insert(line).inserted {
            channel.warning("apt: " + line.dropFirst(3))
        }
    }
}

/// A line of `apt-get --print-uris`: `'URL' NAME_VERSION_ARCHITECTURE.deb SIZE SHA256:DIGEST`.
struct ResolvedLine {
    var url: String
    var fileName: String
    var size: Int
    var sha256: String

    init?(_ line: String) {
        guard line.hasPrefix("'"), let url = Text.between("'", "'", in: line) else { return nil }
        let words = Text.words(line.dropFirst(url.count + 2))
        guard words.count >= 3, let size = Int(words[1]), words[2].hasPrefix("SHA256:") else { return nil }
        self.url = url
        fileName = words[0]
        self.size = size
        sha256 = words[2].dropFirst("SHA256:".count).lowercased()
    }

    func package(requested: [String]) -> ABI.V1.Package? {
        let stem = fileName.hasSuffix(".deb") ? fileName.dropLast(4) : fileName[...]
        let parts = stem.split(separator: "_").map { Self.decoded(String($0)) }
        guard parts.count == 3 else { return nil }
        var package = ABI.V1.Package(
            name: parts[0],
            version: parts[1],
            architecture: parts[2],
            urls: [url],
            size: size,
            sha256: sha256,
            fileName: fileName
        )
        if requested.contains(where: { Self.asks($0, for: parts[0]) }) { package.requested = true }
        return package
    }

    /// Returns true if an argument of `apt install` is for a package.
    ///
    /// It names one, or is a regular expression or the pattern `?exact-name`.
    static func asks(_ word: String, for name: String) -> Bool {
        if word.hasPrefix("^") || word.hasSuffix("$"), let expression = try? Regex(word) {
            return name.firstMatch(of: expression) != nil
        }
        if word.hasPrefix("?exact-name("), word.hasSuffix(")") {
            return word.dropFirst("?exact-name(".count).dropLast() == name
        }
        return word.prefix { $0 != "=" && $0 != "/" && $0 != ":" } == name
    }

    /// Text without its percent signs.
    static func decoded(_ text: String) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2,
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
