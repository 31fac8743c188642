import DistributionKit
import PluginWire

/// Azure Linux, Mageia and OpenMandriva Lx. URLs are those of the packages azurelinux-repos, mageia-repos and
/// openmandriva-repos.
extension DistributionRepositories {
    func azure() throws(ErrorObject) -> [DefinedRepository] {
        try refuseSnapshot()
        let name = "MICROSOFT-RPM-GPG-KEY"
        let branch = (family.major ?? 3) < 3 ? "2.0" : "3.0"
        let product = branch == "2.0" ? "cbl-mariner" : "azurelinux"
        let source = "https://raw.githubusercontent.com/microsoft/azurelinux/\(branch)/SPECS"
        let package = branch == "2.0" ? "mariner-repos" : "azurelinux-repos"
        let key = RepositoryKey(name: name, url: "\(source)/\(package)/\(name)")
        let base = "\(mirror ?? "\(anyMirror)/\(product)")/$releasever/prod"
        let names =
            branch == "2.0"
            ? ["base", "extended", "extras", "Microsoft", "nvidia"]
            : ["base", "extended", "ms-oss", "ms-non-oss", "cloud-native", "nvidia"]
        return names.flatMap { name in
            withVariants(name.lowercased(), keys: [key]) { variant in
                .base("\(base)/\(name)" + variant.choose("/$basearch", "/debuginfo/$basearch", "/srpms"))
            }
        }.map { repository in
            var repository = repository
            repository.hasSignedManifest = true
            return repository
        }
    }

    func mageia() throws(ErrorObject) -> [DefinedRepository] {
        try refuseSnapshot()
        let tree = "distrib/$releasever/$basearch/media"
        // The key is of the mirror, unless what comes from there is not authenticated.
        let keyMirror = mirror.flatMap { KeyAddress.isAuthenticated($0) ? $0 : nil }
        let url = "\(keyMirror ?? "https://mirrors.kernel.org/mageia")/\(tree)/core/release/media_info/pubkey"
        let keys = [
            RepositoryKey(
                name: "RPM-GPG-KEY-Mageia",
                url: RepositoryDefinition.replaced(url, Variables.of(context))
            )
        ]
        var all: [DefinedRepository] = []
        for section in ["core", "nonfree", "tainted"] {
            for (name, directory) in [
                ("release", "release"), ("updates", "updates"), ("updates-testing", "updates_testing"),
            ] {
                let isEnabled = section == "core" && name != "updates-testing"
                for (suffix, debug) in [("", ""), ("-debuginfo", "debug/")] {
                    let place: DefinedRepository.Place
                    if let mirror {
                        place = .base("\(mirror)/\(tree)/\(debug)\(section)/\(directory)")
                    } else {
                        let isDebug = debug.isEmpty ? "" : "&debug=true"
                        place = .mirrors(
                            "\(anyMirror)/mirrorlist/?release=$releasever&arch=$basearch&section=\(section)"
                                + "&repo=\(directory)\(isDebug)"
                        )
                    }
                    all.append(
                        DefinedRepository(
                            id: "\(section)-\(name)\(suffix)",
                            place: place,
                            keys: keys,
                            isEnabled: isEnabled && debug.isEmpty
                        )
                    )
                }
            }
        }
        return all
    }

    func openMandriva() throws(ErrorObject) -> [DefinedRepository] {
        try refuseSnapshot()
        let name = "RPM-GPG-KEY-OpenMandriva"
        let source = "https://raw.githubusercontent.com/OpenMandrivaAssociation/openmandriva-repos/master"
        let keys = [RepositoryKey(name: name, url: "\(source)/\(name)")]
        let base = "\(mirror ?? "http://mirror.openmandriva.org")/$releasever/repository/$basearch"
        var all: [DefinedRepository] = []
        for section in ["main", "extra", "restricted", "non-free"] {
            for part in ["release", "updates", "testing"] {
                all.append(
                    DefinedRepository(
                        id: "\(section)-\(part)",
                        place: .base("\(base)/\(section)/\(part)"),
                        keys: keys,
                        isEnabled: section == "main" && part != "testing"
                    )
                )
            }
        }
        return all
    }
}
