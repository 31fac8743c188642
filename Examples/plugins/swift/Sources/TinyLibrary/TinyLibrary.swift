public import CPluginABI
import PluginKit
import TinyDistribution

private let library = PluginLibrary(name: "tiny-swift-library", version: "1.0", distribution: TinyDistribution())

/// Returns the description of the library, which the host looks up by this name.
@c @implementation
public func mkosi_plugin_v1() -> UnsafePointer<mkosi_plugin>! {
    library.descriptor
}
