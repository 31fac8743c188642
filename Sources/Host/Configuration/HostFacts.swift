import Glibc
public import Support
import System

/// The facts of the host and of the caller that a configuration may use, as values, so that tests can be another host.
public struct HostFacts: Sendable {
    public var osRelease: OSRelease
    /// By the names of `Architecture=`.
    public var architecture: String
    public var environment: [String: String]
    /// The directory that relative paths of the command line start from.
    public var currentDirectory: String
    /// A new UUID, for settings whose value is `random`.
    public var randomUUID: String
    /// Runs an executable file whose output is a setting's value.
    public var readOutput: @Sendable (_ program: String) throws -> String
    /// The version of the host's systemd, determined only if a condition needs it.
    public var systemdVersion: @Sendable () -> String?
    /// The packages of this host's distribution, as far as an installed plugin knows it.
    public var packages = ProgramPackages()

    public init(
        osRelease: OSRelease,
        architecture: String,
        environment: [String: String],
        currentDirectory: String,
        randomUUID: String,
        readOutput: @escaping @Sendable (_ program: String) throws -> String,
        systemdVersion: @escaping @Sendable () -> String?
    ) {
        self.osRelease = osRelease
        self.architecture = architecture
        self.environment = environment
        self.currentDirectory = currentDirectory
        self.randomUUID = randomUUID
        self.readOutput = readOutput
        self.systemdVersion = systemdVersion
    }

    /// The facts of this machine and process.
    public static func current(
        readOutput: @escaping @Sendable (_ program: String) throws -> String,
        systemdVersion: @escaping @Sendable () -> String?
    ) -> HostFacts {
        var environment: [String: String] = [:]
        var next = environ
        while let entry = next.pointee {
            let text = String(cString: entry)
            // By bytes: a value may begin with a combining mark.
            if let equals = text.utf8.firstIndex(of: UInt8(ascii: "=")) {
                environment[String(text[..<equals])] = String(text[text.utf8.index(after: equals)...])
            }
            next += 1
        }
        return HostFacts(
            osRelease: OSRelease.current(),
            architecture: Architecture.current(),
            environment: environment,
            currentDirectory: Paths.currentDirectory(),
            randomUUID: UUIDText.random(),
            readOutput: readOutput,
            systemdVersion: systemdVersion
        )
    }
}

/// The identity of an operating system, as os-release(5) gives it.
public struct OSRelease: Sendable, Equatable {
    /// `ID`.
    public var id = ""
    /// `ID_LIKE`.
    public var idLike: [String] = []
    /// `VERSION_ID`.
    public var version: String?
    /// `VERSION_CODENAME`.
    public var codename: String?

    public init(id: String = "", idLike: [String] = [], version: String? = nil, codename: String? = nil) {
        self.id = id
        self.idLike = idLike
        self.version = version
        self.codename = codename
    }

    /// Reads the text of an os-release file; invalid lines are ignored.
    public init(text: String) {
        for line in text.lines {
            guard let equals = line.utf8.firstIndex(of: UInt8(ascii: "=")), line.utf8.first != UInt8(ascii: "#") else {
                continue
            }
            let value = Words.unquoted(String(line[line.utf8.index(after: equals)...]))
            switch line[..<equals] {
            case "ID": id = value
            case "ID_LIKE": idLike = value.split(separator: " ").map(String.init)
            case "VERSION_ID": version = value.isEmpty ? nil : value
            case "VERSION_CODENAME": codename = value.isEmpty ? nil : value
            default: break
            }
        }
    }

    static func current() -> OSRelease { OSRelease(tree: "/") ?? OSRelease() }

    /// The identity of the system in a tree; nil when it has none.
    init?(tree: String) {
        for path in ["etc/os-release", "usr/lib/os-release"] {
            if let text = try? Files.readText(Paths.join(tree, path)) {
                self.init(text: text)
                return
            }
        }
        return nil
    }
}

/// The architectures that `Architecture=` knows.
public enum Architecture {
    public static let all = [
        "alpha", "arc", "arm", "arm64", "ia64", "loongarch64", "mips-le", "mips64-le", "parisc", "ppc", "ppc64",
        "ppc64-le", "riscv32", "riscv64", "s390", "s390x", "tilegx", "x86", "x86-64",
    ]

    /// Those for which UEFI firmware exists.
    static let uefi = ["arm", "arm64", "ia64", "loongarch64", "riscv32", "riscv64", "x86", "x86-64"]

    /// Our name for what uname(2) calls the machine.
    static func named(machine: String) -> String {
        switch machine {
        case "x86_64": "x86-64"
        case "aarch64", "aarch64_be": "arm64"
        case "i386", "i486", "i586", "i686": "x86"
        case "ppc64le": "ppc64-le"
        case "mips64", "mips64el": "mips64-le"
        case "mips", "mipsel": "mips-le"
        case "armv5tel", "armv6l", "armv7l", "armv8l", "armv5tejl": "arm"
        default: machine
        }
    }

    static func current() -> String {
        var name = utsname()
        guard uname(&name) == 0 else { return "x86-64" }
        let machine = withUnsafePointer(to: &name.machine) { pointer in
            pointer.withMemoryRebound(to: CChar.self, capacity: 65) { String(cString: $0) }
        }
        return named(machine: machine)
    }
}
