extension SettingDefinition {
    /// The description of the setting in the manual and the schema: its purpose, values and default.
    public var manualText: String {
        var parts = ["\(help).", kind.sentence]
        // What plugins are installed is different everywhere.
        if firmware != nil { parts[1] = "`none`, or a boot loader that a plugin provides: `mkosi plugin list`." }
        switch firmware == nil ? defaultValue : firmware == "uefi" ? .computed(.bootloader) : .text("none") {
        case .bool(let value): parts.append("Default: \(value ? "yes" : "no").")
        case .integer(let value): parts.append("Default: \(value).")
        case .text(let value): parts.append("Default: `\(value)`.")
        case .list(let values): parts.append("Default: \(values.map { "`\($0)`" }.joined(separator: ", ")).")
        case .computed(let rule): parts.append("Default: \(rule.reason).")
        case .none: break
        }
        if !defaultPaths.isEmpty {
            let verb = readsDefaultPath ? "Read from" : "Set by"
            parts.append("\(verb) \(defaultPaths.map { "`\($0)`" }.joined(separator: ", ")) if that exists.")
        }
        switch scope {
        case .local: break
        case .universal: parts.append("Passed on to all subimages.")
        case .multiversal: parts.append("Passed on to all subimages and the tools tree.")
        case .inherit: parts.append("Passed on to subimages, which may change it.")
        case .main: parts.append("Only for the main image.")
        case .tools: parts.append("Passed on to the default tools tree.")
        case .initrd: parts.append("Passed on to the default initrd.")
        case .initrdInherit: parts.append("Passed on to the default initrd, which may change it.")
        }
        if let other = storedAs { parts.append("Another spelling of `\(other)=`.") }
        if !oldNames.isEmpty {
            parts.append("Formerly \(oldNames.map { "`\($0)=`" }.joined(separator: ", ")).")
        }
        return parts.filter { !$0.isEmpty }.joined(separator: " ")
    }
}

extension ValueKind {
    /// The kind of value as a sentence; empty if there is nothing to say.
    var sentence: String {
        switch self {
        case .text, .url, .distribution, .format, .password, .minimumVersion: return ""
        case .fileName: return "A name without a slash."
        case .systemName(.timezone): return "A name below `/usr/share/zoneinfo`."
        case .systemName(.hostname): return "At most 64 letters, digits, `-`, `_`, `?` and dots."
        case .systemName(.locale), .systemName(.keymap): return "A name without spaces or slashes."
        case .boolean: return "A boolean."
        case .feature: return "A feature."
        case .integer: return "A whole number."
        case .size: return "A size."
        case .mode: return "An access mode in octal notation."
        case .sectorSize: return "512, 1024, 2048 or 4096."
        case .uuid: return "A UUID or `random`."
        case .path(let rule):
            let words = rule.constants.map { ", `\($0)`" }.joined()
            return (rule.absolute ? "An absolute path" : "A path") + words + "."
        case .keyMaterial: return "A path, or a name that the source understands."
        case .choice(let words, let yes, _):
            let list = words.map { "`\($0)`" }.joined(separator: ", ")
            return "One of \(list)\(yes == nil ? "" : ", or a boolean")."
        case .architecture: return "One of \(Architecture.all.map { "`\($0)`" }.joined(separator: ", "))."
        case .compression:
            return "One of \(ValueParser.compressions.map { "`\($0)`" }.joined(separator: ", ")), or a boolean."
        case .source(let types):
            return "One of \(types.map { "`\($0)`" }.joined(separator: ", ")), and a source after a colon."
        case .socketID: return "A number, `auto` or `hash`."
        case .dictionary: return "Names with values, separated by spaces."
        case .list(.tree, _): return "A list of trees."
        case .list(.paths, _): return "A list of paths with patterns."
        case .list(.path(let words, _), _):
            return words.isEmpty ? "A list of paths." : "A list of paths and `\(words.joined(separator: "`, `"))`."
        case .list(.expression, _): return "A list of regular expressions."
        case .list(.drive, _): return "A list of drives."
        case .list(.credential, _):
            return "Names with values, paths of files and of directories of files, separated by spaces."
        case .list(.kernelProfile, _): return "A list of paths of profiles."
        case .list(.choices(let words, _, _), _):
            return "A list of \(words.map { "`\($0)`" }.joined(separator: ", ")), or a boolean."
        case .list(.choice(let words), _): return "A list of \(words.map { "`\($0)`" }.joined(separator: ", "))."
        case .list(_, let rule): return rule.delimiter == UInt8(ascii: " ") ? "A list, separated by spaces." : "A list."
        }
    }
}
