import PluginWire
public import Support

extension LockFile {
    /// Reads the text of a lock file; `path` is for the message that a damaged one gets.
    public init(text: String, path: String) throws(Failure) {
        var parser = LockFileParser(path: path)
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) { try parser.read(line) }
        self = try parser.finish()
    }
}

/// Reads a lock file line by line.
private struct LockFileParser {
    let path: String
    private var number = 0
    private var hasVersion = false
    private var lock = LockFile()
    private var entry: LockFile.Entry?

    init(path: String) {
        self.path = path
    }

    mutating func read(_ line: Substring) throws(Failure) {
        number += 1
        if line.isEmpty || line.hasPrefix("#") { return }
        if line.hasPrefix("<<<<<<<") || line.hasPrefix("=======") || line.hasPrefix(">>>>>>>") {
            throw failure("has a conflict that is not resolved", hint: "Keep the lines of both sides that you want")
        }
        let columns = line.split(separator: " ", omittingEmptySubsequences: false)
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
        default: throw failure("begins with \"\(LockFile.escaped(String(word)))\", which means nothing here")
        }
    }

    mutating func finish() throws(Failure) -> LockFile {
        guard hasVersion else { throw failure("ends before its first line \"mkosi-lock \(LockFile.version)\"") }
        try endEntry()
        return lock
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
        guard values.count == 2 else { throw failure("names no image and purpose") }
        entry = LockFile.Entry(
            LockFile.Subject(image: values[0], purpose: values[1], distribution: "", release: "", architecture: "")
        )
    }

    private mutating func endEntry() throws(Failure) {
        guard var entry else { return }
        guard !entry.subject.distribution.isEmpty else {
            throw failure("comes after an image without a line \"from\"")
        }
        let order = entry.order
        func place(_ package: ABI.V1.Package) -> (Int, String) {
            (order[LockOrder.name(of: package)] ?? 0, package.name)
        }
        entry.packages.sort { place($0) < place($1) }
        lock.set(entry)
        self.entry = nil
    }

    private mutating func readOrigin(_ values: [String]) throws(Failure) {
        guard values.count == 3 else { throw failure("names no distribution, release and architecture") }
        try change { entry in
            entry.subject.distribution = values[0]
            entry.subject.release = values[1]
            entry.subject.architecture = values[2]
        }
        if let entry, lock.entry(entry.subject) != nil {
            throw failure("gives the image \"\(LockFile.escaped(entry.subject.image))\" a second time")
        }
    }

    private mutating func readAsked(_ values: [String]) throws(Failure) {
        guard values.count == 1 else { throw failure("has to have one word after \"ask\"") }
        try change { $0.asked.append(values[0]) }
    }

    private mutating func readIndex(_ values: [String]) throws(Failure) {
        guard values.count == 2 else { throw failure("has to have a digest and a URL") }
        let digest = try digest(values[0])
        try change { $0.indexes.append(LockFile.Index(url: values[1], sha256: digest)) }
    }

    private mutating func readPackage(_ values: [String]) throws(Failure) {
        guard values.count >= 9 else {
            throw failure("has to have name, version, architecture, order, size, digest, file name, marks and URLs")
        }
        guard let place = Int(values[3]), place >= 0 else { throw failure("has no number where the order has to be") }
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
            if mark.hasPrefix("source=") { package.source = String(mark.dropFirst("source=".count)) }
        }
        let name = LockOrder.name(of: package)
        if entry?.order[name] != nil { throw failure("names the package \"\(LockFile.escaped(name))\" a second time") }
        try change { entry in
            entry.order[name] = place
            entry.packages.append(package)
        }
    }

    private mutating func readFile(_ values: [String]) throws(Failure) {
        guard values.count >= 3 else { throw failure("has to have a digest, a size and URLs") }
        let file = LockFile.File(urls: Array(values[2...]), size: try size(values[1]), sha256: try digest(values[0]))
        try change { $0.files.append(file) }
    }

    private mutating func change(_ body: (inout LockFile.Entry) -> Void) throws(Failure) {
        guard var entry else { throw failure("stands before the first line \"image\"") }
        body(&entry)
        self.entry = entry
    }

    private func digest(_ text: String) throws(Failure) -> String {
        let isDigest =
            text.utf8.count == 64 && text.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
        guard isDigest else { throw failure("has no SHA-256 digest where one has to be") }
        return text
    }

    private func size(_ text: String) throws(Failure) -> Int {
        guard let size = Int(text), size >= 0 else { throw failure("has no size where one has to be") }
        return size
    }

    private func failure(_ what: String, hint: String? = nil) -> Failure {
        Failure(
            .configuration,
            "\(path):\(number): This line \(what)",
            hint: hint ?? "Write the file anew with mkosi lock"
        )
    }
}
