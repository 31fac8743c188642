/// A section of a configuration file.
public enum Section: String, Sendable, CaseIterable {
    case include = "Include"
    case config = "Config"
    case distribution = "Distribution"
    case output = "Output"
    case content = "Content"
    case validation = "Validation"
    case build = "Build"
    case runtime = "Runtime"
}

/// A section whose conditions decide whether its file is used.
public enum ConditionSection: String, Sendable, CaseIterable {
    case match = "Match"
    case triggerMatch = "TriggerMatch"
    case assert = "Assert"
    case triggerAssert = "TriggerAssert"

    /// True if one satisfied section of this kind is enough.
    var isTrigger: Bool { self == .triggerMatch || self == .triggerAssert }
}
