using System.Reflection;
using System.Text.Json.Nodes;
using Distillation.Keras.Saving;

namespace Distillation.Keras.Conformance;

/// <summary>Tells what the library does not have (unsupported) from what it has and gets wrong (failed).</summary>
public static class Classes
{
    // Keras' module, and the base class of what it holds.
    private static readonly (string Module, string Base)[] Kinds =
    [
        ("keras.optimizers.schedules", "Optimizers.Schedules.LearningRateSchedule"),
        ("keras.optimizers", "Optimizers.Optimizer"),
        ("keras.layers", "Layers.Layer"),
        ("keras.losses", "Losses.Loss"),
        ("keras.metrics", "Metrics.Metric"),
        ("keras.initializers", "Initializers.Initializer"),
        ("keras.constraints", "Constraints.Constraint"),
        ("keras.regularizers", "Regularizers.Regularizer"),
    ];

    /// <summary>Checks that there are all the classes that a configuration names, however deep inside it.</summary>
    /// <exception cref="UnsupportedException">One is missing.</exception>
    public static void Require(JsonNode? config)
    {
        switch (config)
        {
            case JsonArray list:
                foreach (JsonNode? node in list)
                {
                    Require(node);
                }

                break;
            case JsonObject o:
                if (
                    o["class_name"] is JsonValue name
                    && o["module"] is JsonValue module
                    && name.TryGetValue(out string? className)
                    && !Has(module.ToString(), className)
                )
                {
                    throw new UnsupportedException($"the library has no {module}.{className}");
                }

                foreach ((_, JsonNode? node) in o)
                {
                    Require(node);
                }

                break;
            default:
                break;
        }
    }

    /// <summary>A configuration of our own without the arguments that Keras leaves out of its own, such as Huber's delta.</summary>
    /// <param name="config">Our configuration. It is changed.</param>
    /// <param name="arguments">The arguments given.</param>
    /// <param name="keras">Keras' configuration.</param>
    public static JsonObject WithoutUnwritten(JsonObject config, JsonObject arguments, JsonNode keras)
    {
        foreach ((string key, _) in arguments)
        {
            if (keras["config"] is JsonObject written && !written.ContainsKey(key))
            {
                config["config"]!.AsObject().Remove(key);
            }
        }

        return config;
    }

    /// <summary>Checks that there is an activation function of a name.</summary>
    /// <exception cref="UnsupportedException">There is none.</exception>
    public static void RequireActivation(string name)
    {
        try
        {
            ActivationFunction.Get(name);
        }
        catch (ArgumentException)
        {
            throw new UnsupportedException($"the library has no activation '{name}'");
        }
    }

    /// <summary>Whether the library has a class of Keras.</summary>
    /// <param name="module">Keras' module, such as <c>keras.layers</c>.</param>
    /// <param name="className">
    /// The class in it. Modules that are not one of the kinds above (models, policies) are taken to have it.
    /// </param>
    public static bool Has(string module, string className)
    {
        if (Array.Find(Kinds, k => k.Module == module) is not (_, string name) || name is null)
        {
            return true;
        }

        Type? kind = typeof(KerasObject).Assembly.GetType($"Distillation.Keras.{name}");
        MethodInfo knows = typeof(KerasSerializer).GetMethod(nameof(KerasSerializer.Knows))!;
        return kind is not null && (bool)knows.MakeGenericMethod(kind).Invoke(null, [className])!;
    }
}
