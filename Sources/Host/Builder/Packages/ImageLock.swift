import Configuration
import Display
public import LockFile
import PluginWire
import Support
import System

/// The lock file of a build: nothing is resolved again, and nothing is read that it does not name.
public struct ImageLock: Sendable {
    let file: LockFile
    /// For messages.
    let path: String

    public init(file: LockFile, path: String) {
        self.file = file
        self.path = path
    }

    /// Returns the lock file's packages for a request, in the order of installation.
    ///
    /// Throws when it says nothing, or was written for another request.
    func packages(
        for request: PackageRequest,
        of image: PackageImage,
        localRepository: String?
    ) throws(Failure) -> [ABI.V1.Package] {
        let subject = request.subject(for: image)
        guard let entry = file.entry(subject) else {
            throw Failure(
                .configuration,
                "\(path) has no \(Self.title(of: request.purpose)) of the image \(image.name) "
                    + "for \(subject.distribution) \(subject.release) on \(subject.architecture)",
                hint: Self.remedy
            )
        }
        let (added, removed) = entry.changes(asked: request.asked(by: image))
        guard added.isEmpty, removed.isEmpty else {
            throw Failure(
                .configuration,
                "\(path) was written for other \(Self.title(of: request.purpose)) of the image \(image.name) "
                    + "than are requested now",
                hint: Self.remedy,
                excerpt: added.map { "+ \(printable($0))" } + removed.map { "- \(printable($0))" }
            )
        }
        return try entry.packages.map { package throws(Failure) in
            var package = package
            package.urls = try package.urls.map { url throws(Failure) in
                try LocalPlace.url(for: url, of: package.name, in: localRepository)
            }
            return package
        }
    }

    private static let remedy =
        "mkosi lock updates it and keeps its versions; --no-locked builds without it"

    private static func title(of purpose: PackagePurpose) -> String {
        switch purpose {
        case .packages: "packages"
        case .build: "build packages"
        case .volatile: "volatile packages"
        }
    }
}

/// The place of a package that the user has on disk, in a form that does not name the workspace.
enum LocalPlace {
    private static let prefix = "local:"

    /// The URL as a lock file has it.
    static func locked(_ url: String, in localRepository: String?) -> String {
        guard let localRepository else { return url }
        for scheme in ["file://", "file:"] where url.hasPrefix("\(scheme)\(localRepository)/") {
            var name = url.dropFirst(scheme.count + localRepository.count + 1)
            while name.hasPrefix("./") { name = name.dropFirst(2) }
            return prefix + name
        }
        return url
    }

    /// The URL of today.
    static func url(for locked: String, of name: String, in localRepository: String?) throws(Failure) -> String {
        guard locked.hasPrefix(prefix) else { return locked }
        guard let file = RelativePath(String(locked.dropFirst(prefix.count))) else {
            throw Failure(.configuration, "The lock file has the package \(printable(name)) at \(printable(locked))")
        }
        // Without such packages nothing is there, and the download says so.
        return "file://\(file.path(below: localRepository ?? "/nonexistent"))"
    }
}
