import Glibc
import Support
import System

/// The directory of the caller's own plugins, which a variable of the environment names.
///
/// Nothing in it is used that belongs to another user: see `FileOwner`.
struct PersonalDirectory: Sendable, Equatable {
    /// The directory of the plugins, absolute.
    let path: String
    /// The directory that the variable names, and those on the way from there to the plugins.
    private let places: [String]

    /// - Parameters:
    ///   - base: The directory that the variable names.
    ///   - names: Those on the way to the plugins.
    init(_ base: String, _ names: [String]) {
        var path = base
        var places = [base]
        for name in names {
            path = Paths.join(path, name)
            places.append(path)
        }
        self.path = path
        self.places = places
    }

    /// Refuses all plugins, if there are any, because of the directories that lead to them.
    ///
    /// - Throws: a failure that names the owner.
    func check() throws(Failure) {
        if Files.isDirectory(path) { try Self.check(places, "The plugins in \(path) are") }
    }

    /// Refuses the plugin in a directory because of its files.
    ///
    /// - Parameters:
    ///   - directory: The directory of the plugin.
    ///   - files: Those of its files that mkosi reads or starts.
    /// - Throws: a failure that names the owner.
    func checkPlugin(in directory: String, _ files: [String]) throws(Failure) {
        try Self.check([directory] + files, "The plugin in \(directory) is")
    }

    private static func check(_ places: [String], _ subject: String) throws(Failure) {
        for place in places {
            guard let owner = FileOwner.stranger(of: place) else { continue }
            throw Failure(
                .untrusted,
                "\(subject) not used: \(place) belongs to user \(owner), and mkosi runs as user \(geteuid()); "
                    + "$MKOSI_PLUGIN_PATH can name plugins of other users"
            )
        }
    }
}
