import Configuration
import Glibc
import LayerStore
import PluginWire
import Support

extension CacheKeyBuilder {
    func add(_ step: PluginStepInputs, to inputs: inout LayerInputs) throws(Failure) {
        try add(step.plugin, to: &inputs)
        for tool in step.tools ?? [] { try addProgram([tool.name] + (tool.alternatives ?? []), to: &inputs) }
        for name in Set(step.settings ?? []).sorted() {
            add(name, to: &inputs)
            // The plugin reads what a path of the host leads to.
            let kind = image.registry.setting(named: name)?.kind
            if kind?.namesHostFiles == true { try addFiles(name, to: &inputs) }
            if kind?.isSecretPath == true { addSecret(name, to: &inputs) }
        }
        for (name, value) in step.facts { inputs.add(name, value) }
    }

    /// Adds the file that a secret is in: its content could be guessed from its digest, so only the time of its last
    /// change is kept.
    private func addSecret(_ setting: String, to inputs: inout LayerInputs) {
        var status = stat()
        guard let path = image.value(named: setting).text, stat(path, &status) == 0 else { return }
        let times = [status.st_mtim, status.st_ctim].map { "\($0.tv_sec).\($0.tv_nsec)" }
        let stamp = ["\(status.st_dev)", "\(status.st_ino)", "\(status.st_size)"] + times
        inputs.add("\(setting)= file", stamp.joined(separator: " "), isShown: false)
    }
}
