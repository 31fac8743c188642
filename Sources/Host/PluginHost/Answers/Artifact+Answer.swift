import ByteKeys
public import PluginWire
import Support
import System

extension ABI.V1.MakeArtifact: PluginRequest {
    public typealias Answer = ABI.V1.MadeArtifact

    public func check(_ answer: ABI.V1.MadeArtifact) throws(AnswerFlaw) {
        var names: Set<FileName> = []
        for file in answer.files {
            guard let name = FileName(file.name) else {
                let flaw = FileName.flaw(of: file.name) ?? ""
                throw AnswerFlaw("lists a file of \(kind) with the name \(AnswerFlaw.quoted(file.name)), which \(flaw)")
            }
            guard names.insert(name).inserted else { throw AnswerFlaw("lists the file \(file.name) twice") }
            if let flaw = AnswerFlaw.ofDigest(file.sha256, name: file.name) { throw AnswerFlaw(flaw) }
        }
        for (name, value) in answer.facts ?? [:] where name.isEmpty || value.contains(where: \.isNewline) {
            throw AnswerFlaw(
                "states a fact about \(kind) that has no name or several lines: \(AnswerFlaw.quoted(name))"
            )
        }
    }
}

extension ABI.V1.InstallBootloader: PluginRequest { public typealias Answer = ABI.V1.Empty }
extension ABI.V1.CheckFormat: PluginRequest { public typealias Answer = ABI.V1.Empty }
