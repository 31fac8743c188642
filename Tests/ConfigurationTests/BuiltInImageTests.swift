import ByteKeys
import JSON
import PluginWire
import Support
import Testing

@testable import Configuration

@Suite("The default tools tree and the default initrd")
struct BuiltInImageTests {
    /// A project with two plugins that bring configuration for both.
    private func project(_ files: [String: String]) throws -> Project {
        let project = try Project([
            "general/mkosi-tools/mkosi.conf": "[Output]\nFormat=plain\n[Content]\nPackages=sh\nHostname=general\n",
            "general/mkosi-tools/mkosi.profiles/misc/mkosi.conf": "[Content]\nPackages=misc\n",
            "special/mkosi-tools/mkosi.conf": "[Match]\nDistribution=umbra\n[Content]\nPackages=umbra-tools\n",
            "general/mkosi-initrd/mkosi.conf": "[Output]\nFormat=box\n[Content]\nPackages=init\n",
            "general/mkosi-initrd/mkosi.profiles/lvm.conf": "[Content]\nPackages=lvm-tools\n",
            "special/mkosi-initrd/mkosi.conf": "[Match]\nDistribution=umbra\n[Content]\nPackages=umbra-init\n",
        ])
        for (name, text) in files { try project.write(name, text) }
        try project.addPlugin("general", including: "mkosi-tools", "mkosi-initrd")
        try project.addPlugin("special", including: "mkosi-tools", "mkosi-initrd")
        return project
    }

    @Test("there is a tools tree only if the default one is requested", arguments: ["default", "yes"])
    func wanted(text: String) throws {
        let project = try project(["mkosi.tools.conf": "", "own/": ""])
        #expect(try project.loadAll().tools == nil)
        #expect(try project.loadAll([("ToolsTree", "no")]).tools == nil)
        #expect(try project.loadAll([("ToolsTree", "own")]).tools == nil)
        #expect(try project.loadAll([("ToolsTree", text)]).tools?.name == "tools")
        #expect(try project.loadAll([("ToolsTree", text)]).json["Tools"]?["Image"] == .string("tools"))
        #expect(try project.loadAll().json["Tools"] == .null)
    }

    @Test("the tools tree has the settings of its own in the main image, and what is the same for everything")
    func tools() throws {
        let project = try project([
            "mkosi.conf": """
            [Distribution]
            Distribution=acme
            Release=hammer
            Architecture=arm64
            Mirror=http://main
            [Output]
            ImageId=main
            [Content]
            Packages=never
            [Build]
            ToolsTree=yes
            ToolsTreeDistribution=umbra
            ToolsTreeMirror=http://tools
            ToolsTreePackages=extra
            ToolsTreeRepositories=more
            ProxyUrl=http://proxy
            Environment=A=1 B=2
            [Config]
            PassEnvironment=B
            """,
            "mkosi.output/": "",
        ])
        let tools = try #require(try project.loadAll().tools)
        #expect(tools[.distribution] == "umbra")
        #expect(tools[.release] == "40")
        #expect(tools[.architecture] == "x86-64")
        #expect(tools[.mirror] == "http://tools")
        #expect(tools[.packages] == ["extra", "misc", "sh", "umbra-tools"])
        #expect(tools.value(named: "Repositories") == .list(["more"]))
        #expect(tools.value(named: "Profiles") == .list(["misc", "package-manager", "runtime"]))
        #expect(tools.value(named: "ProxyUrl") == .text("http://proxy"))
        #expect(tools.environment == ["B": "2"])
        #expect(tools[.imageID] == nil)
        #expect(tools[.format] == "plain")
        #expect(tools[.output] == "mkosi.tools")
        #expect(tools.outputDirectory == project.directory)
        #expect(tools.value(named: "OutputDirectory") == .unset)
    }

    @Test("mkosi.tools.conf is stronger than what plugins bring, and may only set what is meant for a tools tree")
    func toolsConfiguration() throws {
        let project = try project([
            "mkosi.conf": "[Build]\nToolsTree=default\n[Distribution]\nDistribution=acme\n",
            "mkosi.tools.conf": "[Content]\nPackages=own\n[Output]\nOutput=other\nOutputDirectory=out\n",
        ])
        var tools = try #require(try project.loadAll().tools)
        #expect(tools[.hostname] == "general")
        #expect(tools[.packages] == ["misc", "own", "sh"])
        #expect(tools[.output] == "mkosi.tools")
        #expect(tools[.outputDirectory] == "\(project.directory)/out")
        #expect(
            try project.loadAll().warnings.map(\.message).contains {
                $0.contains("mkosi.tools.conf:4:1: Ignoring Output=")
            }
        )

