import System
package import TreeWire

/// Copies the content of regular files; holes stay holes.
package enum FileContent {
    /// Copies all of `source` to the empty file `target`, sharing blocks where the file system can.
    package static func copy(_ source: CInt, _ target: CInt, size: Int64, name: String) throws(TreeEditError) {
        do throws(SystemCallError) {
            try Files.copyAll(from: source, size: size, to: target, name)
        } catch {
            throw TreeEditError(error)
        }
    }

    /// Writes all bytes at the descriptor's offset.
    package static func write(_ bytes: ArraySlice<UInt8>, to target: CInt, name: String) throws(TreeEditError) {
        do throws(SystemCallError) {
            try writeAll(target, bytes, name)
        } catch {
            throw TreeEditError(error)
        }
    }
}
