MKOSI_EXPORT const struct mkosi_plugin *mkosi_plugin_v1(void)
{
    static const struct mkosi_plugin plugin = {
        .struct_size = sizeof plugin,
        .hook_size = sizeof hooks[0],
        .protocol_min = MKOSI_PROTOCOL_VERSION,
        .protocol_max = MKOSI_PROTOCOL_VERSION,
        .interface_min = MKOSI_INTERFACE_VERSION,
        .interface_max = MKOSI_INTERFACE_VERSION,
        .name = "@NAME@",
        .version = "0.1",
        .hooks = hooks,
        .hook_count = sizeof hooks / sizeof hooks[0],
    };
    return &plugin;
}
