import DistributionKit
import Glibc
import JSON
import PluginKit
import PluginWire

/// dnf 4, through its Python API, which its documentation guarantees ("DNF API Reference").
struct DNF4: RPMSolver {
    var command: RPMCommand
    let name = "dnf"
    let installOnly = Self.installOnlyByDefault

    /// The default of `installonlypkgs`, which dnf 4 and dnf5 share (dnf.conf(5)).
    static let installOnlyByDefault: Set = [
        "kernel", "kernel-PAE", "installonlypkg(kernel)", "installonlypkg(kernel-module)", "installonlypkg(vm)",
        "multiversion(kernel)",
    ]

    private struct Answer: Decodable {
        struct Package: Decodable {
            var name: String
            var epoch: Int
            var version: String
            var release: String
            var architecture: String
            var repository: String
            var requested: Bool
        }

        var packages: [Package]?
        var missing: [String]?
        var problem: String?
        var error: String?
    }

    func choose(_ plan: RPMResolvePlan, root: String) throws -> RPMChoice {
        let input = "\(plan.scratch)/request.json"
        let output = "\(plan.scratch)/answer.json"
        try SystemFile.write(input, Array(try JSONText.string(plan).utf8))
        var lines: [String] = []
        let status = try command.run(try Self.interpreter() + [try Self.script(), input, output, root]) { line in
            lines.append(line)
            print(line)
        }
        let text = lines.suffix(40).joined(separator: "\n")
        guard status == 0, let bytes = SystemFile.read(output) else {
            throw ErrorObject(
                code: .commandFailed,
                message: "dnf could not choose the packages, status \(status): \(lines.last ?? "it gave no reason")",
                output: text
            )
        }
        let answer = try JSONText.decode(Answer.self, from: bytes)
        if let missing = answer.missing, !missing.isEmpty { return .missing(missing, output: text) }
        if let problem = answer.problem { return .problem(problem) }
        if let error = answer.error {
            throw ErrorObject(
                code: .commandFailed,
                message: "dnf could not choose the packages: \(error)",
                output: text
            )
        }
        return RPMChoice(
            packages: (answer.packages ?? []).map { package in
                let identity = RPMIdentity(
                    name: package.name,
                    epoch: package.epoch,
                    version: package.version,
                    release: package.release,
                    architecture: package.architecture
                )
                return ChosenRPM(
                    identity: identity,
                    repository: package.repository,
                    isRequested: package.requested
                )
            }
        )
    }

    /// The Python that dnf itself runs with: that of a user may lack its modules.
    private static func interpreter() throws(ErrorObject) -> [String] {
        for path in ["/usr/bin/dnf-3", "/usr/bin/dnf", "/bin/dnf"] {
            guard let bytes = SystemFile.read(path), bytes.starts(with: Array("#!".utf8)) else { continue }
            let line = String(decoding: bytes.dropFirst(2).prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
            let words = line.split(separator: " ").map(String.init)
            if !words.isEmpty { return words }
        }
        throw ErrorObject(
            code: .notFound,
            message: "dnf is not among the tools",
            hint: "Install dnf, or set ToolsTree="
        )
    }

    private static func script() throws(ErrorObject) -> String {
        guard let own = realpath("/proc/self/exe", nil) else { throw SystemFile.failure("find", "/proc/self/exe") }
        defer { free(own) }
        let directory = String(cString: own).split(separator: "/").dropLast().map { "/\($0)" }.joined()
        return directory + "/resources/dnf/choose.py"
    }
}
