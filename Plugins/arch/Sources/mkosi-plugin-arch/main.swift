import ArchPlugin
import PluginKit

PluginMain.run(distribution: ArchPlugin(), commands: ArchPlugin.tools)
