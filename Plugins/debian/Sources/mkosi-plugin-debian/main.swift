import DebianPlugin
import PluginKit

PluginMain.run(distribution: DebianPlugin(), commands: DebianPlugin.tools)
