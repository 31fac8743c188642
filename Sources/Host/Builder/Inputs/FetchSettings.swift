import Configuration

/// The settings of downloads, whose results are checked against their digests, and so are a part of keys.
struct FetchSettings: StepSettings {
    let cacheOnly = Input(effectOf: .cacheOnly)
    let proxyURL = Input(effectOf: .proxyURL)
    let proxyExclude = Input(effectOf: .proxyExclude)
    let proxyPeerCertificate = Input(effectOf: .proxyPeerCertificate)
    let proxyClientCertificate = Input(effectOf: .proxyClientCertificate)
    let proxyClientKey = Input(effectOf: .proxyClientKey)
}
