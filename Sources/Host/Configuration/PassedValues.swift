/// The values that an image has from the main image, by place in the registry.
struct PassedValues: Sendable {
    struct Entry: Sendable {
        var value: Value
        /// The assignments by which the main image has it.
        var assignments: [Assignment]
        /// A Boolean value indicating whether it overrides the image's own value.
        var isFixed: Bool
    }

    private var entries: [Entry?] = []

    subscript(slot: Int) -> Entry? {
        get { slot < entries.count ? entries[slot] : nil }
        set {
            while entries.count <= slot { entries.append(nil) }
            entries[slot] = newValue
        }
    }
}

extension PassedValues {
    /// Returns the values that every subimage has from the main image.
    static func toSubimages(from main: ImageConfiguration) -> PassedValues {
        var passed = PassedValues()
        for (slot, row) in main.registry.settings.enumerated() where row.storedAs == nil {
            switch row.scope {
            case .universal, .multiversal: passed[slot] = main.entry(slot, isFixed: true)
            case .inherit: passed[slot] = main.entry(slot, isFixed: false)
            default: break
            }
        }
        return passed
    }

    /// Settings that the default initrd inherits from the main image, besides those of every subimage.
    static func toInitrd(from main: ImageConfiguration) -> PassedValues {
        var passed = toSubimages(from: main)
        for (slot, row) in main.registry.settings.enumerated() where row.scope == .initrdInherit {
            passed[slot] = main.entry(slot, isFixed: false)
        }
        if let row = main.registry.setting(.output) {
            passed[main.registry.slot(of: row)] = Entry(value: .text("initrd"), assignments: [], isFixed: true)
        }
        passed.takeOver(for: .initrd, from: main)
        return passed
    }

    /// Returns the values that the default tools tree has from the main image.
    static func toTools(from main: ImageConfiguration) -> PassedValues {
        var passed = PassedValues()
        for (slot, row) in main.registry.settings.enumerated() {
            switch row.name {
            case settingName(.output): passed[slot] = Entry(value: .text("mkosi.tools"), assignments: [], isFixed: true)
            default: if row.scope == .multiversal { passed[slot] = main.entry(slot, isFixed: true) }
            }
        }
        passed.takeOver(for: .tools, from: main)
        return passed
    }

    /// Fixes single values that the main image has under a name of their own: `ToolsTreeRelease=` is `Release=`.
    private mutating func takeOver(for role: ImageRole, from main: ImageConfiguration) {
        for (own, theirs) in main.counterparts(of: role) {
            let slot = main.registry.slot(of: own)
            if !own.kind.isCollection {
                self[slot] = main.entry(main.registry.slot(of: theirs), isFixed: true)
            } else if role == .tools || !main.assignments(to: theirs.name).isEmpty {
                // Collections are only the beginning, which the image can add to.
                self[slot] = nil
            }
        }
    }
}

extension ImageConfiguration {
    /// Settings of an image in this role, each with the corresponding setting of the main image.
    func counterparts(of role: ImageRole) -> [(own: SettingDefinition, theirs: SettingDefinition)] {
        guard let prefix = role.prefix else { return [] }
        let scope: Scope = role == .tools ? .tools : .initrd
        return registry.settings.compactMap { row in
            guard row.scope == scope, row.name.hasPrefix(prefix) else { return nil }
            return registry.setting(named: String(row.name.dropFirst(prefix.count))).map { ($0, row) }
        }
    }
}
