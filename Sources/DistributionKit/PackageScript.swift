public import PluginKit
public import PluginWire

/// A script that a package brings for its installation or removal; it runs in the tree, which is the root directory now.
public struct PackageScript {
    /// The name of the package, and that of the script for messages.
    public var package: String
    public var name: String
    /// The package's file, as the subject of errors.
    public var packageFile: String
    /// The program with its arguments.
    public var arguments: [String]
    /// All of its variables.
    public var environment: [String: String]

    public init(
        _ name: String,
        of package: String,
        packageFile: String,
        arguments: [String],
        environment: [String: String]
    ) {
        self.package = package
        self.name = name
        self.packageFile = packageFile
        self.arguments = arguments
        self.environment = environment
    }

    /// Runs the script.
    ///
    /// - Parameters:
    ///   - channel: Gets the command, with `label` before it.
    ///   - label: Variables that tell the reader which package it is about.
    ///   - onLine: Gets every line that the script writes.
    /// - Throws: an error with the last lines of a script that fails.
    public func run(
        _ channel: ToolChannel,
        label: [String] = [],
        onLine: @escaping (String) -> Void
    ) throws(ErrorObject) {
        channel.command(label + arguments)
        var excerpt = OutputExcerpt()
        let command = ChildCommand(
            arguments: arguments,
            environment: environment,
            onLine: { line in
                onLine(line)
                excerpt.append(line)
            }
        )
        let status = try command.run()
        guard status == 0 else {
            throw ErrorObject(
                code: .commandFailed,
                message: "the \(name) script of \(package) failed with status \(status)",
                subject: packageFile,
                output: excerpt.lines.joined(separator: "\n")
            )
        }
    }
}
