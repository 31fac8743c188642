import ArchivePlugin
import PluginKit

PluginMain.run(format: ArchiveFormat(), commands: [PackCommand.name: PackCommand.run])
