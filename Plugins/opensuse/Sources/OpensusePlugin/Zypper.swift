import DistributionKit
import PluginWire

/// zypper, which says in XML what it would install.
struct Zypper: RPMSolver {
    var command: RPMCommand
    let name = "zypper"
    let installOnly: Set = [ZypperCommand.multiversion]

    func choose(_ plan: RPMResolvePlan, root: String) throws -> RPMChoice {
        let zypper = ZypperCommand(command, root: root, derived: plan.derived)
        try zypper.prepare(architecture: plan.architecture)
        try zypper.allowSeveralVersions()
        for repository in plan.repositories {
            var definition = RepositoryDefinition(id: repository.id)
            definition["name"] = repository.id
            definition["baseurl"] = "dir://\(repository.directory)"
            definition["type"] = "rpm-md"
            definition["enabled"] = "1"
            definition["autorefresh"] = "1"
            definition["priority"] = "\(repository.priority)"
            // The plugin has verified the index, and zypper reads no package.
            definition["gpgcheck"] = "0"
            try SystemFile.write("\(zypper.repositories)/\(repository.id).repo", Array(definition.text.utf8))
        }
        var words = [
            "install", "--dry-run", "--details", "--auto-agree-with-licenses", "--allow-vendor-change", "--oldpackage",
            plan.recommends ? "--recommends" : "--no-recommends",
        ]
        // As names they would be several choices for one package, of which the last one counts.
        if Self.namesSeveralVersions(plan.packages) { words.append("--capability") }
        words.append("--")
        let (status, lines) = try zypper.run(["--xmlout", "--releasever", plan.release] + words + plan.packages)
        let answer = ZypperAnswer(Array(lines.joined(separator: "\n").utf8))
        if let failure = answer.failure(status: status) { return failure }
        // Of the same package in several repositories zypper takes that of the preferred one.
        return RPMChoice(
            packages: answer.chosen.map { identity in
                let isRequested = plan.packages.contains { Self.isName($0, of: identity) }
                return ChosenRPM(identity: identity, repository: nil, isRequested: isRequested)
            }
        )
    }

    /// Returns true if two words are versions of one package, as kernels are.
    static func namesSeveralVersions(_ words: [String]) -> Bool {
        var names: Set<Substring> = []
        for word in Set(words) where word.contains("=") {
            if !names.insert(word.prefix { !"=<>".contains($0) }).inserted { return true }
        }
        return false
    }

    /// Returns true if a word names a package: `NAME`, `NAME.ARCHITECTURE`, `NAME=VERSION` or `NAME>=VERSION`.
    static func isName(_ word: String, of identity: RPMIdentity) -> Bool {
        let name = word.prefix { !"=<>".contains($0) }.split(separator: " ").first.map(String.init) ?? word
        return name == identity.name || name == "\(identity.name).\(identity.architecture)"
    }
}
