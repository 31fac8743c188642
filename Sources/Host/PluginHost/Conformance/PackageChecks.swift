import PackageSamples
import PluginWire
import Support

/// One named check of what a distribution plugin does with packages.
struct PackageCheck {
    typealias Body = () throws(CheckFailure) -> Void

    var name: String
    /// The features of the package format without which the check is skipped.
    var needs: [SampleFormat.Feature]
    var body: Body

    init(_ name: String, _ needs: SampleFormat.Feature..., body: @escaping Body) {
        self.name = name
        self.needs = needs
        self.body = body
    }
}

/// The named checks of what a distribution plugin does with packages.
///
/// Checks examine builds; each build is run once, by the first check that needs it.
final class PackageChecks {
    let trial: PackageTrial
    private var builds: [String: Result<BuiltImage, CheckFailure>] = [:]

    init(_ trial: PackageTrial) { self.trial = trial }

    var all: [PackageCheck] {
        ofInstallation + ofFiles + ofUnusualFiles + ofScripts + ofChoice + ofAnswers + ofRemoval + ofLaterLayers
            + ofErrors + ofTrust + ofTheNetwork + ofTheSurroundings
    }

    // MARK: - Builds

    /// The build of this name, which is made by the first check that asks for it.
    func build(_ name: String, _ make: () throws(CheckFailure) -> BuiltImage) throws(CheckFailure) -> BuiltImage {
        if let known = builds[name] { return try known.get() }
        do throws(CheckFailure) {
            let built = try make()
            builds[name] = .success(built)
            return built
        } catch {
            builds[name] = .failure(error)
            throw error
        }
    }

    func successful(_ built: BuiltImage) throws(CheckFailure) -> BuiltImage {
        try require(built.succeeded, "the build failed: \(built.reason)")
        return built
    }

    /// A package with what it needs, its documentation and the package manager's database.
    func plain() throws(CheckFailure) -> BuiltImage {
        try build("plain") { () throws(CheckFailure) in
            try successful(trial.build(packages: ["tool"], settings: "CleanPackageMetadata=no"))
        }
    }

    /// The same with weak dependencies, without documentation and database.
    func full() throws(CheckFailure) -> BuiltImage {
        try build("full") { () throws(CheckFailure) in
            try successful(
                trial.build(
                    packages: ["tool"],
                    settings: "WithRecommends=yes\nWithDocs=no\nCleanPackageMetadata=yes"
                )
            )
        }
    }

    /// Packages that have something unusual each.
    func varied() throws(CheckFailure) -> BuiltImage {
        try build("varied") { () throws(CheckFailure) in
            let packages = [
                "modes", "names", SamplePackage.odd.name, "a-third", "ring", "selection", "chooser", "carrier", "extra",
                "extra",
            ]
            return try successful(trial.build(packages: packages, settings: "CleanPackageMetadata=no"))
        }
    }

    /// The packages of the repository, of which `extra` has become newer.
    func newerPackages() throws(CheckFailure) -> [SamplePackage] {
        var newer = SamplePackage.extra
        newer.version = "3.0"
        return try trial.packages.map { $0.name == newer.name ? newer : $0 }
    }

    /// Throws unless the build failed, left nothing, and says what has to be said.
    func expectFailure(_ built: BuiltImage, naming words: [String] = []) throws(CheckFailure) {
        try require(!built.succeeded, "the build succeeded")
        try require(!built.exists(""), "there is an image")
        for word in words where !built.reason.contains(word) {
            throw CheckFailure("the error does not contain \"\(word)\": \(built.reason)")
        }
    }
}
