import PackageSamples

/// What maintainer scripts of Debian do with the help of dpkg, read from their text.
enum MaintainerScripts {
    /// A link that update-alternatives(1) makes.
    struct Alternative {
        var link: String
        var target: String
        var priority: Int
    }

    /// The alternatives that a package installs, with the links that go along with each.
    static func alternatives(of package: DebianPackage) -> [Alternative] {
        let text = (package.scripts["postinst"] ?? "").split(separator: "\\\n", omittingEmptySubsequences: false)
            .joined(separator: " ")
        var found: [Alternative] = []
        for line in text.split(separator: "\n") where line.contains("update-alternatives") {
            let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
            guard let start = words.firstIndex(of: "--install"), words.count > start + 4,
                let priority = Int(words[start + 4])
            else { continue }
            found.append(Alternative(link: words[start + 1], target: words[start + 3], priority: priority))
            for (index, word) in words.enumerated() where word == "--slave" && words.count > index + 3 {
                found.append(Alternative(link: words[index + 1], target: words[index + 3], priority: priority))
            }
        }
        return found.filter { $0.link.hasPrefix("/") && $0.target.hasPrefix("/") }
    }

    /// Names of groups that a package adds with addgroup(8).
    static func groups(of package: DebianPackage) -> [String] {
        (package.scripts["postinst"] ?? "").split(separator: "\n").compactMap { line in
            let words = line.split { $0.isWhitespace || $0 == ";" }.map(String.init)
            guard let start = words.firstIndex(of: "addgroup"), words.contains("--system") else { return nil }
            return words[(start + 1)...].first { word in
                !word.hasPrefix("-") && word.allSatisfy { $0.isLetter || $0.isNumber || "-_".contains($0) }
            }
        }
    }

    /// True if the package moves files of others away, among them the one at the path (dpkg-divert(1)).
    static func diverts(_ package: DebianPackage, _ path: String) -> Bool {
        package.scripts.values.contains { script in
            script.split(separator: "\n").contains { $0.contains("dpkg-divert") && $0.contains(path) }
        }
    }

    /// Accounts that scripts add in ways which cannot be read from their text, in lines of sysusers.d(5).
    static let accounts = ["tpm-udev": ["u tss - - -"]]

    /// Links that scripts make.
    static let links: [String: [SampleFile]] = ["dash": [.symbolicLink("/usr/bin/sh", to: "dash")]]

    /// What is run in the tree after the installation.
    static let afterInstallation = ["libc-bin": "ldconfig\n"]

    /// Owners and modes that dpkg-statoverride(1) and chown(1) set, by path.
    static let attributes: [String: (mode: UInt16, group: String)] = [
        "/usr/lib/dbus-1.0/dbus-daemon-launch-helper": (0o4754, "messagebus")
    ]

    /// Capabilities that setcap(8) sets, by path.
    static let capabilities = ["/usr/bin/ping": "cap_net_raw=ep"]

    /// Files that scripts write.
    static func written(by package: DebianPackage) -> [SampleFile] {
        func copy(_ source: String, _ path: String) -> SampleFile? {
            guard var file = package.files.first(where: { $0.path == source }) else { return nil }
            file.path = path
            file.isConfiguration = true
            return file
        }
        switch package.name {
        case "base-files":
            let copies = [
                ("profile", "/etc/profile"), ("dot.bashrc", "/root/.bashrc"), ("dot.profile", "/root/.profile"),
            ]
            return copies.compactMap { copy("/usr/share/base-files/\($0.0)", $0.1) }
        case "libc-bin": return [copy("/usr/share/libc-bin/nsswitch.conf", "/etc/nsswitch.conf")].compactMap { $0 }
        case "libpam-runtime":
            // What pam-auth-update(8) makes of the profile of pam_unix.
            return ["auth", "account", "password", "session", "session-noninteractive"].map { name in
                var file = SampleFile.text(
                    "/etc/pam.d/common-\(name)",
                    "\(name.prefix { $0 != "-" }) required pam_unix.so\n"
                )
                file.isConfiguration = true
                return file
            }
        default: return []
        }
    }
}
