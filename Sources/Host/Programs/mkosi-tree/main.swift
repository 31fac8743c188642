import FoundationEssentials
import Glibc
import PluginWire
import TreeEditor

// Reads a plan on standard input, changes the tree, and answers on standard output.
do {
    var input = Data()
    while let line = readLine(strippingNewline: false) { input += Data(line.utf8) }
    let answers = try TreeEditor.apply(try JSONText.decode(TreeEdits.self, from: input))
    print(String(decoding: try JSONText.encode(answers), as: UTF8.self))
} catch {
    let message = "mkosi-tree: \(error)\n"
    _ = write(2, message, message.utf8.count)
    exit(1)
}
