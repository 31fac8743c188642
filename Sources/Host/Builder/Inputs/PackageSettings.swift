import Configuration

/// The settings that every installation of packages reads.
///
/// Where packages come from is among it: an image keeps that for later, whatever it was built from.
struct InstallationSettings: StepSettings {
    let distribution = Input(.distribution)
    let release = Input(.release)
    let architecture = Input(.architecture)
    let withDocs = Input(.withDocs)
    let sourceDateEpoch = Input(.sourceDateEpoch)
    let mirror = Input(.mirror)
    let repositories = Input(.repositories)
}

/// The settings that decide where packages come from, and so which they are.
struct RepositorySettings: StepSettings {
    let distribution = Input(choosing: .distribution)
    let release = Input(choosing: .release)
    let architecture = Input(choosing: .architecture)
    let mirror = Input(choosing: .mirror)
    let snapshot = Input(choosing: .snapshot)
    let localMirror = Input(choosing: .localMirror)
    let repositories = Input(choosing: .repositories)
    let repositoryKeyCheck = Input(choosing: .repositoryKeyCheck)
    let repositoryKeyFetch = Input(choosing: .repositoryKeyFetch)
    let cacheOnly = Input(choosing: .cacheOnly)
    let withRecommends = Input(choosing: .withRecommends)
    let proxyURL = Input(choosing: .proxyURL)
    let proxyExclude = Input(choosing: .proxyExclude)
}

/// The settings that decide which packages of the image itself are chosen, besides their repositories.
struct PackageNameSettings: StepSettings {
    let packages = Input(choosing: .packages)
    let basePackages = Input(choosing: .basePackages)
}
