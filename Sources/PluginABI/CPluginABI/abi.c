#include "mkosi_plugin.h"
