import ByteKeys
public import Support
public import System

/// The directories in which plugins are looked for; of plugins with the same name the first one is used.
public struct PluginSearchPath: Sendable, Equatable {
    public var directories: [String]

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
        if let data = variable("XDG_DATA_HOME"), data.hasPrefix("/") {
            directories.append(Paths.join(data, "mkosi/plugins"))
        } else if let home = variable("HOME"), home.hasPrefix("/") {
            directories.append(Paths.join(home, ".local/share/mkosi/plugins"))
        }
        directories += ["/usr/local/lib/mkosi/plugins", "/usr/lib/mkosi/plugins", installation.plugins]
        return PluginSearchPath(directories: directories)
    }
}
