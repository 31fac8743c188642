import Builder
import Configuration
import Runtime
import Support

extension CommandContext {
    /// The programs that a verb runs for an image: those of `ToolsTree=` if it is set, or else the host's.
    func programs(of image: ImageConfiguration?) throws(Failure) -> RuntimePrograms {
        RuntimePrograms(host, tree: try image.flatMap(ImageTools.usable), installation: .current())
    }
}
