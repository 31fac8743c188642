import ByteKeys
public import PluginWire

/// A command of a project's script: a package manager, or rpm itself, pointed at the tree.
///
/// `command` makes the command line of the plugin's tool `script`, and `init` reads it there.
public struct RPMScript: Sendable {
    public let root: String
    /// As the distribution names it.
    public let architecture: String
    public let release: String
    /// The directory of rpm's database in a new tree, absolute in the tree.
    public let database: String
    public let recommends: Bool
    public let documentation: Bool
    public let checksKeys: Bool
    /// The words of `Repositories=`.
    public let repositories: [String]
    public let program: String
    /// The script's own arguments, after those that the command has itself.
    public let arguments: [String]

    /// rpm's programs that scripts have under their own names.
    public static let programs = ["rpm", "rpmquery", "rpmkeys"]

    /// Makes the command `name`, which runs `program` with `words` and then the script's own arguments.
    ///
    /// `tool` is the command line of the plugin's tool `script`.
    public static func command(
        _ name: String,
        _ program: String,
        _ words: [String],
        tool: [String],
        context: ABI.V1.Context,
        database: String
    ) -> ABI.V1.ScriptCommand {
        ABI.V1.ScriptCommand(
            name: name,
            arguments: tool + [
                "${root}", context.localArchitecture, context.release, database, "\(context.recommends)",
                "\(context.documentation)", "\(context.repositoryKeyCheck)",
                (context.repositories ?? []).joined(separator: ","), program,
            ] + words,
            environment: [:]
        )
    }

    init(_ arguments: [String]) throws(ErrorObject) {
        guard arguments.count >= 9 else {
            throw ErrorObject(code: .invalidParameters, message: "there is no such program for scripts")
        }
        root = arguments[0]
        architecture = arguments[1]
        release = arguments[2]
        database = arguments[3]
        recommends = arguments[4] == "true"
        documentation = arguments[5] == "true"
        checksKeys = arguments[6] == "true"
        repositories = arguments[7].split(separator: ",").map(String.init)
        program = arguments[8]
        self.arguments = Array(arguments.dropFirst(9))
    }
}
