import Configuration

/// A setting that a step reads, and how its value is part of the step's key.
struct Input<Content: SettingContent>: Sendable {
    let setting: Setting<Content>
    let role: InputRole

    /// A setting whose value is part of the key.
    init(_ setting: Setting<Content>) {
        self.setting = setting
        role = .value
    }

    /// A setting that decides which packages are chosen; once they are, the packages are the input.
    init(choosing setting: Setting<Content>) {
        self.setting = setting
        role = .choice
    }

    /// A setting whose effect the key has in another form.
    ///
    /// Files of scripts, their variables, packages with their digests. What has no effect on a layer, such as the place
    /// of a cache, is declared like this as well.
    init(effectOf setting: Setting<Content>) {
        self.setting = setting
        role = .effect
    }

    /// A setting that names files and directories whose content and metadata are part of the key.
    init(contentOf setting: Setting<Content>) {
        self.setting = setting
        role = .content
    }

    /// A setting that names trees that are copied into the image, with modes and owners.
    init(copying setting: Setting<Content>) {
        self.setting = setting
        role = .copy
    }
}

/// The part that a setting has in a step's key.
enum InputRole: Sendable {
    case value, choice, effect, content, copy
}

/// The settings that a step reads: every stored property is an `Input`, or a group of further ones.
///
/// The key of the step and the view that the step gets are both made from this declaration, so a step can read nothing
/// that its key does not contain.
protocol StepSettings: Sendable {}

/// The declaration of a step without settings.
struct NoSettings: StepSettings {}

extension StepSettings {
    /// All inputs, those of groups among them.
    var declared: [DeclaredInput] {
        Mirror(reflecting: self).children.flatMap { child -> [DeclaredInput] in
            switch child.value {
            case let input as any InputDeclaration: [input.declaration]
            case let group as any StepSettings: group.declared
            default: []
            }
        }
    }

    func names(_ role: InputRole) -> [String] { declared.filter { $0.role == role }.map(\.name) }
}

/// An input without its type, for keys.
struct DeclaredInput: Sendable, Equatable {
    let name: String
    let role: InputRole
}

private protocol InputDeclaration {
    var declaration: DeclaredInput { get }
}

extension Input: InputDeclaration {
    fileprivate var declaration: DeclaredInput { DeclaredInput(name: setting.name, role: role) }
}

/// The settings of an image as far as they were declared: `settings.hostname` compiles where `hostname` is an input.
@dynamicMemberLookup
struct SettingsView<Declared: StepSettings>: Sendable {
    private let declared: Declared
    private let image: ImageConfiguration

    init(_ declared: Declared, of image: ImageConfiguration) {
        self.declared = declared
        self.image = image
    }

    subscript<Content>(dynamicMember path: KeyPath<Declared, Input<Content>>) -> Content {
        image[declared[keyPath: path].setting]
    }

    subscript<Group: StepSettings>(dynamicMember path: KeyPath<Declared, Group>) -> SettingsView<Group> {
        SettingsView<Group>(declared[keyPath: path], of: image)
    }

    /// Returns the place that the value of a setting comes from.
    func origin<Content>(of path: KeyPath<Declared, Input<Content>>) -> Origin {
        image.origin(of: declared[keyPath: path].setting)
    }

    /// Returns true if the project, and not a default, decides on a setting.
    func isAssigned<Content>(_ path: KeyPath<Declared, Input<Content>>) -> Bool {
        !image.assignments(to: declared[keyPath: path].setting.name).isEmpty
    }
}
