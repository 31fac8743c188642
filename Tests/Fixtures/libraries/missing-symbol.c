// Exports something, but not the symbol that the host looks for.
int mkosi_plugin_v0(void);
int mkosi_plugin_v0(void) { return 0; }
