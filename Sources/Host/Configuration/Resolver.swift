import ByteKeys
import JSON
import PluginWire
import Support

/// Answers what a setting's value is at this moment: what was assigned, or else its default.
struct Resolver: Sendable {
    let registry: Registry
    let catalogue: PluginFacts
    let host: HostFacts
    /// The image's name, `main` for the only one.
    let imageName: String
    var store: AssignmentStore
    /// The values from the main image.
    var passed: PassedValues
    /// The variables of all `EnvironmentFiles=`; read when everything else is settled.
    var fileVariables: ByteDictionary<String> = [:]

    init(
        registry: Registry,
        catalogue: PluginFacts,
        host: HostFacts,
        imageName: String,
        passed: PassedValues = PassedValues()
    ) {
        self.registry = registry
        self.catalogue = catalogue
        self.host = host
        self.imageName = imageName
        self.passed = passed
        store = AssignmentStore(count: registry.settings.count)
    }

    func value(named name: String) -> Value {
        guard let row = registry.setting(named: name) else { return .unset }
        return value(of: row)
    }

    func value<Content>(of setting: Setting<Content>) -> Value { value(named: setting.name) }

    func value(of row: SettingDefinition) -> Value {
        let value = explicitValue(of: row) ?? standardValue(of: row)
        guard row.name == settingName(.release), let text = value.text else { return value }
        return .text(releaseName(text))
    }

    /// The name of a release that is given by its number, as its distribution names it; other text is as it is.
    ///
    /// Repositories, caches and lock files know names only. A word such as `stable` is a name of its own: it follows
    /// the
    /// distribution.
    func releaseName(_ text: String) -> String {
        guard text.utf8.allSatisfy({ (48...57).contains($0) || $0 == UInt8(ascii: ".") }) else { return text }
        return distribution?.releases?.first { $0.aliases?.contains(text) == true }?.name ?? text
    }

    /// The assigned value, here or in the main image; nil if the default is used.
    func explicitValue(of row: SettingDefinition) -> Value? {
        let slot = registry.slot(of: row)
        let inherited = passed[slot]
        if let inherited, inherited.isFixed { return inherited.value }
        if let own = store.value(of: slot, registry.settings[slot]) { return own }
        // The empty assignment asks for the default, not for what the main image has.
        return store.isAssigned(slot) ? nil : inherited?.value
    }

    /// Every assignment that has a part in the value, the weakest first.
    func assignments(of slot: Int) -> [Assignment] {
        guard let inherited = passed[slot] else { return store.assignments(of: slot) }
        return inherited.isFixed || !store.isAssigned(slot) ? inherited.assignments : store.assignments(of: slot)
    }

    func standardValue(of row: SettingDefinition) -> Value {
        switch row.defaultValue {
        case .none: row.kind.nothing
        case .bool(let value): .bool(value)
        case .integer(let value): .integer(value)
        case .text(let value): standardText(value, row.kind)
        case .list(let value): .list(value)
        case .computed(let rule): computed(rule)
        }
    }

    private func standardText(_ text: String, _ kind: ValueKind) -> Value {
        if case .source = kind { return .source(Value.Source(type: text, source: "")) }
        return .text(text)
    }
}

extension Resolver {
    /// The configured distribution, as its plugin describes it.
    var distribution: ABI.V1.DistributionDescription? {
        value(of: .distribution).text.flatMap(catalogue.distribution)
    }

    /// The configured format, as its plugin describes it.
    var format: ABI.V1.FormatDescription? {
        value(of: .format).text.flatMap(catalogue.format)
    }
}
