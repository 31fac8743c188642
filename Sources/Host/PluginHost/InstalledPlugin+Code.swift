import Glibc
import PluginWire
public import Support
import System

extension InstalledPlugin {
    /// The reason why the code can neither be started nor loaded, as far as that is seen from outside; nil: none is known.
    ///
    /// Nothing is started or loaded for it, so that it can be checked before anything is built.
    public var codeFault: Failure? {
        guard manifest.start != nil else { return nil }
        guard let start else { return missingOrigin }
        if let mismatch = versionMismatch { return mismatch }
        let member = "The member \"start\" of \(directory)/\(ManifestReader.fileName)"
        guard let kind = Files.kind(of: file, followLinks: true) else {
            return fault("does not exist", hint: "\(member) names a file that does not exist")
        }
        guard kind == S_IFREG else { return fault("is not a file", hint: "\(member) must name a file") }
        if start.library != nil {
            return elfFlaw(isLibrary: true).map { fault($0, hint: "Build the library for this host") }
        }
        guard Files.isExecutable(file) else {
            return fault("is not executable", hint: "Make the file executable: chmod +x \(file)")
        }
        guard let begin = Self.beginning(of: file) else { return fault("cannot be read", hint: nil) }
        if begin.starts(with: "#!".utf8) {
            let line = begin.dropFirst(2).prefix { $0 != UInt8(ascii: "\n") }
            let interpreter = String(decoding: line, as: UTF8.self).split(separator: " ").first.map(String.init) ?? ""
            return Files.exists(interpreter)
                ? nil
                : fault(
                    "needs \(Excerpt.text(interpreter)), which does not exist",
                    hint: "Its first line names the interpreter"
                )
        }
        if begin.starts(with: Self.magic) {
            return elfFlaw(isLibrary: false).map { fault($0, hint: "Build the program for this host") }
        }
        return nil
    }

    private var missingOrigin: Failure {
        let other = manifest.start?.plugin ?? ""
        return Failure(
            .plugin,
            "Plugin \(name) cannot be started: it uses the code of the plugin \(other), which is not installed or has none of "
                + "its own",
            hint: "Install the plugin \(other); mkosi plugin list shows what is installed"
        )
    }

    private func fault(_ reason: String, hint: String?) -> Failure {
        let verb = start?.library == nil ? "started" : "loaded"
        return Failure(.plugin, "Plugin \(name) cannot be \(verb): \(file) \(reason)", hint: hint)
    }

    /// Compares the ranges of the manifest with those of this program.
    private var versionMismatch: Failure? {
        let sentences = PluginFailure(plugin: self)
        if ABI.protocolVersions.highestCommon(with: manifest.protocol) == nil {
            return sentences.mismatch("protocol", own: ABI.protocolVersions, plugin: manifest.protocol)
        }
        if ABI.interfaceVersions.highestCommon(with: manifest.interface) == nil {
            return sentences.mismatch("interface", own: ABI.interfaceVersions, plugin: manifest.interface)
        }
        return nil
    }

    private static let magic: [UInt8] = [0x7F] + Array("ELF".utf8)

    /// Returns the flaw in the header of the file (elf(5)); only dlopen(3) and execve(2) see the rest.
    private func elfFlaw(isLibrary: Bool) -> String? {
        let header = Self.beginning(of: file)?.prefix(20) ?? []
        guard header.count == 20, header.starts(with: Self.magic) else { return "is not an ELF file" }
        guard let own = Self.beginning(of: "/proc/self/exe")?.prefix(20), own.count == 20 else { return nil }
        // The class, the byte order, and the processor.
        guard header[4...5] == own[4...5], header[18...19] == own[18...19] else {
            return "is built for another architecture"
        }
        let isLittleEndian = header[5] == UInt8(ELFDATA2LSB)
        let type = isLittleEndian ? header[16] : header[17]
        return !isLibrary || type == UInt8(ET_DYN) ? nil : "is an ELF file, but not a shared library"
    }

    /// The bytes that say what kind of file it is.
    private static func beginning(of path: String) -> [UInt8]? {
        guard let file = try? Descriptor.open(path, O_RDONLY) else { return nil }
        return try? file.read(upTo: 256)
    }
}
