import Configuration
import Support
import TreeWire

/// Copies what build scripts have put into `$DESTDIR`.
struct BuildResultStep: BuildStep {
    let name = "build-result"
    let title = "Copying results of build scripts"
    let inputs = StepInputs(directories: [.destination])

    func run(_ context: any StepContext, _ settings: SettingsView<NoSettings>) throws(Failure) {
        try context.line(title, name) { _ throws(Failure) in
            guard let destination = context.content(of: .destination), !destination.isEmpty else { return }
            var edit = TreeEdit(.copy, "/", source: destination.path)
            edit.keepsOwners = true
            try context.tree.apply([edit])
        }
    }
}
