import Glibc
import PluginWire
import System

/// The file name of a unified kernel image, by `UnifiedKernelImageFormat=`.
struct EntryName {
    let text: String

    init(_ job: InstallCommand.Job, _ token: String, _ version: String, _ boot: BootDirectory) throws {
        // The digest of a verity partition tells images of one kernel apart.
        let digest = job.commandLine.lazy.compactMap { word -> String? in
            ["roothash=", "usrhash="].first { word.hasPrefix($0) }.map { String(word.dropFirst($0.count)) }
        }.first
        let tries = boot.text(of: "/etc/kernel/tries")?.prefix { $0.isNumber }
        var format = job.nameFormat ?? "&e-&k"
        if job.nameFormat == nil {
            if digest != nil { format += "-&h" }
            if let tries, !tries.isEmpty { format += "+&c" }
        }
        var name = ""
        var rest = format[...]
        while let character = rest.popFirst() {
            guard character == "&" else {
                name.append(character)
                continue
            }
            switch rest.popFirst() {
            case "&": name.append("&")
            case "e": name += token
            case "k": name += version
            case "h": name += digest ?? ""
            case "c": name += tries ?? ""
            case let other:
                throw ErrorObject(
                    code: .invalidParameters,
                    message: "unknown specifier &\(other.map(String.init) ?? "") in UnifiedKernelImageFormat=\(format)",
                    hint: "The specifiers are &&, &e, &k, &h and &c"
                )
            }
        }
        guard !name.contains("/"), !name.isEmpty, name.utf8.count <= 250 else {
            let message = "\"\(name)\" is no file name for a unified kernel image"
            throw ErrorObject(code: .invalidParameters, message: message)
        }
        text = name
    }
}
