/// A layer that a step makes: its only one, or one for each part of its packages.
struct PlannedLayer: Sendable {
    let step: any BuildStep
    let chain: StepChain
    /// The packages that are installed in it; nil for a step that installs none.
    var part: PackagePart?
    /// Its position among the layers of the step.
    var index = 0

    /// The name by which `mkosi plan` shows it.
    var name: String { index == 0 ? step.name : "\(step.name)+\(index)" }
}
