import DirectoryPlugin
import PluginKit

PluginMain.run(format: DirectoryFormat(), commands: [MoveCommand.name: MoveCommand.run])
