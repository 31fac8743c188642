import JSON
import PluginWire
import TestSupport
import Testing

@Suite struct HostServiceTests {
    private func bridge() throws -> BridgeProcess {
        let bridge = try BridgeProcess(FixtureLibrary("services"))
        #expect(try bridge.initialize().error == nil)
        return bridge
    }

    @Test func runCarriesEveryOption() throws {
        let bridge = try bridge()
        bridge.serve = { method, params in
            #expect(method == "host/run")
            #expect(
                params == [
                    "arguments": ["tool", "--flag"], "environment": ["A": "1", "B": "x=y"],
                    "workingDirectory": "/work", "root": "/root", "apiMounts": "/api", "input": "typed in",
                    "label": "Working", "network": "host", "capture": true, "success": [0, 3],
                    "mounts": [
                        ["kind": "bind", "source": "/from", "target": "/to", "writable": true, "optional": true],
                        [
                            "kind": "overlay", "target": "/over", "lower": ["/one", "/two"], "upper": "/upper",
                            "work": "/work",
                        ],
                    ],
                ]
            )
            return ["status": 3, "output": "süß"]
        }
        #expect(try bridge.result("run") == ["status": 3, "output": "süß", "size": 5])
    }

    @Test func anErrorOfTheHostComesBackWhole() throws {
        let bridge = try bridge()
        let error = ErrorObject(code: .commandFailed, message: "tool failed with status 1", hint: "a", output: "b")
        bridge.serve = { _, params in
            #expect(params == ["arguments": ["tool"]])
            throw error
        }
        #expect(try bridge.error("runPlainly") == error)
        #expect(
            bridge.notifications.map(\.params) == [["level": "warning", "message": "tool failed with status 1"]]
        )
    }

    @Test func acceptedStatusesNeedNoOutput() throws {
        let bridge = try bridge()
        bridge.serve = { _, _ in ["status": 0] }
        #expect(try bridge.result("runPlainly") == [:])
    }

    @Test func anAnswerOfTheHostThatCannotBeReadIsAnError() throws {
        let bridge = try bridge()
        bridge.serve = { _, _ in ["status": "many"] }
        #expect(try bridge.error("runPlainly").message == "the host's answer to host/run cannot be read")
    }

    @Test func wrongArgumentsDoNotReachTheHost() throws {
        #expect(try bridge().result("runNothing") == ["noName": -32602, "noSize": -32602])
    }

    @Test func fetchPassesAddressesPathAndDigest() throws {
        let bridge = try bridge()
        bridge.serve = { method, params in
            #expect(method == "host/fetch")
            #expect(
                params == [
                    "urls": ["https://one.example/a", "https://two.example/a"], "path": "/cache/a", "sha256": "00ff",
                ]
            )
            return [:]
        }
        #expect(try bridge.result("fetch") == [:])
    }

    @Test func settingsOfAnyKindAreText() throws {
        let bridge = try bridge()
        bridge.serve = { _, params in
            switch params["name"] {
            case "Text": ["value": "a text"]
            case "List": ["value": ["a", 1]]
            default: ["value": .null]
            }
        }
        #expect(try bridge.result("settings") == ["text": "a text", "list": "[\"a\",1]", "unset": true])
    }

    @Test func anyRequestCanBeSentAsJSON() throws {
        let bridge = try bridge()
        bridge.serve = { method, params in ["method": .string(method), "params": params] }
        #expect(
            try bridge.result("call") == ["answer": ["method": "host/setting", "params": ["name": "Text"]]]
        )
    }

    @Test func logAndProgressAreNotifications() throws {
        let bridge = try bridge()
        let result = try bridge.result("talk")
        #expect(result["protocol"] == 1)
        #expect(result["interface"] == 1)
        #expect(result["knows"] == true)
        #expect(result["directory"] == "/plugins/fixture")
        let expected: [(method: String, params: JSON)] = [
            ("host/log", ["level": "debug", "message": "a"]), ("host/log", ["level": "error", "message": "b"]),
            ("host/progress", ["label": "Unpacking", "done": 3, "total": 7, "unit": "files"]),
            ("host/progress", [:]),
        ]
        #expect(bridge.notifications.map(\.kind) == expected.map { .notification(method: $0.method) })
        #expect(bridge.notifications.map(\.params) == expected.map(\.params))
    }

    @Test func cancellationReachesAHookThatLooks() throws {
        let bridge = try bridge()
        let id = try bridge.begin("waitForCancel")
        #expect(try bridge.next()?.params == ["level": "info", "message": "waiting"])
        try bridge.cancel(.number(4711))
        try bridge.cancel(id)
        #expect(try bridge.answer(to: id).error == ErrorObject(code: .cancelled, message: "the request was cancelled"))
        // The next request is not cancelled.
        bridge.serve = { _, _ in [:] }
        #expect(try bridge.result("fetch") == [:])
    }

    @Test func otherThreadsMayLookAndReportButNotAsk() throws {
        let bridge = try bridge()
        let id = try bridge.begin("threads")
        #expect(try bridge.next()?.params == ["label": "elsewhere", "done": 1, "total": 2])
        try bridge.cancel(id)
        #expect(
            try bridge.answer(to: id).result
                == ["before": false, "cancelled": true, "run": .integer(ErrorObject.Code.internalError.rawValue)]
        )
    }

    @Test func aHostThatGoesAwayCancelsWhatIsAsked() throws {
        let bridge = try bridge()
        let id = try bridge.begin("fetch")
        #expect(try bridge.next()?.kind == .request(id: .number(1), method: "host/fetch"))
        bridge.closeInput()
        let error = try #require(try bridge.answer(to: id).error)
        #expect(error.code == ErrorObject.Code.cancelled.rawValue)
        #expect(try bridge.wait() == .exited(0))
    }
}
