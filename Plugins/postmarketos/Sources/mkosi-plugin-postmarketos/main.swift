import PluginKit
import PostmarketosPlugin

PluginMain.run(distribution: PostmarketosPlugin(), commands: PostmarketosPlugin.tools)
