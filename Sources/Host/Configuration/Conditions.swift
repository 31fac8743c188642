import ByteKeys
import Glibc
import PluginWire
import Support
import System

/// Decides whether the conditions of a file hold.
struct Conditions {
    let resolver: Resolver
    let specifiers: Specifiers

    /// Names that only conditions know.
    static let names = ["PathExists", "SystemdVersion", "HostArchitecture", "Image"]

    /// Returns the conditions that keep a file from being read; none if all sections hold.
    ///
    /// Every `[Match]` has to hold, and one `[TriggerMatch]` if there are any. Of a file that is read, every `[Assert]`
    /// and one `[TriggerAssert]` have to hold too, or reading fails.
    func unmet(in file: ConfigurationFile) throws(Failure) -> [UnmetCondition] {
        var unmet: [UnmetCondition] = []
        var unmetTriggers: [UnmetCondition] = []
        var isTriggered: Bool?
        for block in file.sections {
            switch ConditionSection(rawValue: block.name) {
            case .match: unmet += try self.unmet(in: block, file)
            case .triggerMatch:
                let found = try self.unmet(in: block, file)
                isTriggered = isTriggered == true || found.isEmpty
                unmetTriggers += found
            case .assert, .triggerAssert, nil: break
            }
        }
        if isTriggered == false { unmet += unmetTriggers }
        if unmet.isEmpty { try checkAssertions(of: file) }
        return unmet
    }

    private func checkAssertions(of file: ConfigurationFile) throws(Failure) {
        var isAsserted = false
        var lastAssertion: (block: ConfigurationFile.SectionBlock, unmet: [UnmetCondition])?
        for block in file.sections {
            switch ConditionSection(rawValue: block.name) {
            case .assert:
                let found = try unmet(in: block, file)
                if !found.isEmpty { throw failed(block, found, file) }
            case .triggerAssert:
                let found = try unmet(in: block, file)
                isAsserted = isAsserted || found.isEmpty
                lastAssertion = (block, found)
            case .match, .triggerMatch, nil: break
            }
        }
        if let (block, unmet) = lastAssertion, !isAsserted { throw failed(block, unmet, file) }
    }

    private func failed(
        _ block: ConfigurationFile.SectionBlock,
        _ unmet: [UnmetCondition],
        _ file: ConfigurationFile
    ) -> Failure {
        let reasons = unmet.map { "\($0.text) in line \($0.line), but the value is \($0.actual ?? "nothing")" }
        return file.failure(
            "the conditions of [\(block.name)] do not hold",
            at: block.position,
            length: block.name.utf8.count + 2,
            hint: "Not met: \(reasons.joined(separator: "; "))"
        )
    }

    /// The plain conditions of a section that do not hold and, if no triggering condition holds, all of those.
    private func unmet(
        in block: ConfigurationFile.SectionBlock,
        _ file: ConfigurationFile
    ) throws(Failure) -> [UnmetCondition] {
        var unmet: [UnmetCondition] = []
        var unmetTriggers: [UnmetCondition] = []
        var isTriggered = false
        for entry in block.entries {
            var text = entry.text
            let isTrigger = text.utf8.first == UInt8(ascii: "|")
            if isTrigger { text.unicodeScalars.removeFirst() }
            let isNegated = text.utf8.first == UInt8(ascii: "!")
            if isNegated { text.unicodeScalars.removeFirst() }
            let wanted = specifiers.expand(text.trimmed).text
            if let problem = problem(entry.name, text.trimmed.isEmpty ? nil : wanted) {
                let piece = entry.pieces.first { !$0.text.isEmpty }
                throw file.failure(
                    problem.message,
                    at: piece?.position ?? entry.position,
                    length: piece?.text.utf8.count ?? entry.name.utf8.count,
                    hint: problem.hint
                )
            }
            if try holds(entry, wanted, file) != isNegated {
                isTriggered = isTriggered || isTrigger
            } else {
                let condition = UnmetCondition(block, entry, actual: actual(entry.name, wanted))
                if isTrigger { unmetTriggers.append(condition) } else { unmet.append(condition) }
            }
        }
        return isTriggered ? unmet : unmet + unmetTriggers
    }

    /// The value that a condition was compared with, for display.
    private func actual(_ name: String, _ wanted: String) -> String? {
        switch name {
        case "PathExists":
            let path = Paths.join(specifiers.fileDirectory, wanted)
            return Files.exists(path) ? "\(path) exists" : "\(path) does not exist"
        case "HostArchitecture": return resolver.host.architecture
        case "Image": return resolver.imageName
        case "SystemdVersion": return resolver.host.systemdVersion()
        default: return resolver.value(named: name).displayText
        }
    }

    private func holds(
        _ entry: ConfigurationFile.Entry,
        _ text: String,
        _ file: ConfigurationFile
    ) throws(Failure) -> Bool {
        switch entry.name {
        case "PathExists":
            return Files.exists(Paths.join(specifiers.fileDirectory, text))
        case "HostArchitecture":
            return Self.isArchitecture(resolver.host.architecture, text)
        case "Image":
            return resolver.imageName.hasSameBytes(as: text)
        case "SystemdVersion":
            return resolver.host.systemdVersion().map { VersionText.satisfies($0, text) } ?? false
        default:
            guard let row = resolver.registry.setting(named: entry.name), let rule = row.match else {
                let known = Self.names + resolver.registry.settings.filter { $0.match != nil }.map(\.name)
                let near = Suggestion.nearest(to: entry.name, in: known)
                throw file.failure(
                    "\(entry.name)= cannot be a condition",
                    at: entry.position,
                    length: entry.name.utf8.count,
                    hint: near.map { "Did you mean \($0)=?" } ?? "Conditions are: \(known.joined(separator: ", "))"
                )
            }
            return holds(row, rule, text)
        }
    }

    private func holds(_ row: SettingDefinition, _ rule: MatchRule, _ text: String) -> Bool {
        let value = resolver.value(of: row)
        switch rule {
        case .equal where row.name == settingName(.release):
            return value.word?.hasSameBytes(as: resolver.releaseName(text)) == true
        case .equal: return value.word?.hasSameBytes(as: canonical(text, row.kind)) == true
        case .contains: return value.list?.containsBytes(of: text) == true
        case .glob: return value.text.map { Glob.matches($0, text) } ?? false
        case .version: return value.text.map { VersionText.satisfies($0, text) } ?? false
        case .feature: return value.text == Scalars.feature(text)?.rawValue
        case .architecture: return value.text.map { Self.isArchitecture($0, text) } ?? false
        case .environment:
            guard case .dictionary(let variables) = value else { return false }
            let (name, wanted) = text.bytewiseSplit(at: "=")
            guard let found = variables[name] else { return false }
            return wanted.map { found.hasSameBytes(as: $0) } ?? true
        case .treeTarget:
            guard case .trees(let trees) = value else { return false }
            return trees.contains { ($0.target ?? "").hasSameBytes(as: text) }
        }
    }

    /// Our own word for what a condition says, so that aliases match too.
    private func canonical(_ text: String, _ kind: ValueKind) -> String {
        switch kind {
        case .distribution: resolver.catalogue.distribution(text)?.name ?? text
        case .format: resolver.catalogue.format(text)?.name ?? text
        case .boolean: Scalars.boolean(text).map { $0 ? "yes" : "no" } ?? text
        default: text
        }
    }

    private static func isArchitecture(_ name: String, _ text: String) -> Bool {
        text == "uefi" ? Architecture.uefi.contains(name) : name == text
    }
}
