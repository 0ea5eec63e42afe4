using System.Text.Json.Nodes;

namespace Distillation.Keras.Layers;

/// <summary>Puts the keys of a configuration in Keras' order where that is not the order of the arguments.</summary>
internal static class ConfigKeys
{
    /// <summary>A configuration with a key right behind another one.</summary>
    public static JsonObject Moved(JsonObject config, string key, string behind) =>
        Ordered(config, [.. config.Select(p => p.Key).TakeWhile(k => k != behind).Where(k => k != key), behind, key]);

    /// <summary>A configuration that begins with certain keys; the others follow as they were.</summary>
    public static JsonObject Ordered(JsonObject config, IReadOnlyList<string> first)
    {
        var made = new JsonObject();
        foreach (string key in first.Where(config.ContainsKey).Concat(config.Select(p => p.Key).Except(first)))
        {
            made[key] = config[key]?.DeepClone();
        }

        return made;
    }
}
