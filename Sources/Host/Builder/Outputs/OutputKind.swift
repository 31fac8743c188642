import ByteKeys
import Display
import Glibc
import Support
import System

/// The kind of an output: a file, a directory, or a link to one of those next to it.
///
/// Scripts write what they like to `$OUTPUTDIR`. What reads outputs later does so with the rights of the user: `mkosi vm`
/// even has a disk written to, and a link in the place of one would lead it to any file of the user.
enum OutputKind {
    /// Checks outputs before they are placed; one that is missing is no fault of this kind.
    ///
    /// - Parameters:
    ///   - names: All outputs of a build.
    ///   - directory: Where they are.
    ///   - known: Outputs that an earlier build may have placed, where this one does not make them.
    /// - Throws: a failure that names the first output that is something else.
    static func check(_ names: [FileName], in directory: String, besides known: [String]) throws(Failure) {
        var kinds: ByteDictionary<UInt32> = [:]
        for name in names { kinds[name.text] = Files.kind(of: name.path(in: directory)) }
        for name in names {
            guard let kind = kinds[name.text], kind != S_IFREG, kind != S_IFDIR else { continue }
            let title = "The output \(printable(name.text))"
            guard kind == S_IFLNK, let target = Paths.linkTarget(name.path(in: directory)) else {
                throw Failure(
                    .configuration,
                    "\(title) is neither a file nor a directory",
                    hint: "A script left it in $OUTPUTDIR, and has to remove it"
                )
            }
            // The name of another output, and no path: nothing but a name is in the table.
            if kinds[target] == S_IFREG || kinds[target] == S_IFDIR { continue }
            if kinds[target] == nil, known.containsBytes(of: target) { continue }
            throw Failure(
                .configuration,
                "\(title) is a link to \(printable(target)), which is no output of the build",
                hint: "Copy what it leads to; a link may only have the name of another output as its target"
            )
        }
    }
}
