public import CPluginABI
import DirectoryPlugin
import PluginKit

private let library = PluginLibrary(name: "directory", version: "1.0", format: DirectoryFormat())

/// The entry point of the library, for the host's bridge.
@c @implementation
public func mkosi_plugin_v1() -> UnsafePointer<mkosi_plugin>! {
    library.descriptor
}
