import Glibc
import JSON
import PluginKit
import PluginWire

/// The input of the tool `rpm-inspect` in the sandbox, as JSON on standard input.
struct RPMInspectPlan: Codable, Sendable, Equatable {
    var root: String
    var scratch: String
    var reasons: InstallReasons
    /// Paths whose owners are wanted; nil if packages are.
    var paths: [String]?
    var channel: String?
}

/// A result of the tool `rpm-inspect`.
struct RPMInspectFinding: Codable, Sendable {
    var packages: [InstalledRPM]?
    /// Names of packages by path.
    var owners: [String: [String]]?
}

/// The tool `rpm-inspect`, inside the sandbox: lists what a tree has, or who owns some of its paths.
public struct RPMInspectTool {
    public static func main(_ arguments: [String]) throws -> Int32 {
        let plan = try JSONText.decode(RPMInspectPlan.self, from: SystemFile.readInput() ?? [])
        let channel = try ToolChannel(path: plan.channel)
        let finding = try channel.reportingFailure(describedBy: ErrorObject.describing) {
            try find(plan, channel)
        }
        print(try JSONText.string(finding))
        return 0
    }

    private static func find(_ plan: RPMInspectPlan, _ channel: ToolChannel) throws -> RPMInspectFinding {
        guard let database = try RPMDatabase.find(in: plan.root) else { return RPMInspectFinding() }
        let command = RPMCommand(scratch: plan.scratch, channel: channel)
        try command.prepare(database: database.path)
        let query = try RPMQuery(database, command)
        guard let paths = plan.paths else {
            let known = try TreeEntry.visit(plan.root) { () throws(ErrorObject) in plan.reasons.known() }
            let packages = try query.packages().map { package in
                var package = package
                package.isRequested = known?.isRequested(package.name)
                return package
            }
            return RPMInspectFinding(packages: packages)
        }
        return RPMInspectFinding(owners: try owners(of: paths, query))
    }

    private static func owners(of paths: [String], _ query: RPMQuery) throws -> [String: [String]] {
        var spellings: [String: String] = [:]
        for path in paths { for spelling in self.spellings(of: path) { spellings[spelling] = path } }
        var owners: [String: Set<String>] = [:]
        for line in try query.lines("[%{=NAME}\\t%{FILENAMES}\\n]") {
            guard let tab = line.firstIndex(of: "\t"),
                let path = spellings[String(line[line.index(after: tab)...])]
            else { continue }
            owners[path, default: []].insert(String(line[..<tab]))
        }
        return owners.mapValues { $0.sorted() }
    }

    /// A path as packages may name it: below directories that are links into `/usr`, or into each other.
    static func spellings(of path: String) -> [String] {
        var spellings = [path]
        for directory in ["/bin", "/sbin", "/lib", "/lib64"] {
            if path.hasPrefix("/usr\(directory)/") {
                spellings.append(String(path.dropFirst(4)))
            } else if path.hasPrefix("\(directory)/") {
                spellings.append("/usr\(path)")
            }
        }
        for spelling in spellings {
            if spelling.hasPrefix("/usr/sbin/") { spellings.append("/usr/bin/" + spelling.dropFirst(10)) }
            if spelling.hasPrefix("/usr/bin/") { spellings.append("/usr/sbin/" + spelling.dropFirst(9)) }
        }
        return spellings
    }
}
