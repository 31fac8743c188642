import ByteKeys
public import PluginWire
import Support
import System

extension ABI.V1.Assemble: PluginRequest {
    public typealias Answer = ABI.V1.Assembled

    /// The role of the output that is named by `outputName`.
    private static let mainRole = "image"

    /// The suffixes of the files that the host itself puts next to the outputs.
    private static let suffixesOfHost = [".manifest", ".SHA256SUMS", ".nspawn", ".pcrs.json"]

    public func check(_ answer: ABI.V1.Assembled) throws(AnswerFlaw) {
        // A format without a tree may be there for what scripts make.
        if answer.outputs.isEmpty, root == nil { return }
        guard !answer.outputs.isEmpty else { throw AnswerFlaw("lists no output") }
        var names: Set<FileName> = []
        for output in answer.outputs {
            guard let name = FileName(output.name) else {
                let flaw = FileName.flaw(of: output.name) ?? ""
                throw AnswerFlaw("lists an output with the name \(AnswerFlaw.quoted(output.name)), which \(flaw)")
            }
            guard names.insert(name).inserted else { throw AnswerFlaw("lists the output \(output.name) twice") }
            guard output.role.isOneWord else { throw AnswerFlaw("lists the output \(output.name) without a role") }
            for suffix in Self.suffixesOfHost where ByteText(output.name) == ByteText(baseName + suffix) {
                throw AnswerFlaw("lists the output \(output.name), a file that mkosi itself writes")
            }
            if let flaw = AnswerFlaw.ofDigest(output.sha256, name: output.name) { throw AnswerFlaw(flaw) }
        }
        let main = answer.outputs.filter { $0.role == Self.mainRole }.map(\.name)
        guard main.count == 1, ByteText(main[0]) == ByteText(outputName) else {
            let list = main.map(AnswerFlaw.quoted).joined(separator: " and ")
            throw AnswerFlaw(
                "lists \(main.isEmpty ? "no output" : list) with the role \(Self.mainRole), and not "
                    + AnswerFlaw.quoted(outputName)
            )
        }
    }
}
