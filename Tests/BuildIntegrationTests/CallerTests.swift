import Execution
import Support
import System
import TestSupport
import Testing

/// What a build finds where the caller works, and what it says of what is missing.
@Suite
struct CallerTests {
    @Test("git works in scripts of a worktree", .needsProgram("git"))
    func worktree() throws {
        let tiny = try TinyProject()
        let script = """
            git init --quiet "$1/repository-of-git"; cd "$1/repository-of-git"
            git -c user.name=t -c user.email=t@example.org commit --quiet --allow-empty -m first
            mv "$1/project/mkosi.conf" "$1/kept"; rmdir "$1/project"
            git worktree add --quiet "$1/project"; mv "$1/kept" "$1/project/mkosi.conf"; git rev-parse HEAD
            """
        let commit = try runChecked(["sh", "-euc", script, "sh", tiny.directory.path]).output
        try tiny.script(
            "mkosi.postinst",
            """
            git rev-parse HEAD >$BUILDROOT/commit; git status --porcelain >$BUILDROOT/status
            ! git commit --allow-empty -m x 2>/dev/null
            """
        )
        let result = try tiny.mkosi()
        #expect(result.succeeded, "\(result)")
        #expect(try tiny.imageFile("commit") == commit)
        #expect(try tiny.imageFile("status").contains("mkosi.conf"))
    }

    @Test("A script need not exist before it runs")
    func scripts() throws {
        let tiny = try TinyProject(configuration: "PostInstallationScripts=made/later.sh")
        #expect(try tiny.mkosi(["summary"]).succeeded)
        let missing = try tiny.build()
        #expect(missing.status == .exited(1) && !missing.events.isEmpty, "\(missing)")
        #expect(
            missing.errors.contains(
                "PostInstallationScripts=\(tiny.project)/made/later.sh does not exist"
            )
                && missing.tasks("install").isEmpty,
            "\(missing)"
        )
        let text = "#!/bin/sh\\necho later >$BUILDROOT/later\\n"
        try tiny.script("mkosi.sync", "mkdir -p made; printf '\(text)' >made/later.sh; chmod +x made/later.sh")
        let made = try tiny.mkosi()
        #expect(made.succeeded, "\(made)")
        #expect(try tiny.imageFile("later") == "later\n")
    }

    @Test("A build that takes everything from the cache warns as the first one did")
    func cachedWarnings() throws {
        let tiny = try TinyProject(configuration: "Timezone=Europe/Berlin")
        for arguments in [["-i"], ["-i", "-f"], ["-i", "-f", "--hostname=x"]] {
            let result = try tiny.mkosi(arguments)
            let warnings = result.errors.split(separator: "\n").count { $0.contains("warning: Timezone=Europe/Berlin") }
            #expect(result.succeeded && warnings == 1, "\(result)")
        }
    }

    @Test("Data that settings need and the image lacks is named")
    func data() throws {
        let settings = "Timezone=Europe/Berlin\nLocale=de_DE.UTF-8\nKeymap=de-latin1"
        let tiny = try TinyProject(configuration: settings)
        let lacking = try tiny.mkosi()
        #expect(lacking.succeeded, "\(lacking)")
        for text in [
            "warning: Timezone=Europe/Berlin: the image has no /usr/share/zoneinfo/Europe/Berlin",
            "warning: Locale=de_DE.UTF-8: the image has no", "warning: Keymap=de-latin1: the image has no",
        ] {
            #expect(lacking.errors.contains(text), "\(lacking)")
        }
        for name in [
            "zoneinfo/Europe/Berlin", "../lib/locale/de_DE.utf8/LC_TIME", "keymaps/i386/qwertz/de-latin1.map.gz",
        ] {
            try tiny.directory.write("", to: "project/mkosi.extra/usr/share/\(name)")
        }
        let having = try tiny.mkosi(["-f"])
        #expect(having.succeeded && !having.errors.contains("warning: "), "\(having)")
        // Other locales are in one archive.
        let archive = try tiny.mkosi(["-f", "--locale=fr_FR.UTF-8"])
        #expect(archive.errors.contains("warning: Locale=fr_FR.UTF-8"), "\(archive)")
        try tiny.directory.write("\0fr_FR.utf8\0", to: "project/mkosi.extra/usr/lib/locale/locale-archive")
        let known = try tiny.mkosi(["-f", "--locale=fr_FR.UTF-8"])
        #expect(known.succeeded && !known.errors.contains("warning: "), "\(known)")
    }
}
