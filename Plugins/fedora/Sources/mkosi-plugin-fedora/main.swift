import FedoraPlugin
import PluginKit

PluginMain.run(distribution: FedoraPlugin(), commands: FedoraPlugin.tools)
