public import ByteKeys
import CFiles
public import Configuration
import Glibc
import Sandbox
public import Support
import System

/// The places that paths of a configuration led to before any script of the build ran.
///
/// Scripts can write to build sources, and the directories that the configuration names are mostly in them: a link that a
/// script puts in place of one would lead what follows to any file of the user. So such paths are resolved once, and the
/// sandbox refuses links on the way to them afterwards (`Plan.guardedDirectories`).
public struct PinnedPaths: Sendable {
    /// The paths of the configuration and the directories above them, and where they lead.
    private var places: ByteDictionary<String> = [:]
    /// Links below directories that programs outside of the sandbox read, and where they lead.
    private var links: ByteDictionary<String> = [:]
    /// The directories, without links, that scripts can write to.
    private var guarded: [String] = []

    public init() {}

    /// Resolves the paths of all images of a build.
    ///
    /// - Parameters:
    ///   - images: What is built.
    ///   - given: Settings whose values plugins get: they run outside of the sandbox, and follow links.
    ///   - others: Paths that no setting names and that sandboxes show, such as those of plugins and caches.
    public init(_ images: [ImageConfiguration], given: ByteSet = [], others: [String] = []) {
        var sources: ByteSet = []
        for image in images where image.scriptsWriteSources {
            for tree in image[.buildSources] { sources.insert(ForeignDirectory.resolved(tree.source)) }
        }
        guarded = sources.filter { $0 != "/" }.sorted()
        if guarded.isEmpty { return }
        for image in images {
            let named = image.registry.settings.flatMap { OutputReferences.paths(in: image.value(named: $0.name)) }
            let own = [image.directory, image.outputDirectory, image.buildDirectory].compactMap(\.self)
            let repositories = image[.buildSources].map { Paths.join($0.source, ".git") }
            let credentials = image[.credentials].compactMap { credential -> String? in
                if case .file(let path) = credential.content { path } else { nil }
            }
            for path in named + own + repositories + credentials where Paths.isAbsolute(path) { pin(path) }
            for name in given where image.registry.setting(named: name)?.kind.isPathOfHost == true {
                for path in OutputReferences.paths(in: image.value(named: name)) { pinLinks(below: place(of: path)) }
            }
        }
        for path in others where Paths.isAbsolute(path) { pin(path) }
    }

    private mutating func pin(_ path: String) {
        var next: String? = path
        while let path = next, places[path] == nil {
            // The link to an output is made again with each build, and leads to what is next to it.
            let isLink = OutputLink.exists(at: path)
            let parent = Paths.parent(path)
            places[path] =
                isLink
                ? Paths.join(ForeignDirectory.resolved(parent ?? "/"), Paths.name(path))
                : ForeignDirectory.resolved(path)
            next = parent
        }
    }

    private mutating func pinLinks(below directory: String) {
        for link in linksBelow(directory) { links[link] = Self.destination(of: link) }
    }

    /// The links below a directory, and below the directories that they lead to as far as scripts can write there.
    private func linksBelow(_ directory: String) -> [String] {
        var found: [String] = []
        var seen: ByteSet = []
        var rest = [directory]
        while let next = rest.popLast() {
            guard !seen.contains(next) else { continue }
            seen.insert(next)
            for name in (try? Files.list(next)) ?? [] {
                let path = Paths.join(next, name)
                let kind = Files.kind(of: path)
                if kind == S_IFDIR { rest.append(path) }
                guard kind == S_IFLNK else { continue }
                found.append(path)
                let place = Self.destination(of: path)
                if isGuarded(place), Files.isDirectory(place) { rest.append(place) }
            }
        }
        return found
    }

    /// Returns the target of a link, also if nothing is there yet.
    private static func destination(of link: String) -> String {
        if let found = Paths.resolved(link) { return found }
        let target = Paths.linkTarget(link) ?? ""
        return ForeignDirectory.resolved(Paths.join(Paths.parent(link) ?? "/", target))
    }

    /// A Boolean value indicating whether scripts can change anything that the configuration names.
    var isNeeded: Bool { !guarded.isEmpty }

    private func isGuarded(_ place: String) -> Bool {
        guarded.contains { place.hasSameBytes(as: $0) || Paths.isBelow(place, $0) }
    }

    /// Returns the place that a path led to; the path itself if scripts cannot change where it leads.
    func place(of path: String) -> String { pinned(path) ?? path }

