import Glibc
import PluginBridge
import System

// mkosi-plugin-bridge LIBRARY: implements the protocol of executable plugins for a plugin that is a shared object.

guard CommandLine.arguments.count == 2 else {
    print("Usage: mkosi-plugin-bridge LIBRARY")
    exit(2)
}
guard let streams = StandardStreams.claim() else {
    perror("mkosi-plugin-bridge: the standard streams cannot be moved")
    exit(1)
}
let bridge = Bridge(library: CommandLine.arguments[1], input: streams.input, output: streams.output)
// Not exit: threads of the library may still use what its destructors would destroy.
_exit(bridge.run())
