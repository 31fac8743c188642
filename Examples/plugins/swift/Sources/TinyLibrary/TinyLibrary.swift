public import CPluginABI
import PluginKit
import TinyDistribution

private let library = PluginLibrary(name: "tiny-swift-library", version: "1.0", distribution: TinyDistribution())

/// What the host asks the library for.
@c @implementation
public func mkosi_plugin_v1() -> UnsafePointer<mkosi_plugin>! {
    library.descriptor
}
