import PluginWire
import Support

extension ImageConfiguration {
    /// Refuses to make an image readable that was to be encrypted.
    func checkEncryption() throws(Failure) {
        let name = settingName(.encrypt)
        guard value(named: name).text?.isEmpty == false, let format else { return }
        guard format.settings?.contains(name) != true else { return }
        throw Failure(
            .configuration,
            "\(origin(of: name)): \(name)= has no effect with Format=\(format.name): the image would not be encrypted",
            hint: "Choose a format that supports encryption, or set \(name)= in the definitions of mkosi.repart"
        )
    }
}
