public import Configuration

/// A step of an image's build, for people who ask what has made a file.
public struct StepDescription: Sendable {
    public let name: String
    public let title: String
    public let installsPackages: Bool
    /// The project's programs that decide what the step does: those that it runs, and those whose results it copies.
    public let scripts: [String]

    /// The steps of an image, in the order of its build.
    public static func all(of image: ImageConfiguration) -> [StepDescription] {
        let steps = BuildPlan(for: image, BuildPlan.Facts()).steps
        return steps.map { step in
            var kinds = step.inputs.scripts.map { [$0] } ?? []
            for kind in steps.compactMap(\.inputs.scripts) where !kinds.contains(kind) {
                if step.inputs.directories.contains(where: { $0.isSeen(by: kind) }) { kinds.append(kind) }
            }
            return StepDescription(
                name: step.name,
                title: step.title,
                installsPackages: step.inputs.packages != nil,
                scripts: kinds.flatMap { image[$0.setting] }
            )
        }
    }
}
