import ByteKeys
public import Support
public import System

/// The directories in which plugins are looked for; of plugins with the same name the first one is used.
public struct PluginSearchPath: Sendable, Equatable {
    public var directories: [String]
    /// That of the caller, if it is on the path because a variable names the home.
    private(set) var personal: PersonalDirectory?

    public init(directories: [String]) {
        var seen: ByteSet = []
        self.directories = directories.filter { seen.insert($0).inserted }
    }

    /// The search path of a program run in a project.
    ///
    /// - Parameters:
    ///   - project: The directory of the configuration, absolute; nil where there is none.
    ///   - installation: Where the program is installed.
    ///   - variable: Looks up a variable of the environment.
    /// - Returns: the directories, in the order in which they count.
    public static func standard(
        project: String?,
        installation: Installation,
        variable: (String) -> String? = Environment.variable
    ) -> PluginSearchPath {
        var directories: [String] = []
        for entry in (variable("MKOSI_PLUGIN_PATH") ?? "").split(separator: ":") {
            directories.append(Paths.absolute(String(entry)))
        }
        if let project { directories.append(Paths.join(project, "mkosi.plugins")) }
        var personal: PersonalDirectory?
        if let data = variable("XDG_DATA_HOME"), data.hasPrefix("/") {
            personal = PersonalDirectory(data, ["mkosi", "plugins"])
        } else if let home = variable("HOME"), home.hasPrefix("/") {
            personal = PersonalDirectory(home, [".local", "share", "mkosi", "plugins"])
        }
        // What is named for its own sake is used, whoever owns it.
        if let own = personal, directories.containsBytes(of: own.path) { personal = nil }
        if let personal { directories.append(personal.path) }
        directories += ["/usr/local/lib/mkosi/plugins", "/usr/lib/mkosi/plugins", installation.plugins]
        var path = PluginSearchPath(directories: directories)
        path.personal = personal
        return path
    }

    /// Returns the value by which a directory of the path is checked, if it is that of the caller.
    func personal(at directory: String) -> PersonalDirectory? {
        personal.flatMap { $0.path.hasSameBytes(as: directory) ? $0 : nil }
    }
}
