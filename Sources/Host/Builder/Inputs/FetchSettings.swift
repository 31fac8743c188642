import Configuration

/// What downloads read; what they bring is checked against its digest, and is a part of keys by that.
struct FetchSettings: StepSettings {
    let cacheOnly = Input(effectOf: .cacheOnly)
    let proxyURL = Input(effectOf: .proxyURL)
    let proxyExclude = Input(effectOf: .proxyExclude)
    let proxyPeerCertificate = Input(effectOf: .proxyPeerCertificate)
    let proxyClientCertificate = Input(effectOf: .proxyClientCertificate)
    let proxyClientKey = Input(effectOf: .proxyClientKey)
}
