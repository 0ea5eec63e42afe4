using System.Text.Json.Nodes;
using Distillation.Keras.Layers;

namespace Distillation.Keras.Saving;

/// <summary>
/// Writes objects as Keras 3 does, <c>{"module", "class_name", "config", "registered_name"}</c>, and makes them again.
/// Code is never run from a configuration: unknown classes are refused by name.
/// </summary>
/// <remarks>Source: <c>keras/src/saving/serialization_lib.py</c>.</remarks>
public static class KerasSerializer
{
    /// <summary>The object in Keras 3's form.</summary>
    public static JsonObject Serialize(KerasObject value)
    {
        ArgumentNullException.ThrowIfNull(value);
        var node = new JsonObject
        {
            ["module"] = value.Module,
            ["class_name"] = value.ClassName,
            ["config"] = value.GetConfig(),
            ["registered_name"] = value.RegisteredName,
        };
        if (value is Layer { BuildConfig: JsonObject build })
        {
            node["build_config"] = build;
        }

        if (value is Model model)
        {
            node["compile_config"] = CompileConfigOf(model);
        }

        return node;
    }

    /// <summary>Makes an object from Keras 3's form.</summary>
    /// <typeparam name="T">What is expected: <c>Layer</c>, <c>Loss</c>, <c>Optimizer</c>, ...</typeparam>
    /// <param name="node">The serialised object.</param>
    /// <exception cref="NotSupportedException">The class is not known; the message names it.</exception>
    /// <exception cref="ArgumentException">The configuration has an unknown or missing key, or a value that does not fit; the message names it.</exception>
    public static T Deserialize<T>(JsonNode node)
        where T : KerasObject => (T)Deserialize(node, typeof(T));

    /// <summary>Makes a class of your own known, so that configurations may name it.</summary>
    public static void Register<T>()
        where T : KerasObject => KerasClasses.Register(typeof(T));

    /// <summary>Whether there is a class of that name.</summary>
    /// <typeparam name="T">Its kind: <c>Layer</c>, <c>Loss</c>, <c>Optimizer</c>, ...</typeparam>
    /// <param name="className">Keras' name, such as <c>Dense</c>.</param>
    public static bool Knows<T>(string className)
        where T : KerasObject => KerasClasses.Contains(className, typeof(T));

    // A configuration describes the architecture: a loss or metric that is a delegate must not stand in its way.
    private static JsonObject CompileConfigOf(Model model)
    {
        try
        {
            return model.GetCompileConfig() ?? [];
        }
        catch (NotSupportedException)
        {
            return [];
        }
    }

    internal static object Deserialize(JsonNode node, Type expected)
    {
        if (node is not JsonObject o || o["class_name"] is not JsonValue nameNode || !nameNode.TryGetValue(out string? className))
        {
            throw new ArgumentException($"A serialised {expected.Name} is an object with \"class_name\" and \"config\", but found: {Shorten(node)}");
        }

        Type type = KerasClasses.Find(className, expected);
        if (o["config"] is not JsonObject config)
        {
            throw new ArgumentException($"The serialised {className} has no \"config\" object.");
        }

        return ConfigReader.Create(type, className, config, o);
    }

    internal static string Shorten(JsonNode? node)
    {
        string text = node?.ToJsonString() ?? "null";
        return text.Length <= 120 ? text : text[..117] + "...";
    }
}
