import Configuration
import LayerStore
import PluginWire
import Support
import System

/// The knowledge about packages before they are installed, and the work that can be done early.
extension PackageManagement {
    /// Packages that steps behind that of a part install, as far as they are decided already.
    func decidedLater(than part: PackagePart) -> [ABI.V1.Package] {
        guard let index = PackagePurpose.allCases.firstIndex(of: part.purpose) else { return [] }
        let base = chosen[.packages] ?? part.packages
        return PackagePurpose.allCases[(index + 1)...].flatMap { purpose -> [ABI.V1.Package] in
            let request = request(purpose, isNew: false)
            if request.names.isEmpty { return [] }
            // Where that fails, it fails where they are needed, too.
            if let lock {
                let packages = try? lock.packages(
                    for: request,
                    of: image,
                    localRepository: context.localRepository
                )
                return packages ?? []
            }
            return (try? cache?.chosen(request, above: base)) ?? []
        }.filter { !$0.urls.contains(where: Self.isLocal) }
    }

    /// Fails early if there is not enough space for the packages, or for the image.
    func checkRoom(for part: PackagePart, _ later: [ABI.V1.Package]) throws(Failure) {
        var needs = SpaceNeeds()
        let packages = part.packages + later
        needs.add(
            try store.missing(packages).saturatedSum(\.size),
            in: store.directory,
            setting: settingName(.packageCacheDirectory)
        )
        // The copies that are installed from; they are gone before the output is made.
        needs.add(
            part.packages.saturatedSum(\.size),
            in: workspacePath,
            setting: settingName(.workspaceDirectory)
        )
        // Without a known size it is at least what was packed.
        func size(_ packages: [ABI.V1.Package]) -> Int {
            packages.saturatedSum { max($0.installedSize ?? 0, $0.size) }
        }
        if let cache {
            needs.add(size(packages), in: cache.directory, setting: settingName(.cacheDirectory))
        } else {
            needs.add(size(packages), in: workspacePath, setting: settingName(.workspaceDirectory))
        }
        if part.purpose == .packages, image.needsTree {
            let tree = size(chosen[.packages] ?? part.packages)
            // What compressors make of programs and their data, roughly.
            let output = image.compressOutput == "none" ? tree : tree / 3
            needs.add(output, in: workspacePath, setting: settingName(.workspaceDirectory))
            if SpaceNeeds.room(of: workspacePath)?.device != SpaceNeeds.room(of: image.outputDirectory)?.device {
                needs.add(output, in: image.outputDirectory, setting: settingName(.outputDirectory))
            }
        }
        try needs.check()
    }
}