        let other = try self.project([
            "mkosi.conf": "[Build]\nToolsTree=default\n",
            "mkosi.tools.conf/mkosi.conf": "[Content]\nPackages=%I\n[Match]\nImage=tools\n",
            "mkosi.tools.conf/mkosi.conf.d/a.conf": "[Distribution]\nRepositories=local\n",
            "mkosi.tools.conf/mkosi.prepare": "",
        ])
        tools = try #require(try other.loadAll().tools)
        #expect(tools[.packages].contains("tools"))
        #expect(tools.value(named: "Repositories") == .list(["local"]))
        #expect(tools.value(named: "PrepareScripts").list?.count == 1)
    }

    @Test("the main image's own settings for the tools tree are refused in mkosi.tools.conf")
    func toolsRefusals() throws {
        let project = try project(["mkosi.conf": "[Build]\nToolsTree=default\n"])
        let cases = [
            ("[Distribution]\nRelease=40\n", "Set ToolsTreeRelease= in the main image"),
            (
                "[Content]\nHostname=own\n",
                "Allowed: Profiles, Snapshot, LocalMirror, RepositoryKeyFetch, Repositories, Output, OutputDirectory, "
                    + "Packages, PackageDirectories, SyncScripts, PrepareScripts, SandboxTrees, Environment, "
                    + "EnvironmentFiles"
            ),
            ("[Build]\nWithNetwork=yes\n", "Set it in the main image, or put it behind a condition Image=main"),
            ("[Build]\nToolsTreePackages=a\n", "Set it in the main image, or put it behind a condition Image=main"),
        ]
        for (text, hint) in cases {
            try project.write("mkosi.tools.conf", text)
            let failure = try #require(project.failure())
            #expect(failure.message.hasPrefix("\(project.directory)/mkosi.tools.conf:2:1: "))
            #expect(failure.hint == hint)
        }
    }

    @Test("the default initrd is built before the images that boot with it")
    func initrd() throws {
        let project = try project([
            "mkosi.conf": """
            [Distribution]
            Distribution=umbra
            [Content]
            Initrds=default
            InitrdProfiles=lvm
            InitrdPackages=extra
            InitrdVolatilePackages=fresh
            Keymap=de
            Locale=never
            [Output]
            ImageVersion=3
            """,
            "mkosi.images/a.conf": "", "mkosi.images/b.conf": "[Config]\nDependencies=a\n[Content]\nInitrds=default\n",
        ])
        let loaded = try project.loadAll()
        #expect(loaded.images.map(\.name) == ["a", "default-initrd", "b", "main"])
        let initrd = try #require(loaded.image(named: "default-initrd"))
        #expect(initrd[.distribution] == "umbra")
        #expect(initrd[.packages] == ["extra", "init", "lvm-tools", "umbra-init"])
        #expect(initrd.value(named: "VolatilePackages") == .list(["fresh"]))
        #expect(initrd.value(named: "Profiles") == .list(["lvm"]))
        #expect(initrd[.keymap] == "de")
        #expect(initrd[.locale] == nil)
        #expect(initrd[.imageVersion] == "3")
        #expect(initrd[.format] == "box")
        #expect(loaded.initrd(for: loaded.images[0]) == nil)
        #expect(loaded.initrd(for: loaded.images[3])?.name == "default-initrd")
        #expect(loaded.images[3].value(named: "Dependencies") == .list(["a", "b", "default-initrd"]))
        #expect(loaded.images[2].value(named: "Dependencies") == .list(["a", "default-initrd"]))
    }

    @Test("mkosi.initrd.conf adds to the default initrd and overrides what it inherits")
    func initrdConfiguration() throws {
        let project = try project([
            "mkosi.conf": "[Content]\nInitrds=default\nKeymap=de\n[Config]\nProfiles=p\n",
            "mkosi.initrd.conf": "[Content]\nPackages=own\nKeymap=us\n",
        ])
        var initrd = try #require(try project.loadAll().image(named: "default-initrd"))
        #expect(initrd[.packages] == ["init", "own"])
        #expect(initrd[.keymap] == "us")
        #expect(initrd.value(named: "Profiles") == .list(["p"]))
        try project.write("mkosi.initrd.conf", "[Distribution]\nDistribution=umbra\n")
        #expect(project.failure()?.message.contains("cannot be set in the default initrd") == true)
        let other = try self.project([
            "mkosi.conf": "[Content]\nInitrds=default\n", "mkosi.initrd.conf/mkosi.extra/": "",
        ])
        initrd = try #require(try other.loadAll().image(named: "default-initrd"))
        #expect(initrd[.extraTrees].count == 1)
    }

    @Test("a project's own image cannot have the name of the default initrd")
    func initrdName() throws {
        let project = try project([
            "mkosi.conf": "[Content]\nInitrds=default\n", "mkosi.images/default-initrd.conf": "",
        ])
        #expect(project.failure()?.message.contains("the name of the default initrd") == true)
    }

    @Test("the profiles and fragments of a built-in name can be included by any image")
    func include() throws {
        let project = try project([
            "mkosi.conf": "[Distribution]\nDistribution=umbra\n",
            "mkosi.images/initrd/mkosi.conf":
                "[Content]\nPackages=before\n[Include]\nInclude=mkosi-initrd\n[Config]\nProfiles=lvm\n",
        ])
        #expect(try project.load(image: "initrd")[.packages] == ["before", "init", "umbra-init"])
        // The command line includes before any file says which distribution it is.
        let options = [("Include", "mkosi-tools"), ("Profiles", "misc")]
        #expect(try project.main(of: project.loadAll(options))[.packages] == ["misc", "sh"])
        let distribution = [("Distribution", "umbra")]
        #expect(
            try project.main(of: project.loadAll(options + distribution))[.packages] == ["misc", "sh", "umbra-tools"]
        )
        try project.write("mkosi.conf", "[Include]\nInclude=mkosi-tolls\n")
        let failure = try #require(project.failure())
        #expect(failure.message.contains("mkosi.conf:2:9: Include= names \"mkosi-tolls\", which no installed plugin"))
        #expect(failure.hint == "Did you mean \"mkosi-tools\"?")
    }

    @Test("without a project both are as the command line and the plugins say")
    func noProject() throws {
        let project = try project(["mkosi.conf": "[Content]\nHostname=never\n"])
        let values = [("ToolsTree", "yes"), ("Initrds", "default")].map { name, text in
            ConfigurationRequest.OptionValue(option: name, setting: name, text: text)
        }
        let loaded = try ConfigurationRequest(directory: nil, options: values).load(
            registry: Registry(catalogue: project.catalogue),
            catalogue: project.catalogue,
            host: project.host
        )
        #expect(loaded.images.map(\.name) == ["default-initrd", "main"])
        #expect(loaded.tools?[.hostname] == "general")
        #expect(loaded.images[1][.hostname] == nil)
    }
}
