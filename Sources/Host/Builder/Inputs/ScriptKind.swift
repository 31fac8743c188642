import Configuration

/// The points of a build at which a project's own programs run.
enum ScriptKind: String, Sendable, CaseIterable {
    case sync, prepare, build, postinst, finalize, postoutput, clean

    /// The setting that lists the programs.
    var setting: Setting<[String]> {
        switch self {
        case .sync: .syncScripts
        case .prepare: .prepareScripts
        case .build: .buildScripts
        case .postinst: .postInstallationScripts
        case .finalize: .finalizeScripts
        case .postoutput: .postOutputScripts
        case .clean: .cleanScripts
        }
    }

    /// True if the image's tree is there while the program runs.
    var hasTree: Bool {
        switch self {
        case .prepare, .build, .postinst, .finalize: true
        case .sync, .postoutput, .clean: false
        }
    }

    /// True if older generations ran the program in the image whatever its name.
    var wasInTree: Bool { hasTree && self != .finalize }

    /// True if the program finds the network, whatever is configured.
    var alwaysHasNetwork: Bool { self == .sync || self == .prepare }

    /// True if changes to the build sources can be thrown away at all.
    var canBeEphemeral: Bool { self != .sync }
}

/// A variable that mkosi sets for scripts; `Environment=` adds to these.
enum ScriptVariable: String, Sendable, CaseIterable {
    case ARCHITECTURE, ARTIFACTDIR, BUILDDIR, BUILDROOT, CACHED, CHROOT_BUILDDIR, CHROOT_DESTDIR, CHROOT_OUTPUTDIR,
        CHROOT_SCRIPT, CHROOT_SRCDIR, MKOSI_DEBUG, DESTDIR, DISTRIBUTION, DISTRIBUTION_ARCHITECTURE, EFI_ARCHITECTURE,
        IMAGE_ID, IMAGE_VERSION, MKOSI_CONFIG, MKOSI_GID, MKOSI_UID, OUTPUTDIR, PACKAGEDIR, PROFILES, RELEASE,
        SOURCE_DATE_EPOCH, SRCDIR, WITH_DOCS, WITH_NETWORK, WITH_TESTS

    /// The kinds of scripts that get it.
    var kinds: Set<ScriptKind> {
        let tree: Set<ScriptKind> = [.prepare, .build, .postinst, .finalize]
        switch self {
        case .ARCHITECTURE, .MKOSI_DEBUG, .DISTRIBUTION, .DISTRIBUTION_ARCHITECTURE, .EFI_ARCHITECTURE, .IMAGE_ID,
            .IMAGE_VERSION, .MKOSI_CONFIG, .MKOSI_GID, .MKOSI_UID, .RELEASE, .SRCDIR:
            return Set(ScriptKind.allCases)
        case .ARTIFACTDIR, .BUILDROOT, .CHROOT_SCRIPT, .CHROOT_SRCDIR, .PACKAGEDIR, .WITH_NETWORK: return tree
        case .BUILDDIR: return [.build, .postinst, .finalize]
        case .CACHED: return [.sync]
        case .CHROOT_BUILDDIR, .CHROOT_DESTDIR, .DESTDIR: return [.build]
        // The manual's table leaves build scripts out, but without an image theirs are the only outputs.
        case .CHROOT_OUTPUTDIR: return [.build, .postinst, .finalize]
        case .OUTPUTDIR: return [.build, .postinst, .finalize, .postoutput, .clean]
        case .PROFILES: return tree.union([.sync, .clean])
        case .SOURCE_DATE_EPOCH: return tree.union([.clean])
        case .WITH_DOCS, .WITH_TESTS: return [.prepare, .build]
        }
    }
}
