import JSON
import PluginWire
import TestSupport
import Testing

@Suite struct JSONHookTests {
    private func bridge() throws -> BridgeProcess {
        let bridge = try BridgeProcess(FixtureLibrary("json"))
        #expect(
            try bridge.initialize().result
                == ["protocol": 1, "interface": 1, "plugin": ["name": "json", "version": "2.0"]]
        )
        return bridge
    }

    @Test func bytesGoInAndOutAndBack() throws {
        let bridge = try bridge()
        let params: JSON = ["text": "é\n\"/", "list": [1, .number(-2.5), .null, true]]
        #expect(try bridge.result("one", params) == ["method": "one", "released": 0, "params": params])
        #expect(try bridge.result("two", [:]) == ["method": "two", "released": 1, "params": [:]])
    }

    @Test func anErrorObjectIsPassedOn() throws {
        #expect(
            try bridge().error("refuse")
                == ErrorObject(code: .untrusted, message: "Nobody signed it", hint: "Sign it")
        )
    }

    @Test func noAnswerIsAnEmptyObject() throws {
        #expect(try bridge().result("silent") == [:])
    }

    @Test func anAnswerThatNoLineHoldsIsAnError() throws {
        let bridge = try bridge()
        #expect(try bridge.error("large").message == "the plugin's answer to large is longer than 16 MiB")
        #expect(try bridge.result("silent") == [:])
    }
}
