import PluginKit
import TinyDistribution

PluginMain.run(distribution: TinyDistribution())
