public import PluginWire
import Support
import System

extension ABI.V1.Install: PluginRequest {
    public typealias Answer = ABI.V1.Installed

    public func check(_ answer: ABI.V1.Installed) throws(AnswerFlaw) {
        // ext4 and tar store no later time; it limits all times of the image.
        guard (0...1 << 33).contains(answer.timestamp ?? 0) else {
            throw AnswerFlaw("returned \(answer.timestamp ?? 0) as the newest time of the packages")
        }
        try checkInstalled(answer.packages ?? [])
    }
}

extension ABI.V1.Inspect: PluginRequest {
    public typealias Answer = ABI.V1.Inspected

    public func check(_ answer: ABI.V1.Inspected) throws(AnswerFlaw) {
        try checkInstalled(answer.packages)
        // They are removed from the image with everything below them.
        for path in answer.metadata where RelativePath(path.utf8.first == 0x2F ? String(path.dropFirst()) : path) == nil
        {
            throw AnswerFlaw("returned \(AnswerFlaw.quoted(path)) as a path that only the package manager needs")
        }
    }
}

private func checkInstalled(_ packages: [ABI.V1.InstalledPackage]) throws(AnswerFlaw) {
    for package in packages {
        for word in [package.name, package.version, package.architecture] where !word.isOneWord {
            throw AnswerFlaw(
                "found an installed package with \(AnswerFlaw.quoted(word)) in its name, version or architecture"
            )
        }
    }
}
