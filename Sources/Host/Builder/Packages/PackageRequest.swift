import ByteKeys
import Configuration
import LockFile
import PluginWire

/// Packages that an image wants at one point of its build.
struct PackageRequest: Sendable {
    let purpose: PackagePurpose
    let names: [String]
    /// Of the distribution's description.
    let sets: [String]

    /// The entry of the lock file that is about this request.
    func subject(for image: PackageImage) -> LockFile.Subject {
        LockFile.Subject(
            image: image.name,
            purpose: purpose.rawValue,
            distribution: image.distribution ?? "",
            release: image.release,
            architecture: image.architecture
        )
    }

    /// Everything that selects packages; words other than names begin with `@`.
    func asked(by image: PackageImage) -> [String] {
        var words = names + sets.map { "@set:\($0)" }
        if image.withRecommends { words.append("@recommends") }
        words += (image.repositories).map { "@repository:\($0)" }
        if let snapshot = image.snapshot { words.append("@snapshot:\(snapshot)") }
        return ByteSet(words).sorted()
    }
}

extension PackagePurpose {
    /// Returns the packages that the configuration asks for.
    func names(in image: PackageImage) -> [String] {
        switch self {
        case .packages: image.packages
        case .build: image.buildScripts.isEmpty ? [] : image.buildPackages
        case .volatile: image.volatilePackages
        }
    }
}
