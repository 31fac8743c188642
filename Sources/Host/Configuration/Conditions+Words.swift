import PluginWire

// A condition on a word that nothing can ever be is a mistake, not a condition that fails.
extension Conditions {
    /// Returns the problem of a condition's value, nil if it has none; nil for one that can hold somewhere.
    func problem(_ name: String, _ text: String?) -> ValueProblem? {
        guard let text else {
            return ValueProblem("\(name)= needs a value to compare with", hint: "Add a value, or remove the condition")
        }
        // Specifiers may expand to nothing.
        if text.isEmpty { return nil }
        switch name {
        case "PathExists", "Image": return nil
        case "HostArchitecture": return architectureProblem(name, text)
        case "SystemdVersion": return versionProblem(name, text)
        default: break
        }
        guard let row = resolver.registry.setting(named: name), let rule = row.match else { return nil }
        switch rule {
        case .version: return versionProblem(name, text)
        case .architecture: return architectureProblem(name, text)
        case .feature where Scalars.feature(text) == nil:
            return .unknown("\(name)=", text, allowed: ["a boolean", "auto"])
        case .equal: return wordProblem(row, text)
        default: return nil
        }
    }

    private func wordProblem(_ row: SettingDefinition, _ text: String) -> ValueProblem? {
        switch row.kind {
        case .boolean where Scalars.boolean(text) == nil:
            return .unknown("\(row.name)=", text, allowed: ["a boolean"])
        case .choice(let words, let yes, _) where !words.contains(text):
            if yes != nil, Scalars.boolean(text) != nil { return nil }
            return .unknown("\(row.name)=", text, allowed: words)
        default: return nil
        }
    }

    private func architectureProblem(_ name: String, _ text: String) -> ValueProblem? {
        let allowed = Architecture.all + ["uefi"]
        return allowed.contains(text) ? nil : .unknown("\(name)=", text, allowed: allowed)
    }

    private func versionProblem(_ name: String, _ text: String) -> ValueProblem? {
        guard text.drop(while: { "=!<>".contains($0) }).trimmed.isEmpty else { return nil }
        return ValueProblem("\(name)= needs a version after \"\(text)\"", hint: "Write, for example, \(name)=>=2")
    }

    /// The distribution or format that a condition names and no installed plugin knows; nil for all others.
    ///
    /// It may come from a plugin that others have, so it is no mistake; but it may be one.
    func stranger(in entry: ConfigurationFile.Entry) -> (word: String, known: [String])? {
        guard let row = resolver.registry.setting(named: entry.name), row.match == .equal else { return nil }
        var bytes = entry.text.utf8[...]
        for mark in "|!".utf8 where bytes.first == mark { bytes = bytes.dropFirst() }
        let word = Substring(bytes)
        let text = specifiers.expand(word.trimmed).text
        switch row.kind {
        case .distribution where resolver.catalogue.distribution(text) == nil:
            return (text, resolver.catalogue.distributionNames)
        case .format where resolver.catalogue.format(text) == nil:
            return (text, resolver.catalogue.formatNames)
        default: return nil
        }
    }
}
