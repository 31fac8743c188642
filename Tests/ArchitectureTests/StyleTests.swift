import Support
import System
import TestSupport
import Testing

/// What a machine can check of the style.
@Suite struct StyleTests {
    private static let swiftDirectories = ["Sources", "Plugins", "Tests", "Examples", "Package.swift"]

    @Test func noFileIsTooLong() throws {
        for file in try Checkout.files(in: Self.swiftDirectories, suffixes: [".swift"]) {
            #expect(file.lines.count <= 400, "\(file) has \(file.lines.count) lines")
        }
    }

    @Test func nothingInTheProductsTrapsOnPurpose() throws {
        let words = ["try!", "as!", "fatalError(", "preconditionFailure(", "unsafelyUnwrapped"]
        let pattern = #/\btry!|\bas!|\bfatalError\(|\bpreconditionFailure\(|\bunsafelyUnwrapped\b/#
        for file in try Checkout.files(in: ["Sources", "Plugins", "Examples"], suffixes: [".swift"]) {
            for (number, line) in file.lines(with: words) {
                #expect(line.firstMatch(of: pattern) == nil, "\(file):\(number): \(line)")
            }
        }
    }

    @Test func nothingPointsToOneMachine() throws {
        // Where this checkout and its compiler are; a name right below the root may as well be one in an image.
        let compiler = Paths.findProgram("swift").flatMap { Paths.resolved($0) }.flatMap { Paths.parent($0) }
        let words = [Stage.packageRoot, compiler ?? "/usr/bin"]
            .filter { Paths.components($0).count > 1 && !$0.hasPrefix("/usr/") }
        let files =
            try Checkout.files(
                in: ["Sources", "Plugins", "Tests", "Examples", "Scripts", "Benchmarks", "Documentation", ".ci"],
                suffixes: [".swift", ".c", ".h", ".md", ".sh", ".py", ".awk", ".json", ".conf", ".modulemap", "run"]
            )
            + Checkout.files(
                in: ["Package.swift", "Makefile", "README.md", "CHANGELOG.md"],
                suffixes: ["Package.swift", "Makefile", ".md"]
            )
        for file in files {
            for (number, line) in file.lines(with: words) {
                for word in words {
                    guard let found = line.firstRange(of: word) else { continue }
                    // In the middle of a longer path the word is part of another directory's name.
                    let isInside =
                        line[..<found.lowerBound].last.map { $0.isLetter || $0.isNumber || $0 == "}" } ?? false
                    #expect(isInside, "\(file):\(number): \(line)")
                }
            }
        }
    }

    /// What is skipped is reported with it: see Scripts/run-tests.sh.
    @Test func everyConditionOfATestHasAReason() throws {
        for file in try Checkout.files(in: ["Tests"], suffixes: [".swift"]) {
            for (number, line) in file.lines(with: [".enabled(if:", ".disabled("]) {
                #expect(line.contains("\""), "\(file):\(number): \(line)")
            }
        }
    }

    @Test func everyEmptyFileIsGone() throws {
        for file in try Checkout.files(in: ["Sources", "Plugins"], suffixes: [".swift"]) {
            #expect(Paths.name(file.path) != "Empty.swift", "\(file)")
        }
    }

    @Test func theCFilesCompileWithoutAWarning() throws {
        let flags = ["-fsyntax-only", "-std=gnu17", "-Wall", "-Wextra", "-Werror"]
        let directories = try Set(
            Checkout.files(in: ["Sources", "Tests"], suffixes: [".h"]).compactMap { Paths.parent($0.path) }
        )
        let includes = directories.sorted().flatMap { ["-I", $0] }
        let files = try Checkout.files(in: ["Sources", "Examples"], suffixes: [".c", ".h"])
        #expect(files.count > 5)
        // Templates become C only when their gaps are filled; the tests of `mkosi plugin new` compile the results.
        for file in files where !file.path.contains("/templates/") {
            let result = try run(
                ["gcc"] + flags + (file.path.hasSuffix(".h") ? ["-D_GNU_SOURCE"] : []) + includes + [
                    "-x", "c", file.path,
                ],
                in: Stage.packageRoot
            )
            let lines = result.errorLines.filter { !$0.contains("#pragma once in main file") }
            #expect(!lines.contains { $0.contains("warning:") || $0.contains("error:") }, "\(result)")
        }
    }

    @Test func theHeaderOfThePluginContractIsAlsoCPlusPlus() throws {
        let swift = try #require(Paths.findProgram("swift").flatMap { Paths.resolved($0) })
        let clang = Paths.join(Paths.parent(swift) ?? "", "clang")
        let result = try run(
            [clang, "-x", "c++", "-std=c++11", "-fsyntax-only", "-Wall", "-Wextra", "-Werror", "-"]
                + ["-I", "Sources/PluginABI/CPluginABI/include"],
            in: Stage.packageRoot,
            input: "#include <mkosi_plugin.h>\nint main() { return 0; }\n"
        )
        #expect(result.succeeded, "\(result)")
    }

    @Test func theShellScriptsParse() throws {
        for file in try Checkout.files(in: ["Scripts", "Benchmarks", ".ci"], suffixes: [".sh", "run"]) {
            let shell = file.text.hasPrefix("#!/bin/bash") ? "bash" : "sh"
            let result = try run([shell, "-n", file.path], in: Stage.packageRoot)
            #expect(result.succeeded, "\(result)")
        }
    }
}
