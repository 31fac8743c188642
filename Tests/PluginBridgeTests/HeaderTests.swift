import JSON
import PluginWire
import TestSupport
import Testing

@Suite struct HeaderTests {
    @Test(arguments: [("c", "c99"), ("c", "c11"), ("c++", "c++11"), ("c++", "c++20")])
    func itIsCompleteAndCleanInBothLanguages(language: String, standard: String) throws {
        let directory = try TemporaryDirectory()
        let source = try directory.write(
            """
            #include "mkosi_plugin.h"
            #include "mkosi_plugin.h"
            static int32_t hook(const struct mkosi_host *host, const char *root) {
                return MKOSI_HAS(host, struct mkosi_host, set_json) ? host->set_string("root", root) : MKOSI_OK;
            }
            static const struct mkosi_hook hooks[] = {MKOSI_HOOK("x", "h, s:root -> status", hook)};
            static const struct mkosi_plugin plugin = {
                sizeof(struct mkosi_plugin), sizeof(struct mkosi_hook), MKOSI_PROTOCOL_VERSION, MKOSI_PROTOCOL_VERSION,
                MKOSI_INTERFACE_VERSION, MKOSI_INTERFACE_VERSION, "name", "1", hooks, 1, NULL};
            const struct mkosi_plugin *mkosi_plugin_v1(void) { return &plugin; }
            """,
            to: "plugin.source"
        )
        let log = directory.path + "/log"
        let library = directory.path + "/plugin.so"
        let compiled = try Program.run(
            [
                "cc", "-x", language, "-std=\(standard)", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-shared",
                "-fPIC", "-fvisibility=hidden", "-I", Project.header, source, "-o", library,
            ],
            log: log
        )
        #expect(compiled == .exited(0), "\(Program.text(log))")

        let bridge = try BridgeProcess(library, keeping: directory)
        #expect(try bridge.initialize().error == nil)
        #expect(try bridge.result("x", ["root": "/r"]) == ["root": "/r"])
    }
}
