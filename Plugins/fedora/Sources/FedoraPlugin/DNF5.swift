import DistributionKit
import Glibc
import PluginKit
import PluginWire

/// dnf5, through its program: it shows the transaction as a table, and is told not to go on.
///
/// A stored transaction (`--store`) would be JSON, but dnf5 downloads the packages for it.
struct DNF5: RPMSolver {
    var command: RPMCommand
    let name = "dnf5"
    let installOnly = DNF4.installOnlyByDefault

    static var isInstalled: Bool { ["/usr/bin/dnf5", "/bin/dnf5"].contains(where: SystemFile.exists) }

    func choose(_ plan: RPMResolvePlan, root: String) throws -> RPMChoice {
        var lines: [String] = []
        let arguments = try self.arguments(plan, root: root)
        let status = try command.run(arguments) { line in
            lines.append(line)
            print(line)
        }
        let table = DNF5Table(lines)
        let output = lines.suffix(60).joined(separator: "\n")
        if !table.missing.isEmpty { return .missing(table.missing, output: output) }
        if !table.problem.isEmpty { return .problem(table.problem.joined(separator: "\n")) }
        if table.isNothing { return RPMChoice() }
        guard let count = table.count, count == table.packages.count else {
            throw ErrorObject(
                code: .commandFailed,
                message: "dnf5 could not choose the packages, status \(status): \(lines.last ?? "it gave no reason")",
                output: output
            )
        }
        return RPMChoice(packages: table.packages)
    }

    private func arguments(_ plan: RPMResolvePlan, root: String) throws(ErrorObject) -> [String] {
        let scratch = plan.scratch
        for directory in ["repositories", "cache", "log", "state", "variables"] {
            try SystemFile.makeDirectories("\(scratch)/\(directory)")
        }
        let definitions = plan.repositories.map { repository in
            var definition = RepositoryDefinition(id: repository.id)
            definition["name"] = repository.id
            definition["baseurl"] = "file://\(repository.directory)"
            definition["metadata_expire"] = "0"
            for (name, value) in repository.options.sorted(by: { $0.key < $1.key }) {
                definition[name == "exclude" || name == "excludes" ? "excludepkgs" : name] = value
            }
            return definition.text
        }
        try SystemFile.write("\(scratch)/repositories/all.repo", Array(definitions.joined(separator: "\n").utf8))
        let options = [
            "reposdir=\(scratch)/repositories", "varsdir=\(scratch)/variables", "logdir=\(scratch)/log",
            "cachedir=\(plan.derived ?? "\(scratch)/cache")", "system_state_dir=\(scratch)/state",
            "install_weak_deps=\(plan.recommends ? 1 : 0)", "best=1", "pkg_gpgcheck=0", "gpgcheck=0",
            "installonly_limit=0",
        ]
        var words = ["dnf5", "--installroot=\(root)", "--use-host-config", "--releasever=\(plan.release)"]
        words += ["--forcearch=\(plan.architecture)", "--no-plugins", "--assumeno"]
        if SystemFile.exists("/etc/dnf/dnf.conf") { words.append("--config=/etc/dnf/dnf.conf") }
        words += options.map { "--setopt=\($0)" }
        return words + ["install"] + plan.present + plan.packages
    }
}

/// The transaction as dnf5 shows it: headings, and below each of them lines `NAME ARCHITECTURE EPOCH:VERSION REPOSITORY SIZE`.
struct DNF5Table {
    private(set) var packages: [ChosenRPM] = []
    private(set) var missing: [String] = []
    private(set) var problem: [String] = []
    /// The number of packages in the summary.
    private(set) var count: Int?
    private(set) var isNothing = false

    private enum Section {
        case none
        case chosen(isRequested: Bool)
        case summary
        case problem
    }

    private static let requested: Set = [
        "Installing:", "Installing group/module packages:", "Upgrading:", "Downgrading:", "Reinstalling:",
    ]
    private static let other: Set = [
        "Installing dependencies:", "Installing weak dependencies:", "Upgrading dependencies:",
    ]

    init(_ lines: [String]) {
        var section = Section.none
        for line in lines {
            let words = line.split(separator: " ").map(String.init)
            if Self.requested.contains(line) {
                section = .chosen(isRequested: true)
            } else if Self.other.contains(line) {
                section = .chosen(isRequested: false)
            } else if line == "Transaction Summary:" {
                section = .summary
                count = 0
            } else if line.hasPrefix("Failed to resolve the transaction") {
                section = .problem
            } else if line.hasPrefix("Nothing to do") {
                isNothing = true
            } else if line.hasPrefix("No match for argument: ") {
                missing.append(String(line.dropFirst("No match for argument: ".count)))
            } else if line.hasPrefix(" ") || line.hasPrefix("Problem") || line.hasPrefix("\t") {
                take(line, words, section)
            } else {
                section = .none
            }
        }
    }

    private mutating func take(_ line: String, _ words: [String], _ section: Section) {
        switch section {
        case .chosen(let isRequested):
            // Lines that begin with `replacing` name packages that are removed.
            guard words.count >= 5, words[0] != "replacing",
                let identity = RPMIdentity("\(words[0])-\(words[2]).\(words[1])")
            else { return }
            packages.append(ChosenRPM(identity: identity, repository: words[3], isRequested: isRequested))
        case .summary:
            let changes = ["Installing:", "Upgrading:", "Downgrading:", "Reinstalling:"]
            guard words.count >= 2, changes.contains(words[0]), let number = Int(words[1]) else { return }
            count = (count ?? 0) + number
        case .problem: problem.append(line)
        case .none: break
        }
    }
}
