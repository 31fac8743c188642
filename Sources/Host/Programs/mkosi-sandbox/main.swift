internal import Glibc
internal import Sandbox

exit(Program.run())
