package import PluginWire

/// A line that a tool in the sandbox writes to its channel.
package struct ToolMessage<Finding: Codable & Sendable>: Codable, Sendable {
    package var progress: ABI.V1.Progress?
    package var log: ABI.V1.Log?
    package var error: ErrorObject?
    /// A finding of the tool, in a form that only the plugin knows.
    package var finding: Finding?
}

/// For tools that report nothing but progress, log and errors.
package struct NoFinding: Codable, Sendable {}
