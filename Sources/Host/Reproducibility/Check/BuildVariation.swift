public import Builder
public import ByteKeys
import ComparisonWire
public import Sandbox
import Support
import System

/// The differences between the conditions of a second build and those of the first: none of them may change a byte of the image.
///
/// Everything is put into the plans of sandboxes when they are complete, so nothing else of a build knows of it.
public struct BuildVariation: SandboxVariation {
    /// The locale of scripts and commands; nil where the machine has only one.
    public var locale: Locale?
    /// A library that makes programs read directory entries in reverse order; nil if not installed.
    public var disorder: String?

    /// A locale by its name, and its directory unless it is a system locale.
    public struct Locale: Sendable, Equatable {
        public var name: String
        public var directory: String?

        public init(name: String, directory: String?) {
            self.name = name
            self.directory = directory
        }
    }

    public init(locale: Locale?, disorder: String?) {
        self.locale = locale
        self.disorder = disorder
    }

    private static let work = "\(SandboxPaths.work)/elsewhere"
    static let home = "/home/somebody"
    private static let user = "somebody"
    private static let hostname = "elsewhere"
    /// Fourteen hours before noon of those who are twelve behind: it is another day there most of the time.
    private static let timeZone = "<+14>-14"
    private static let localePlace = "/run/mkosi/locale"
    private static let disorderPlace = "/run/mkosi/disorder.so"

    /// The variables of every command of the build.
    public var variables: ByteDictionary<String> {
        ["TZ": Self.timeZone]
    }

    /// A script's sandbox, with another place for all that belongs to the build, another user, another machine.
    public func applied(to plan: Plan) -> Plan {
        var plan = plan
        plan.steps = plan.steps.map(moved)
        // Arguments are the caller's own.
        plan.command = plan.command.prefix(2).map(Self.moved) + plan.command.dropFirst(2)
        plan.environment = plan.environment.map { change in
            guard case .set(let name, let value) = change else { return change }
            return .set(name: name, value: Self.moved(value))
        }
        if case .path(let path) = plan.workingDirectory { plan.workingDirectory = .path(Self.moved(path)) }
        plan.hostname = Self.hostname
        plan.steps.append(.directory(target: Self.home))
        var more = variables
        more["TERM"] = "vt100"
        more["HOME"] = Self.home
        more["USER"] = Self.user
        more["LOGNAME"] = Self.user
        if let locale {
            more["LC_ALL"] = locale.name
            if let directory = locale.directory {
                plan.steps.append(.readOnly(directory, at: Self.localePlace))
                more["LOCPATH"] = Self.localePlace
            }
        }
        if let disorder {
            plan.steps.append(.readOnly(disorder, at: Self.disorderPlace))
            more["LD_PRELOAD"] = Self.disorderPlace
        }
        plan.environment += more.sorted().map { .set(name: $0.key, value: $0.value) }
        return plan
    }

    private func moved(_ step: Plan.Step) -> Plan.Step {
        switch step {
        case .bind(var bind):
            bind.target = Self.moved(bind.target)
            return .bind(bind)
        case .overlay(var overlay):
            overlay.target = Self.moved(overlay.target)
            return .overlay(overlay)
        case .directory(let target): return .directory(target: Self.moved(target))
        default: return step
        }
    }

    /// The build's own directories, one level deeper.
    private static let places = [
        SandboxPaths.sources, SandboxPaths.build, SandboxPaths.destination, SandboxPaths.output, SandboxPaths.packages,
        SandboxPaths.artifacts, SandboxPaths.configuration, SandboxPaths.scripts,
    ]

    /// The path at its other place; one that is no place of the build stays.
    static func moved(_ path: String) -> String {
        guard places.contains(where: { path == $0 || Paths.isBelow(path, $0) }) else { return path }
        return work + path.dropFirst(SandboxPaths.work.utf8.count)
    }

    /// Corresponding texts of both builds, to be recognised in files that differ.
    static let marks: [ComparisonRequest.Mark] = [
        mark(SandboxPaths.sources, "the path of the sources"), mark(SandboxPaths.build, "the path of the build"),
        mark(SandboxPaths.destination, "the path of the results"),
        mark(SandboxPaths.scripts, "the path of the script"),
        ComparisonRequest.Mark(first: SandboxPaths.work, second: work, title: "a path of the build"),
    ]

    private static func mark(_ place: String, _ title: String) -> ComparisonRequest.Mark {
        ComparisonRequest.Mark(first: place, second: moved(place), title: title)
    }
}
