using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;

namespace Distillation.Keras.Saving;

/// <summary>
/// Writes objects as Keras 3 does, <c>{"module", "class_name", "config", "registered_name"}</c>, and makes them again.
/// Code is never run from a configuration: unknown classes are refused by name.
/// </summary>
/// <remarks>Source: <c>keras/src/saving/serialization_lib.py</c>.</remarks>
public static class KerasSerializer
{
    [ThreadStatic]
    private static bool _leavesCompileOut;

    /// <summary>The object in Keras 3's form; a model with what it was compiled with.</summary>
    /// <exception cref="NotSupportedException">It holds a delegate, which no configuration can hold.</exception>
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
        if (value is IBuildable { BuildConfig: JsonObject build })
        {
            node["build_config"] = build;
        }

        if (value is ICompilable compilable)
        {
            node["compile_config"] = CompileConfigOf(compilable);
        }

        SharedObjects.Wrote(value, node);
        return node;
    }

    /// <summary>Makes an object from Keras 3's form.</summary>
    /// <typeparam name="T">What is expected: <c>Layer</c>, <c>Loss</c>, <c>Optimizer</c>, ...</typeparam>
    /// <param name="node">The serialised object.</param>
    /// <exception cref="NotSupportedException">The class is not known; the message names it.</exception>
    /// <exception cref="ArgumentException">
    /// The configuration has an unknown or missing key, or a value that does not fit; the message names it.
    /// </exception>
    /// <exception cref="InsufficientMemoryException">It is a model, and there is no memory for a weight.</exception>
    public static T Deserialize<T>(JsonNode node)
        where T : KerasObject
    {
        RefuseUnreadable(node);
        return Deserialize(node, typeof(T)) is var made && made is T asked
            ? asked
            : throw new ArgumentException(
                $"A {typeof(T).Name} was asked for, but the configuration is that of a {made.GetType().Name}.",
                nameof(node)
            );
    }

    /// <summary>What the <c>Deserialize</c> of a class does: from Keras 3's form of an object, or from a name.</summary>
    /// <typeparam name="T">What is expected.</typeparam>
    /// <param name="node">The form, or the name.</param>
    /// <param name="customObjects">What the caller gives for names in it.</param>
    /// <param name="get">From a name.</param>
    /// <param name="parameter">The name of the public parameter.</param>
    internal static T Read<T>(
        JsonNode node,
        IReadOnlyDictionary<string, Func<JsonObject, object>>? customObjects,
        Func<string, T?> get,
        [CallerArgumentExpression(nameof(node))] string? parameter = null
    )
        where T : class
    {
        ArgumentNullException.ThrowIfNull(node, parameter);
        using IDisposable known = CustomObjects.Known(customObjects);
        return CustomObjects.Named(node, typeof(T)) is T custom ? custom
            : node is JsonValue value && value.TryGetValue(out string? name) ? get(name)!
            : (T)ConfigReader.Convert(node, typeof(T), $"{typeof(T).Name}.Deserialize")!;
    }

    /// <summary>
    /// Makes a class of your own known, so that configurations may name it: by its name, and by the strings of its
    /// <see cref="IdentifiersAttribute"/> (without it, its name in snake_case).
    /// </summary>
    /// <typeparam name="T">The class. Making the same one known again does nothing.</typeparam>
    /// <param name="replace">
    /// Whether it takes the place of other classes of your own that have one of its names, which are forgotten under all of theirs: the
    /// class compiled again, in an interactive session.
    /// </param>
    /// <exception cref="ArgumentException">
    /// It is abstract, or it is not said which constructor its configuration is (<see cref="ConfigConstructorAttribute"/>); or one of its
    /// names is that of a class of the library, in any case of letters, or, without <paramref name="replace"/>, that of another class.
    /// Nothing has changed then.
    /// </exception>
    /// <remarks>Thread-safe.</remarks>
    public static void Register<T>(bool replace = false)
        where T : KerasObject => KerasClasses.Register(typeof(T), replace);

    /// <summary>Whether there is a class of that name.</summary>
    /// <typeparam name="T">Its kind: <c>Layer</c>, <c>Loss</c>, <c>Optimizer</c>, ...</typeparam>
    /// <param name="className">Keras' name, such as <c>Dense</c>.</param>
    public static bool Knows<T>(string className)
        where T : KerasObject => KerasClasses.Contains(className, typeof(T));

    /// <summary>Says, until it is disposed, whether models on this thread are written and read with what they were compiled with.</summary>
    internal static IDisposable Compiling(bool compile)
    {
        var scope = new CompileScope(_leavesCompileOut);
        _leavesCompileOut = !compile;
        return scope;
    }

    private static JsonObject CompileConfigOf(ICompilable model)
    {
        if (_leavesCompileOut)
        {
            return [];
        }

        try
        {
            return model.GetCompileConfig() ?? [];
        }
        catch (NotSupportedException e)
        {
            throw new NotSupportedException(
                $"What the model '{model.Name}' was compiled with cannot be written: {e.Message} To write the architecture alone, use "
                    + "ToJson(compile: false).",
                e
            );
        }
    }

    // Keras compiles what it reads, models within models too.
    private static object Compiled(object made, JsonObject node)
    {
        if (made is ICompilable model && !_leavesCompileOut && node["compile_config"] is JsonNode compile)
        {
            JsonObject config =
                compile as JsonObject
                ?? throw new ArgumentException(
                    $"The compile_config of the model '{model.Name}' is an object, but found: {Shorten(compile)}"
                );
            if (config.Count > 0)
            {
                model.CompileFromConfig(config);
            }
        }

        return made;
    }

    internal static object Deserialize(JsonNode node, Type expected)
    {
        if (node is not JsonObject o || o["class_name"] is not JsonValue nameNode || !nameNode.TryGetValue(out string? className))
        {
            throw new ArgumentException(
                $"A serialised {expected.Name} is an object with \"class_name\" and \"config\", but found: {Shorten(node)}"
            );
        }

        if (SharedObjects.Made(o, expected) is { } shared)
        {
            return shared;
        }

        object made = Make(o, className, expected);
        SharedObjects.Read(made, o);
        return made;
    }

    private static object Make(JsonObject o, string className, Type expected)
    {
        object? custom =
            CustomObjects.Make((o["registered_name"] as JsonValue)?.ToString(), o["config"] as JsonObject ?? [], expected)
            ?? CustomObjects.Make(className, o["config"] as JsonObject ?? [], expected);
        if (custom is not null)
        {
            return Compiled(custom, o);
        }

        Type type = KerasClasses.Find(className, expected);
        RefuseForeign(type, className, o["module"]);
        if (o["config"] is not JsonObject config)
        {
            throw new ArgumentException($"The serialised {className} has no \"config\" object.");
        }

        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw new ArgumentException($"The {className} in the configuration is nested too deep to be read.");
        }

        return Compiled(ConfigReader.Create(type, className, config), o);
    }

    // A class of somebody else's may have the name of one of Keras' own.
    private static void RefuseForeign(Type type, string className, JsonNode? module)
    {
        if (type.Assembly.GetName().Name is "Distillation.Keras.Engine" or "Distillation.Keras")
        {
            RefuseForeign($"a class '{className}'", module);
        }
    }

    /// <summary>Refuses what is of a module that is not Keras' own, whatever its name.</summary>
    /// <exception cref="NotSupportedException">It is.</exception>
    internal static void RefuseForeign(string what, JsonNode? module)
    {
        if (
            module is JsonValue value
            && value.TryGetValue(out string? name)
            && name.Split('.')[0] is not ("keras" or "tf_keras" or "tensorflow" or "builtins" or "Custom" or "distillation_keras")
        )
        {
            throw new NotSupportedException(
                $"The configuration has {what} of the Python module '{name}', which is not Keras' own. Nothing of a module is ever run; a "
                    + "class of your own is made known with KerasSerializer.Register<T>(), or given as a custom object."
            );
        }
    }

    internal static string Shorten(JsonNode? node)
    {
        string text = node?.ToJsonString() ?? "null";
        return text.Length <= 120 ? text : text[..117] + "...";
    }

    /// <summary>
    /// Refuses JSON with keys that are there twice, or with halves of surrogate pairs: it is read only when it is looked at, and then every
    /// look throws.
    /// </summary>
    internal static void RefuseUnreadable(JsonNode? node)
    {
        try
        {
            Visit(node);
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or InsufficientExecutionStackException)
        {
            throw new ArgumentException($"The configuration is no text that can be read: {e.Message}", e);
        }

        static void Visit(JsonNode? node)
        {
            RuntimeHelpers.EnsureSufficientExecutionStack();
            switch (node)
            {
                case JsonObject o:
                    foreach ((string _, JsonNode? value) in o)
                    {
                        Visit(value);
                    }

                    break;
                case JsonArray array:
                    foreach (JsonNode? item in array)
                    {
                        Visit(item);
                    }

                    break;
                case JsonValue value:
                    value.TryGetValue(out string? _);
                    break;
            }
        }
    }

    private sealed class CompileScope(bool before) : IDisposable
    {
        public void Dispose() => _leavesCompileOut = before;
    }
}
