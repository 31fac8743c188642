import Glibc
import SigningEngine

exit(SigningCommand.run())
