import Execution
import Foundation
import Support
import System
import TestSupport
import Testing

@Suite("History=")
struct HistoryTests {
    private static let path = ".mkosi-private/history/latest.json"

    @Test("later verbs use the options of the last build")
    func reuse() throws {
        let project = try NothingProject(settings: "[Build]\nHistory=yes\n")
        let program = project.program
        #expect(try program.mkosi("--hostname=built", "--machine=one", "--force").status == .exited(0))
        let later = try program.mkosi("summary", "--machine=two")
        #expect(later.output.contains("Hostname: built\n"))
        // Settings of the runtime are no part of a build.
        #expect(later.output.contains("Machine: two\n"))
        #expect(!later.errors.contains("Ignoring"))
    }

    @Test("other options are ignored with a warning, unless -f asks for them")
    func ignored() throws {
        let program = try NothingProject(settings: "[Build]\nHistory=yes\n").program
        #expect(try program.mkosi("--hostname=built", "--force").status == .exited(0))
        let other = try program.mkosi("summary", "--hostname=other")
        #expect(other.output.contains("Hostname: built\n"))
        #expect(other.errors.contains("Ignoring --hostname"))
        #expect(try program.mkosi("-f", "summary", "--hostname=other").output.contains("Hostname: other\n"))
        #expect(try program.mkosi("-C", "", "summary", "--hostname=other").output.contains("Hostname: other\n"))
    }

    @Test("the next build replaces it, and removes it if nothing is to be kept")
    func next() throws {
        let program = try NothingProject(["mkosi.build": "#!/bin/sh\n"], settings: "[Build]\nIncremental=yes\n").program
        #expect(try program.mkosi("--hostname=one", "--history=yes", "--force").status == .exited(0))
        #expect(try program.read(Self.path).contains("\"one\""))
        #expect(try program.mkosi("--hostname=two", "--history=yes", "--force").status == .exited(0))
        #expect(try !program.read(Self.path).contains("\"one\""))
        #expect(try program.mkosi("--hostname=three", "-R", "--force").status == .exited(0))
        #expect(try program.read(Self.path).contains("\"two\""))
        #expect(try program.mkosi("--force").status == .exited(0))
        #expect(throws: SystemCallError.self) { try program.read(Self.path) }
    }

    @Test("a file that makes no sense is named")
    func broken() throws {
        let program = try NothingProject([Self.path: "nonsense"]).program
        let result = try program.mkosi("summary")
        #expect(result.status == .exited(1))
        #expect(result.errors.contains("latest.json cannot be read"))
    }
}
