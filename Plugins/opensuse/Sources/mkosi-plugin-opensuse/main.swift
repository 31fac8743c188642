import OpensusePlugin
import PluginKit

PluginMain.run(distribution: OpensusePlugin(), commands: OpensusePlugin.tools)
