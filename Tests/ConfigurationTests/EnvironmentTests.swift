import ByteKeys
import Support
import Testing

@testable import Configuration

@Suite("Environment variables")
struct EnvironmentTests {
    @Test("mkosi.env, then the files, then Environment=")
    func order() throws {
        let project = try Project([
            "mkosi.conf": "[Build]\nEnvironmentFiles=more.env,last.env\nEnvironment=D=setting GREETING\n",
            "mkosi.env": "A=first\nB=first\nC=first\nD=first\n",
            "more.env":
                "# comment\n; another\n\n B = more \nC=more\nQUOTED=\"two words\"\nSINGLE='x=y'\nHOME\nUNKNOWN\n",
            "last.env": "C=last\nEMPTY=\n",
        ])
        let image = try project.load()
        #expect(
            image.environment == [
                "A": "first", "B": "more", "C": "last", "D": "setting", "QUOTED": "two words", "SINGLE": "x=y",
                "HOME": "/home/me", "EMPTY": "", "GREETING": "hello world",
            ]
        )
        #expect(image[.environment] == ["D": "setting", "GREETING": "hello world"])
    }

    @Test("a file that is not there, or makes no sense, is named with its place")
    func broken() throws {
        let project = try Project(["mkosi.conf": "[Build]\nEnvironmentFiles=none.env\n"])
        let path = project.directory
        #expect(
            project.failure()?.message
                == "\(path)/mkosi.conf:2:1: EnvironmentFiles= names \(path)/none.env, which cannot be read"
        )
        try project.write("none.env", "A=1\nB C\n")
        #expect(project.failure()?.message == "\(path)/none.env:2: this line is neither NAME=VALUE nor NAME")
        try project.write("none.env", "=1\n")
        #expect(project.failure()?.message.hasPrefix("\(path)/none.env:1: ") == true)
    }

    @Test("the time of all files comes from the setting, Environment=, the files or the caller, in this order")
    func sourceDateEpoch() throws {
        let project = try Project()
        project.host.environment["SOURCE_DATE_EPOCH"] = "1"
        #expect(try project.load()[.sourceDateEpoch] == 1)
        try project.write("mkosi.env", "SOURCE_DATE_EPOCH=2\n")
        #expect(try project.load()[.sourceDateEpoch] == 2)
        #expect(try project.load(("Environment", "SOURCE_DATE_EPOCH=3"))[.sourceDateEpoch] == 3)
        #expect(
            try project.load(("Environment", "SOURCE_DATE_EPOCH=3"), ("SourceDateEpoch", "4"))[.sourceDateEpoch] == 4
        )
    }

    @Test("PassEnvironment= hands variables to subimages, over their own")
    func pass() throws {
        let project = try Project([
            "mkosi.conf": "[Config]\nPassEnvironment=A C UNSET\n[Build]\nEnvironment=A=main B=main\n",
            "mkosi.env": "C=file\n",
            "mkosi.images/a.conf": "[Match]\nEnvironment=A=main\n[Build]\nEnvironment=A=own X=own\n",
        ])
        let image = try project.load(image: "a")
        #expect(image.environment == ["A": "main", "C": "file", "X": "own"])
        #expect(try project.load().environment == ["A": "main", "B": "main", "C": "file"])
        try project.write("mkosi.images/a.conf", "")
        #expect(try project.load(image: "a", ("PassEnvironment", ""))[.environment] == [:])
    }
}
