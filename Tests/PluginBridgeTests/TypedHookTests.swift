import ByteKeys
import JSON
import PluginWire
import TestSupport
import Testing

@Suite struct TypedHookTests {
    private func bridge() throws -> BridgeProcess {
        let bridge = try BridgeProcess(FixtureLibrary("typed"))
        #expect(try bridge.initialize().error == nil)
        return bridge
    }

    /// What the hook `every` takes, complete.
    private let everything: JSON = [
        "n": 9_007_199_254_740_993, "flags": ["on": true], "context": ["release": "größer"], "no": .null,
        "packages": [["path": "/a", "source": "x"], ["path": "/b"], ["path": "/ç"]],
    ]

    @Test func everyTypeArrives() throws {
        let result = try bridge().result("every", everything)
        #expect(
            result == [
                "integer": 9_007_199_254_740_994, "boolean": false, "string": "größer", "list": ["/a", "/b", "/ç"],
                "data": ["text": "größer", "size": 8], "absent": true, "sparse": ["x", "", ""],
            ]
        )
    }

    @Test func emptyListsArrive() throws {
        guard case .object(var params) = everything else { return }
        params["packages"] = []
        let result = try bridge().result("every", .object(params))
        #expect(result["list"] == [])
        #expect(result["sparse"] == nil)
    }

    @Test func objectsArriveAsJSON() throws {
        let params: JSON = ["context": ["a": [1, .number(2.5), .null, "x/y"]]]
        let result = try bridge().result("objects", params)
        #expect(result["object"] == params["context"])
        #expect(result["size"]?.integer == (try JSONText.encode(params).count))
    }

    @Test func argumentsBeyondTheRegistersArrive() throws {
        let params: JSON = ["v": [1, -2, 4, 8, 16, 32, -9_000_000_000], "on": true, "s": "last one"]
        #expect(try bridge().result("many", params) == ["sum": -8_999_999_939, "last": "last one"])
    }

    @Test(
        arguments: [
            ("context", [:], "\"context.release\" is missing"),
            ("context", ["release": .null], "\"context.release\" is missing"),
            ("context", ["release": 12], "\"context.release\" must be a string, but the request has a number"),
            ("context", ["release": "a\u{0}b"], "\"context.release\" contains a NUL character"),
            ("n", "many", "\"n\" must be an integer, but the request has a string"),
            ("n", .number(1.5), "\"n\" must be an integer, but the request has a number"),
            ("flags", ["on": 1], "\"flags.on\" must be a boolean, but the request has a number"),
            ("packages", "x", "\"packages[].path\" must be a list, but the request has a string"),
            ("packages", [["path": "/a"], [:]], "\"packages[].path\" is missing in element 1 of the list"),
            ("packages", [["path": ["/a"]]], "\"packages[].path\" must be a string, but the request has a list"),
            ("no", 5, "\"no\" must be a boolean, but the request has a number"),
            ("no", ["no": 5], "\"no\" must be an integer, but the request has an object"),
        ] as [(String, JSON, String)]
    )
    func aWrongParameterIsNamed(field: String, value: JSON, part: String) throws {
        guard case .object(var params) = everything else { return }
        params[field] = value
        let bridge = try bridge()
        let error = try bridge.error("every", .object(params))
        #expect(error.code == ErrorObject.Code.invalidParameters.rawValue)
        #expect(error.message.contains(part))
        #expect(error.message.hasPrefix("the hook every cannot be called: "))
        // The plugin lives on.
        #expect(try bridge.result("every", everything)["boolean"] == false)
    }

    @Test func resultsAreBuiltByPath() throws {
        #expect(
            try bridge().result("paths") == [
                "packages": [
                    ["name": "one", "urls": ["file:1", "file:2"], "size": 5], ["name": "zwei", "urls": []],
                ],
                "indexes": [], "architectures": ["x86-64": .null],
            ]
        )
    }

    @Test func aWrongResultPathFailsTheRequest() throws {
        let error = try bridge().error("wrongPath")
        #expect(error.code == ErrorObject.Code.invalidParameters.rawValue)
        #expect(error.message.contains("\"packages.name\" does not fit what was set before"))
    }

    @Test func failuresCarryTheirSentence() throws {
        let bridge = try bridge()
        #expect(
            try bridge.error("fail")
                == ErrorObject(code: .notFound, message: "There is no such package", hint: "Look at the list")
        )
        #expect(
            try bridge.error("failAndReturnZero") == ErrorObject(code: .untrusted, message: "The signature is wrong")
        )
        let silent = try bridge.error("failSilently")
        #expect(silent.code == 77)
        #expect(silent.message == "the hook failSilently failed with code 77 and did not say why")
    }
}
