import Glibc
import HostCommandLine

exit(HostProgram.run(Array(CommandLine.arguments.dropFirst())))
