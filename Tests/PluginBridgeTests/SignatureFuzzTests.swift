import ByteKeys
import JSON
import PluginWire
import TestSupport
import Testing

@testable import PluginBridge

@Suite struct SignatureFuzzTests {
    @Test func randomTextIsReadOrRefused() {
        var random = Random(seed: 1)
        var accepted = 0
        for _ in 0..<20_000 {
            let text = random.text()
            do throws(Signature.Problem) {
                _ = try Signature(parsing: text)
                accepted += 1
            } catch {
                #expect((1...text.utf8.count + 1).contains(error.column))
            }
        }
        // Otherwise the generator would test only the first column.
        #expect((200..<19_000).contains(accepted))
    }

    /// The real bridge, its real calls: what the parser accepts has to be callable or an error.
    @Test(arguments: 0..<40)
    func aRandomSignatureNeverEndsTheBridge(seed: Int) throws {
        var random = Random(seed: UInt64(seed) + 100)
        let signature = seed % 4 == 0 ? random.text() : random.signature()
        let library = try FixtureLibrary("signature")
        let bridge = try BridgeProcess(library, environment: ["FIXTURE_SIGNATURE=\(signature)"])
        if try bridge.initialize().error == nil {
            for _ in 0..<50 {
                let answer = try bridge.request("distribution/inspect", random.value(depth: 0))
                #expect(answer.result == [:] || answer.error?.code == ErrorObject.Code.invalidParameters.rawValue)
            }
            #expect(try bridge.wait() == .exited(0))
        } else {
            #expect(try bridge.wait() == .exited(1))
        }
    }
}

/// A reproducible source of signatures and of requests for them.
private struct Random: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    // SplitMix64: short, and the same everywhere.
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    private mutating func pick<Element>(_ elements: [Element], _ otherwise: Element) -> Element {
        elements.randomElement(using: &self) ?? otherwise
    }

    /// Tokens of the grammar in any order, or a good signature with one change.
    mutating func text() -> String {
        let tokens = [
            "h", "i:a", "s?:b", "S:c[].d", "d:.", ",", "->", "status", "json", " ", "[", "]", "[]", "[3]", ".", ":",
            "?",
            "é", "\t", "%n", "-", "99999999999999999999", "\u{1}",
        ]
        if Bool.random(using: &self) {
            return (0..<Int.random(in: 0...8, using: &self)).map { _ in pick(tokens, "") }.joined()
        }
        var characters = Array(signature())
        let position = Int.random(in: 0..<characters.count, using: &self)
        if Bool.random(using: &self) {
            characters.remove(at: position)
        } else {
            characters.insert(contentsOf: pick(tokens, ""), at: position)
        }
        return String(characters)
    }

    mutating func signature() -> String {
        let parameters = (0..<Int.random(in: 0...15, using: &self)).map { _ in
            let kind = pick(["h", "i", "b", "s", "S", "d"], "h")
            if kind == "h" { return kind }
            let paths = kind == "S" ? ["a", "b[].a", "a[]", "b[1].c[].a"] : ["a", "b[0].c", "a.b", "c[1]", "."]
            return kind + pick(["", "?", "?"], "") + ":" + pick(paths, "a")
        }
        return parameters.joined(separator: ", ") + " -> status"
    }

    mutating func value(depth: Int) -> JSON {
        if depth == 0 || depth < 4 && Bool.random(using: &self) {
            let names = ["a", "b", "c"]
            if depth > 0, Bool.random(using: &self) {
                return .array((0..<Int.random(in: 0...3, using: &self)).map { _ in value(depth: depth + 1) })
            }
            return .object(ByteDictionary(names.map { ($0, value(depth: depth + 1)) }, uniquingKeysWith: { $1 }))
        }
        return pick([.null, true, -1, .number(2.5), "text", "", "ö", "a\u{0}b", .integer(.max)], .null)
    }
}
