import Support
import TestSupport
import Testing

@Suite(.enabled(if: DebianProject.isPossible), .serialized)
struct TwoPhaseTests {
    @Test("A program is built against development packages that the image does not have")
    func program() throws {
        let debian = try DebianProject()
        try debian.folder.write(
            """
            [Distribution]
            Distribution=debian
            [Output]
            Format=tar
            CompressOutput=none
            [Content]
            Packages=libc6
            BuildPackages=gcc,libc6-dev,make
            SourceDateEpoch=1700000000

            """,
            to: "project/mkosi.conf"
        )
        try debian.folder.write(
            "#include <stdio.h>\nint main(void) { puts(\"two phases\"); return 0; }\n",
            to: "project/program.c"
        )
        try debian.folder.write(
            """
            program: program.c
            \tcc -o program program.c
            install: program
            \tinstall -D program $(DESTDIR)/usr/bin/program

            """,
            to: "project/Makefile"
        )
        try debian.folder.write(
            "#!/bin/sh\nset -e\ncd $SRCDIR\nmake install\n",
            to: "project/mkosi.build.chroot",
            mode: 0o755
        )
        try debian.folder.write(
            """
            #!/bin/sh
            set -e
            [ "$(mkosi-chroot program)" = "two phases" ]
            dpkg -l libc6
            mkosi-chroot sh -c '! command -v gcc'

            """,
            to: "project/mkosi.postinst",
            mode: 0o755
        )
        let result = try debian.mkosi()
        #expect(result.succeeded, "\(result)")
        let names = try runChecked(["tar", "-tf", "\(debian.project)/image.tar"]).outputLines
        #expect(names.contains("usr/bin/program"))
        #expect(!names.contains { $0.hasPrefix("usr/bin/") && $0.hasSuffix("gcc") })
    }
}
