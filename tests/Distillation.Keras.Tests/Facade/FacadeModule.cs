using System.Reflection;

namespace Distillation.Keras.Tests.Facade;

/// <summary>A module of Keras and what it is made of: the classes of a namespace and the functions of a static class.</summary>
public sealed record FacadeModule(string Name, string ClassName, string Space, Type? Functions, bool LowerCaseAliases)
{
    private static readonly Dictionary<string, string> Aliases = new(StringComparer.Ordinal) { ["L1"] = "l1", ["L2"] = "l2", ["L1L2"] = "l1_l2" };

    private static readonly Assembly[] Libraries = [typeof(Model).Assembly, typeof(Distiller).Assembly];

    /// <summary>Every module whose methods only make objects or call functions.</summary>
    public static IReadOnlyList<FacadeModule> All { get; } =
    [
        new("layers", "LayersModule", "Distillation.Keras.Layers", null, false),
        new("losses", "LossesModule", "Distillation.Keras.Losses", typeof(LossFunctions), false),
        new("metrics", "MetricsModule", "Distillation.Keras.Metrics", typeof(MetricFunctions), false),
        new("optimizers", "OptimizersModule", "Distillation.Keras.Optimizers", null, false),
        new("schedules", "SchedulesModule", "Distillation.Keras.Optimizers.Schedules", null, false),
        new("callbacks", "CallbacksModule", "Distillation.Keras.Callbacks", null, false),
        new("activations", "ActivationsModule", "Distillation.Keras", typeof(Activations), false),
        new("initializers", "InitializersModule", "Distillation.Keras.Initializers", null, true),
        new("constraints", "ConstraintsModule", "Distillation.Keras.Constraints", null, true),
        new("regularizers", "RegularizersModule", "Distillation.Keras.Regularizers", null, true),
    ];

    /// <summary>The public constructors of the classes, by the name of the class.</summary>
    public IEnumerable<ConstructorInfo> Constructors => Name == "activations" ? [] : Libraries
        .SelectMany(a => a.GetExportedTypes())
        .Where(t => t.Namespace == Space && t is { IsAbstract: false, IsClass: true, IsNested: false, ContainsGenericParameters: false } && IsPart(t))
        .OrderBy(t => t.Name, StringComparer.Ordinal)
        .SelectMany(t => t.GetConstructors());

    /// <summary>The functions.</summary>
    public IEnumerable<MethodInfo> FunctionMethods => Functions is null ? [] : Functions
        .GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly)
        .Where(m => !m.IsSpecialName && m.ReturnType == typeof(TorchSharp.torch.Tensor))
        .OrderBy(m => m.Name, StringComparer.Ordinal);

    /// <summary>The names of the methods that make that class.</summary>
    public IEnumerable<string> NamesOf(Type type) => LowerCaseAliases ? [type.Name, Aliases.GetValueOrDefault(type.Name) ?? Snake(type.Name)] : [type.Name];

    /// <summary><c>TopKCategoricalAccuracy</c> becomes <c>top_k_categorical_accuracy</c>.</summary>
    public static string Snake(string name)
    {
        var text = new System.Text.StringBuilder();
        for (int i = 0; i < name.Length; i++)
        {
            if (i > 0 && char.IsUpper(name[i]) && (char.IsLower(name[i - 1]) || (i + 1 < name.Length && char.IsLower(name[i + 1]))))
            {
                text.Append('_');
            }

            text.Append(char.ToLowerInvariant(name[i]));
        }

        return text.ToString();
    }

    // Classes that Keras' module of that name holds: layers, losses, ..., not their helpers.
    private bool IsPart(Type type) => Name switch
    {
        "layers" => typeof(Layers.Layer).IsAssignableFrom(type),
        "losses" => typeof(Keras.Losses.Loss).IsAssignableFrom(type),
        "metrics" => typeof(Keras.Metrics.Metric).IsAssignableFrom(type),
        "optimizers" => typeof(Optimizers.Optimizer).IsAssignableFrom(type),
        "schedules" => typeof(Optimizers.Schedules.LearningRateSchedule).IsAssignableFrom(type),
        "callbacks" => typeof(Callbacks.Callback).IsAssignableFrom(type),
        "initializers" => typeof(Initializers.Initializer).IsAssignableFrom(type),
        "constraints" => typeof(Constraints.Constraint).IsAssignableFrom(type),
        "regularizers" => typeof(Regularizers.Regularizer).IsAssignableFrom(type),
        _ => false,
    };
}
