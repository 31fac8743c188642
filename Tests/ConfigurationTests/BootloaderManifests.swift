import Foundation
import JSON
import PluginWire
import System

@testable import Configuration

/// The shipped plugins that provide boot loaders, as their manifests say.
enum BootloaderManifests {
    static func read() throws -> [Manifest] {
        var root = #filePath as NSString
        for _ in 0..<3 { root = root.deletingLastPathComponent as NSString }
        return try ["systemd-boot", "grub"].map { name in
            let path = "\(root)/Plugins/boot/\(name)/plugin.json"
            return try JSONText.decode(Manifest.self, from: Files.read(path))
        }
    }
}
