import ByteKeys
import PluginWire
public import Support
import System

extension LockFile {
    /// Reads the text of a lock file; `path` is for the message that a damaged one gets.
    ///
    /// `check` is called every few thousand lines and ends the reading by throwing.
    public init(text: String, path: String, check: () throws(Failure) -> Void = {}) throws(Failure) {
        var parser = LockFileParser(path: path)
        // By bytes: to find characters takes many times as long.
        for (index, line) in text.lines.enumerated() {
            if index % 4096 == 0 { try check() }
            try parser.read(line)
        }
        self = try parser.finish()
    }
}

/// Reads a lock file line by line.
private struct LockFileParser {
    let path: String
    private var number = 0
    private var hasVersion = false
    /// The last one is what further lines are about.
    private var entries: [LockFile.Entry] = []
    private var subjects: Set<LockFile.Subject> = []

    init(path: String) {
        self.path = path
    }

    mutating func read(_ line: Substring) throws(Failure) {
        number += 1
        if line.isEmpty || line.hasPrefix("#") { return }
        if line.hasPrefix("<<<<<<<") || line.hasPrefix("=======") || line.hasPrefix(">>>>>>>") {
            throw failure("has an unresolved merge conflict", hint: "Keep the lines that you want of both sides")
        }
        let columns = line.utf8.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
            .map { Substring($0) }
        let word = columns[0]
        var values: [String] = []
        for column in columns.dropFirst() {
            guard let value = LockFile.unescaped(column) else { throw failure("has a column that cannot be read") }
            values.append(value)
        }
        if !hasVersion { return try readVersion(word, values) }
        switch word {
        case "image": try begin(values)
        case "from": try readOrigin(values)
        case "ask": try readAsked(values)
        case "index": try readIndex(values)
        case "package": try readPackage(values)
        case "file": try readFile(values)
        default: throw failure("begins with \"\(LockFile.escaped(String(word)))\", which is not valid here")
        }
    }

    mutating func finish() throws(Failure) -> LockFile {
        guard hasVersion else { throw failure("ends before its first line \"mkosi-lock \(LockFile.version)\"") }
        try endEntry()
        return LockFile(read: entries)
    }

    private mutating func readVersion(_ word: Substring, _ values: [String]) throws(Failure) {
        guard word == "mkosi-lock", values.count == 1, let version = Int(values[0]) else {
            throw failure("is not the first line of a lock file")
        }
        guard version == LockFile.version else {
            throw failure(
                "is of version \(version), but this mkosi reads \(LockFile.version)",
                hint: "Install a newer mkosi"
            )
        }
        hasVersion = true
    }

    private mutating func begin(_ values: [String]) throws(Failure) {
        try endEntry()
        guard values.count == 2 else { throw failure("has no image and purpose") }
        let subject = LockFile.Subject(
            image: values[0],
            purpose: values[1],
            distribution: "",
            release: "",
            architecture: ""
        )
        entries.append(LockFile.Entry(subject))
    }

    private mutating func endEntry() throws(Failure) {
        guard let entry = entries.last else { return }
        guard !entry.subject.distribution.isEmpty else {
            throw failure("comes after an image without a line \"from\"")
        }
        let placed = entry.packages.map { (entry.order[LockOrder.name(of: $0)] ?? 0, $0) }
        entries[entries.count - 1].packages = placed.sorted {
            ($0.0, ByteText($0.1.name)) < ($1.0, ByteText($1.1.name))
        }.map(\.1)
    }

    private mutating func readOrigin(_ values: [String]) throws(Failure) {
        guard values.count == 3 else { throw failure("has no distribution, release and architecture") }
        try change { entry in
            entry.subject.distribution = values[0]
            entry.subject.release = values[1]
            entry.subject.architecture = values[2]
        }
        if let entry = entries.last, !subjects.insert(entry.subject).inserted {
            throw failure("repeats the image \"\(LockFile.escaped(entry.subject.image))\"")
        }
    }

    private mutating func readAsked(_ values: [String]) throws(Failure) {
        guard values.count == 1 else { throw failure("needs one word after \"ask\"") }
        try change { $0.asked.append(values[0]) }
    }

    private mutating func readIndex(_ values: [String]) throws(Failure) {
        guard values.count == 2 else { throw failure("needs a digest and a URL") }
        let digest = try digest(values[0])
        try change { $0.indexes.append(LockFile.Index(url: values[1], sha256: digest)) }
    }

    private mutating func readPackage(_ values: [String]) throws(Failure) {
        guard values.count >= 9 else {
            throw failure("needs name, version, architecture, order, size, digest, file name, marks and URLs")
        }
        guard let place = Int(values[3]), PackageLimits.places.contains(place) else {
            throw failure("has an invalid number in its column for the order")
        }
        if let flaw = FileName.flaw(of: values[6]) {
            throw failure("needs a file name without a path, but its column for the file name \(flaw)")
        }
        guard entries.last?.packages.count ?? 0 < PackageLimits.packages else {
            throw failure("exceeds the limit of \(PackageLimits.packages) packages per image")
        }
        var package = ABI.V1.Package(
            name: values[0],
            version: values[1],
            architecture: values[2],
            urls: Array(values[8...]),
            size: try size(values[4]),
            sha256: try digest(values[5]),
            fileName: values[6]
        )
        for mark in values[7].split(separator: ",") {
            if mark == "requested" { package.requested = true }
            if mark == "alongside" { package.alongside = true }
            if mark.hasPrefix("source=") { package.source = String(mark.dropFirst("source=".count)) }
            if mark.hasPrefix("repository=") {
                package.repository = LockFile.unescaped(mark.dropFirst("repository=".count))
            }
        }
        let name = LockOrder.name(of: package)
        if entries.last?.order[name] != nil {
            throw failure("repeats the package \"\(LockFile.escaped(name))\"")
        }
        try change { entry in
            entry.order[name] = place
            entry.packages.append(package)
        }
    }

    private mutating func readFile(_ values: [String]) throws(Failure) {
        guard values.count >= 3 else { throw failure("needs a digest, a size and URLs") }
        let file = LockFile.File(urls: Array(values[2...]), size: try size(values[1]), sha256: try digest(values[0]))
        try change { $0.files.append(file) }
    }

    /// Changes the entry in its place: a copy for every line would take time that grows with the square of the lines.
    private mutating func change(_ body: (inout LockFile.Entry) -> Void) throws(Failure) {
        guard !entries.isEmpty else { throw failure("comes before the first line \"image\"") }
        body(&entries[entries.count - 1])
    }

    private func digest(_ text: String) throws(Failure) -> String {
        guard let digest = DigestText(text) else { throw failure("lacks a SHA-256 digest") }
        return digest.text
    }

    private func size(_ text: String) throws(Failure) -> Int {
        guard let size = Int(text), PackageLimits.sizes.contains(size) else {
            throw failure("lacks a size from 0 to \(PackageLimits.sizes.upperBound)")
        }
        return size
    }

    private func failure(_ what: String, hint: String? = nil) -> Failure {
        Failure(
            .configuration,
            "\(path):\(max(number, 1)): This line \(what)",
            hint: hint ?? "Recreate the file with mkosi lock"
        )
    }
}
