/// The role of an image that a file configures: not every setting can be set for every one.
enum ImageRole: Sendable {
    case main
    /// One of `mkosi.images/`.
    case subimage
    /// The default tools tree.
    case tools
    /// The default initrd.
    case initrd

    /// The name of the role in a sentence.
    var title: String {
        switch self {
        case .main: "the main image"
        case .subimage: "a subimage"
        case .tools: "the default tools tree"
        case .initrd: "the default initrd"
        }
    }

    /// The beginning of another setting's name by which the main image sets this one for the role: `InitrdPackages`.
    var prefix: String? {
        switch self {
        case .main, .subimage: nil
        case .tools: settingName(.toolsTree)
        case .initrd: "Initrd"
        }
    }
}

extension SettingDefinition {
    /// Returns the reason why an image in this role may not have the setting of its own; nil if it may.
    ///
    /// Configuration of plugins for the tools tree may set everything, that of a project only settings that apply to
    /// it.
    func refusal(in role: ImageRole, _ registry: Registry, isBuiltIn: Bool) -> ValueProblem? {
        if role == .main || role == .tools && alsoInToolsTree { return nil }
        let counterpart = role.prefix.flatMap { registry.setting(named: $0 + name) }
        switch scope {
        // Settings of the main image are harmless in others, which often share files with it.
        case .local, .inherit, .initrdInherit, .initrd:
            guard role == .tools, !isBuiltIn, plugin == nil else { return nil }
            let names = registry.settings.filter { $0.alsoInToolsTree && $0.section != .include }.map(\.name)
            return ValueProblem(
                "\(name)= cannot be set in \(role.title)",
                hint: "Allowed: \(names.joined(separator: ", "))"
            )
        case .universal, .multiversal:
            let place = counterpart.map { "Set \($0.name)= in the main image" }
            return ValueProblem(
                "\(name)= cannot be set in \(role.title): the main image sets it for all images",
                hint: place ?? "Set it in the main image, or put it behind a condition Image=main"
            )
        case .main, .tools:
            return ValueProblem(
                "\(name)= cannot be set in \(role.title): it belongs to the main image",
                hint: "Set it in the main image, or put it behind a condition Image=main"
            )
        }
    }
}
