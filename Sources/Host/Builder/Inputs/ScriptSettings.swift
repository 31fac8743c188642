import Configuration

/// The settings for running the project's scripts, besides the file with the whole configuration that scripts find.
struct ScriptSettings: StepSettings {
    let syncScripts = Input(effectOf: .syncScripts)
    let prepareScripts = Input(effectOf: .prepareScripts)
    let buildScripts = Input(effectOf: .buildScripts)
    let postInstallationScripts = Input(effectOf: .postInstallationScripts)
    let finalizeScripts = Input(effectOf: .finalizeScripts)
    let postOutputScripts = Input(effectOf: .postOutputScripts)
    let cleanScripts = Input(effectOf: .cleanScripts)
    let makeScriptsExecutable = Input(effectOf: .makeScriptsExecutable)
    let extraSearchPaths = Input(effectOf: .extraSearchPaths)
    // These change what scripts can do, whether they read them or not.
    let withNetwork = Input(.withNetwork)
    let scriptsInImage = Input(.scriptsInImage)
    let sources = ScriptSourceSettings()
    let variables = ScriptVariableSettings()
}

/// The settings of build sources for scripts.
struct ScriptSourceSettings: StepSettings {
    let buildSources = Input(effectOf: .buildSources)
    let buildSourcesEphemeral = Input(.buildSourcesEphemeral)
    let sourceFileTransfer = Input(.sourceFileTransfer)
    // What is in these is no source.
    let buildDirectory = Input(effectOf: .buildDirectory)
    let cacheDirectory = Input(effectOf: .cacheDirectory)
    let packageCacheDirectory = Input(effectOf: .packageCacheDirectory)
    let workspaceDirectory = Input(effectOf: .workspaceDirectory)
}

/// The settings that scripts have as variables; the keys contain the variables.
struct ScriptVariableSettings: StepSettings {
    let architecture = Input(effectOf: .architecture)
    let distribution = Input(effectOf: .distribution)
    let release = Input(effectOf: .release)
    let imageID = Input(effectOf: .imageID)
    let imageVersion = Input(effectOf: .imageVersion)
    let profiles = Input(effectOf: .profiles)
    let sourceDateEpoch = Input(effectOf: .sourceDateEpoch)
    let withDocs = Input(effectOf: .withDocs)
    let withNetwork = Input(effectOf: .withNetwork)
    let withTests = Input(effectOf: .withTests)
}

extension ScriptKind {
    /// The input that lists the programs.
    var input: KeyPath<ScriptSettings, Input<[String]>> {
        switch self {
        case .sync: \.syncScripts
        case .prepare: \.prepareScripts
        case .build: \.buildScripts
        case .postinst: \.postInstallationScripts
        case .finalize: \.finalizeScripts
        case .postoutput: \.postOutputScripts
        case .clean: \.cleanScripts
        }
    }
}
