import FetchEngine
import Glibc

exit(FetchCommand.run())