    /// Returns the place that a path led to; nil if scripts cannot change where it leads.
    func pinned(_ path: String) -> String? {
        if guarded.isEmpty || !Paths.isAbsolute(path) { return nil }
        var rest: [String] = []
        var next: String? = path
        while let head = next {
            if let place = places[head] {
                var result = rest.reversed().reduce(place) { Paths.join($0, $1) }
                if OutputLink.exists(at: result), let target = Paths.linkTarget(result) {
                    result = Paths.join(Paths.parent(result) ?? "/", target)
                }
                // A link that scripts can replace may lead to where they cannot write.
                return isGuarded(result) || isGuarded(path) ? result : nil
            }
            rest.append(Paths.name(head))
            next = Paths.parent(head)
        }
        return nil
    }

    /// Returns the place that a path leads to, without links; nil if nothing is there.
    ///
    /// - Throws: a failure if it led somewhere else before scripts ran.
    func resolved(_ path: String) throws(Failure) -> String? {
        let place = place(of: path)
        guard let found = Paths.resolved(place) else { return nil }
        guard isGuarded(place), !found.hasSameBytes(as: place) else { return found }
        throw Self.moved(path)
    }

    /// Returns the place that a path led to, for a program outside of the sandbox, which follows links.
    ///
    /// - Returns: A path without links if anything is there.
    /// - Throws: a failure if it led somewhere else before scripts ran, or a link below it did.
    public func given(_ path: String) throws(Failure) -> String {
        guard isNeeded, Paths.isAbsolute(path) else { return path }
        guard let found = try resolved(path) else { return place(of: path) }
        for link in linksBelow(found) {
            guard let place = links[link], place.hasSameBytes(as: Self.destination(of: link)) else {
                throw Self.moved(link)
            }
        }
        return found
    }

    /// Opens what a path led to before scripts ran.
    func open(_ path: String, _ flags: CInt) throws(Failure) -> Descriptor {
        let place = place(of: path)
        do throws(SystemCallError) {
            return try isGuarded(place) ? .openWithoutLinks(place, flags) : .open(place, flags)
        } catch  where error.errno == ELOOP {
            throw Self.moved(path)
        } catch {
            throw Failure(.system, "Cannot open \(path)", cause: error)
        }
    }

    /// The bytes of the regular file that a path led to before scripts ran.
    func read(_ path: String) throws(Failure) -> [UInt8] {
        let file = try open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY)
        do throws(SystemCallError) {
            let bytes = try Files.read("/proc/self/fd/\(file.number)")
            withExtendedLifetime(file.number) {}
            return bytes
        } catch {
            throw Failure(.system, "Cannot read \(path)", cause: error)
        }
    }

    private static func moved(_ path: String) -> Failure {
        Failure(
            .changed,
            "Cannot use \(path): a link that was not there when the build began is on the way to it",
            hint: "Scripts can change their build sources; BuildSourcesEphemeral=yes discards what they change"
        )
    }

    /// The plan with the sources of its mounts where they were.
    func applied(to plan: Plan) -> Plan {
        if guarded.isEmpty { return plan }
        var plan = plan
        plan.guardedDirectories = guarded
        plan.steps = plan.steps.map { step in
            switch step {
            case .bind(var bind) where bind.followsSource && !bind.source.hasPrefix("+"):
                bind.source = place(of: bind.source)
                return .bind(bind)
            case .overlay(var overlay):
                overlay.lower = overlay.lower.map(place)
                if case .directory(let upper, let work) = overlay.upper {
                    overlay.upper = .directory(place(of: upper), work: place(of: work))
                }
                return .overlay(overlay)
            default: return step
            }
        }
        return plan
    }
}

extension ImageConfiguration {
    /// A Boolean value indicating whether changes that scripts make to the build sources stay.
    fileprivate var scriptsWriteSources: Bool {
        ScriptKind.allCases.contains { !self[$0.setting].isEmpty }
    }
}

extension Descriptor {
    /// Opens an absolute path on which there are no links.
    fileprivate static func openWithoutLinks(_ path: String, _ flags: CInt) throws(SystemCallError) -> Descriptor {
        let root = try Descriptor.open("/", O_RDONLY | O_DIRECTORY)
        let relative = Substring(path.utf8.drop { $0 == UInt8(ascii: "/") })
        let number = relative.withCString {
            mkosi_open_confined(root.number, $0, flags | O_CLOEXEC, 0, MKOSI_RESOLVE_NO_LINKS)
        }
        if number < 0 { throw SystemCallError("openat2", path, errno: errno) }
        return Descriptor(owning: number)
    }
}
