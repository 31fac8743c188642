import PackageSamples

/// All users and groups of the packages: those of base-passwd, and those that packages declare or add.
struct Accounts {
    struct User {
        var name: String
        var id: UInt32
        var group: UInt32
        var comment: String
        var home: String
        var shell: String
    }

    private(set) var users: [User] = []
    private(set) var groups: [(name: String, id: UInt32, members: [String])] = []
    /// Numbers for accounts without one, from high to low as sysusers.d(5) says.
    private var free: UInt32 = 999

    init(_ packages: [DebianPackage]) {
        for file in packages.lazy.filter({ $0.name == "base-passwd" }).flatMap(\.files) {
            guard case .regular(let bytes) = file.kind, file.path.hasPrefix("/usr/share/base-passwd/") else { continue }
            for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") { addMaster(line, file.path) }
        }
        for package in packages {
            for group in MaintainerScripts.groups(of: package) { addGroup(group) }
            for line in MaintainerScripts.accounts[package.name] ?? [] { add(line) }
            for file in package.files where file.path.hasPrefix("/usr/lib/sysusers.d/") {
                guard case .regular(let bytes) = file.kind else { continue }
                for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") { add(line) }
            }
        }
    }

    func user(_ name: String) -> UInt32? { users.first { $0.name == name }?.id }
    func group(_ name: String) -> UInt32? { groups.first { $0.name == name }?.id }

    /// The files of passwd(5) and group(5).
    var names: [SampleFile] {
        let passwd = users.map { "\($0.name):x:\($0.id):\($0.group):\($0.comment):\($0.home):\($0.shell)" }
        let group = groups.map { "\($0.name):x:\($0.id):\($0.members.joined(separator: ","))" }
        return [Self.file("/etc/passwd", passwd), Self.file("/etc/group", group)]
    }

    /// The files of shadow(5) and gshadow(5), without passwords.
    var passwords: [SampleFile] {
        let shadow = users.map { "\($0.name):*:19000:0:99999:7:::" }
        let gshadow = groups.map { "\($0.name):*::\($0.members.joined(separator: ","))" }
        return [Self.file("/etc/shadow", shadow, mode: 0o640), Self.file("/etc/gshadow", gshadow, mode: 0o640)]
            .map { $0.owned(group: "shadow", group("shadow") ?? 0) }
    }

    private static func file(_ path: String, _ lines: [String], mode: UInt16 = 0o644) -> SampleFile {
        var file = SampleFile.text(path, lines.map { "\($0)\n" }.joined(), mode: mode)
        file.isConfiguration = true
        return file
    }

    /// A line of the files that update-passwd(8) begins with.
    private mutating func addMaster(_ line: Substring, _ path: String) {
        let fields = line.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard fields.count >= 3, let id = UInt32(fields[2]) else { return }
        if path.hasSuffix("/group.master") {
            groups.append((fields[0], id, []))
        } else if path.hasSuffix("/passwd.master"), fields.count == 7, let group = UInt32(fields[3]) {
            users.append(
                User(name: fields[0], id: id, group: group, comment: fields[4], home: fields[5], shell: fields[6])
            )
        }
    }

    /// A line of sysusers.d(5): TYPE NAME ID COMMENT HOME SHELL.
    private mutating func add(_ line: some StringProtocol) {
        let fields = Self.words(line)
        guard fields.count >= 2, !line.hasPrefix("#") else { return }
        func field(_ index: Int) -> String? { fields.count > index && fields[index] != "-" ? fields[index] : nil }
        let name = fields[1]
        let ids = field(2)?.split(separator: ":").map(String.init) ?? []
        switch fields[0].first {
        case "g": addGroup(name, ids.first.flatMap { UInt32($0) })
        case "m":
            guard let group = field(2) else { return }
            addGroup(group)
            for index in groups.indices where groups[index].name == group && !groups[index].members.contains(name) {
                groups[index].members.append(name)
            }
        case "u":
            if user(name) != nil { return }
            let id = ids.first.flatMap { UInt32($0) }
            var other = ids.count > 1 ? UInt32(ids[1]) ?? group(ids[1]) : nil
            if other == nil {
                addGroup(name, id)
                other = group(name)
            }
            guard let other else { return }
            users.append(
                User(
                    name: name,
                    id: id ?? other,
                    group: other,
                    comment: field(3) ?? "",
                    home: field(4) ?? "/",
                    shell: field(5) ?? "/usr/sbin/nologin"
                )
            )
        default: break
        }
    }

    private mutating func addGroup(_ name: String, _ id: UInt32? = nil) {
        if group(name) != nil { return }
        if id == nil {
            while groups.contains(where: { $0.id == free }) || users.contains(where: { $0.id == free }) { free -= 1 }
        }
        groups.append((name, id ?? free, []))
    }

    /// Words, of which some are in double quotes.
    private static func words(_ line: some StringProtocol) -> [String] {
        var words: [String] = []
        for (index, part) in line.split(separator: "\"", omittingEmptySubsequences: false).enumerated() {
            if index % 2 == 1 {
                words.append(String(part))
            } else {
                words += part.split { $0.isWhitespace }.map { String($0) }
            }
        }
        return words
    }
}
