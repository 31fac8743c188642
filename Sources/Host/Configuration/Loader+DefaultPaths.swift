import ByteKeys
import Glibc
import Support
import System

extension Loader {
    /// Makes the assignments of files and directories with special names.
    mutating func readDefaultPaths(_ place: Place) throws(Failure) {
        let present = try names(in: place.directory)
        // Nearly every directory has few such files: one look at its list saves a system call for each known name.
        guard present.contains(where: { $0.hasPrefix("mkosi.") }) else { return }
        let known = ByteSet(present)
        for row in registry.settings where !row.defaultPaths.isEmpty {
            for pattern in row.defaultPaths {
                for path in try matches(pattern, known, place) { try assign(defaultPath: path, to: row, place) }
            }
        }
    }

    /// The existing paths that one row means: its file, or for `directory/*` and `directory/*.conf` the entries of a
    /// directory.
    private func matches(_ pattern: String, _ known: ByteSet, _ place: Place) throws(Failure) -> [String] {
        let parts = pattern.utf8.split(separator: UInt8(ascii: "/"), maxSplits: 1).map { String(Substring($0)) }
        guard let first = parts.first, known.contains(first) else { return [] }
        let base = Paths.join(place.directory, first)
        guard parts.count == 2 else { return [base] }
        let suffix = parts[1].dropFirst()
        return try names(in: base).filter { $0.hasSuffix(suffix) && !$0.hasPrefix(".") }.map { Paths.join(base, $0) }
    }

    private mutating func assign(defaultPath path: String, to row: SettingDefinition, _ place: Place) throws(Failure) {
        guard Files.exists(path) else { return }
        if let problem = row.refusal(in: role, registry, isBuiltIn: place.layer == .files) {
            warnings.append(Warning(message: "Ignoring \(path): \(problem.message)", excerpt: []))
            return
        }
        let parser = ValueParser(catalogue: resolver.catalogue, host: resolver.host, directory: place.directory)
        let change: Assignment.Change
        do {
            if row.isSecret || row.kind.isSecretPath { try parser.checkSecret(path) }
            if row.readsDefaultPath {
                guard let text = try content(of: path), !text.isEmpty else { return }
                try ValueParser.check(text, of: row)
                try ValueParser.checkLine(text, of: row)
                change = .set(try parser.scalar(text, of: row))
            } else {
                change = try parser.change(path: path, row)
            }
        } catch let problem as ValueProblem {
            throw Failure(.configuration, "\(path): \(problem.message)", hint: problem.hint)
        } catch {
            throw error as? Failure ?? Failure(.system, "Cannot read \(path)", cause: error)
        }
        let assignment = Assignment(origin: .defaultPath(path), text: path, change: change)
        resolver.store.add(assignment, to: registry.slot(of: row), in: place.layer)
    }

    /// Returns the content of a file, or its output if it is a program; nil for a directory.
    private func content(of path: String) throws -> String? {
        if Files.isDirectory(path) { return nil }
        let isProgram = Files.isExecutable(path)
        var text = isProgram ? try resolver.host.readOutput(path) : try ConfigurationFile.text(of: path)
        while text.utf8.last?.isSpace == true { text.unicodeScalars.removeLast() }
        return text
    }
}

extension ValueParser {
    /// Returns the assignment to a setting that an existing path makes.
    func change(path: String, _ row: SettingDefinition) throws(ValueProblem) -> Assignment.Change {
        switch row.kind {
        case .list(.tree, _): .append(.trees([Tree(source: Self.resolve(path))]))
        case .list(.kernelProfile, _): .append(.kernelProfiles([try kernelProfile(path, "\(row.name)=")]))
        case .list(.credential, _): .append(.credentials(try credentials(in: path, "\(row.name)=")))
        case .list: .append(.list([Self.resolve(path)]))
        default: .set(.text(Self.resolve(path)))
        }
    }

    /// A file under its own name, or the files of a directory, each under its name.
    func credentials(in path: String, _ name: String) throws(ValueProblem) -> [Credential] {
        let path = Self.resolve(path)
        guard Files.isDirectory(path) else { return [try named(Paths.name(path), .file(path: path), name)] }
        let paths: [String]
        do throws(SystemCallError) {
            paths = try Files.list(path).map { Paths.join(path, $0) }
        } catch {
            throw ValueProblem("\(name) cannot read \(path): \(error)")
        }
        return try paths.filter { Files.kind(of: $0, followLinks: true) == S_IFREG }
            .map { path throws(ValueProblem) in
                try named(Paths.name(path), .file(path: Self.resolve(path)), name)
            }
    }

    /// A credential, unless systemd would not take its name.
    func named(_ name: String, _ content: Credential.Content, _ setting: String) throws(ValueProblem) -> Credential {
        guard Credential.isName(name) else {
            throw ValueProblem(
                "\(setting) cannot have a credential with the name \"\(name)\"",
                hint: "Allowed: names of at most 255 bytes without a slash, a colon and control characters"
            )
        }
        return Credential(name: name, content: content)
    }
}
