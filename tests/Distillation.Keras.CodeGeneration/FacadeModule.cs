using System.Reflection;

namespace Distillation.Keras.CodeGeneration;

/// <summary>
/// A module of Keras and what it is made of: the classes that derive from one in its namespace, and the functions of a static class.
/// </summary>
/// <param name="Path">What is behind <c>keras.</c>: <c>optimizers.schedules</c>.</param>
/// <param name="Base">What the classes derive from; those in its namespace are meant, and <c>History</c>.</param>
/// <param name="Functions">The static class.</param>
/// <param name="LowerCaseAliases">Whether the classes have names such as <c>max_norm</c>, too.</param>
/// <param name="Kind">
/// Whose <c>get</c>, <c>serialize</c> and <c>deserialize</c> it has; by default those of <paramref name="Base"/>.
/// </param>
public sealed record FacadeModule(string Path, Type? Base = null, Type? Functions = null, bool LowerCaseAliases = false, Type? Kind = null)
{
    private static readonly string[] Forms = ["Get", "Serialize", "Deserialize"];

    private static readonly Dictionary<string, string> Aliases = new(StringComparer.Ordinal)
    {
        ["L1"] = "l1",
        ["L2"] = "l2",
        ["L1L2"] = "l1_l2",
    };

    /// <summary>Every module whose methods only make objects or call functions.</summary>
    public static IReadOnlyList<FacadeModule> All { get; } =
    [
        new("layers", typeof(Layers.Layer), typeof(LayerFunctions)),
        new("losses", typeof(Losses.Loss), typeof(LossFunctions)),
        new("metrics", typeof(Metrics.Metric), typeof(MetricFunctions)),
        new("optimizers", typeof(Optimizers.Optimizer)),
        new("optimizers.schedules", typeof(Optimizers.Schedules.LearningRateSchedule)),
        new("callbacks", typeof(Callbacks.Callback)),
        new("activations", Functions: typeof(Activations), Kind: typeof(ActivationFunction)),
        new("initializers", typeof(Initializers.Initializer), LowerCaseAliases: true),
        new("constraints", typeof(Constraints.Constraint), LowerCaseAliases: true),
        new("regularizers", typeof(Regularizers.Regularizer), LowerCaseAliases: true),
        new("utils", Functions: typeof(Utils)),
    ];

    /// <summary>Its name within the module around it.</summary>
    public string Name => Path[(Path.LastIndexOf('.') + 1)..];

    /// <summary>The class that stands for it.</summary>
    public string ClassName => $"{char.ToUpperInvariant(Name[0])}{Name[1..]}Module";

    /// <summary>The modules within this one.</summary>
    public IEnumerable<FacadeModule> Inner => All.Where(m => m.Path == $"{Path}.{m.Name}");

    /// <summary>The public constructors of the classes, by the name of the class.</summary>
    public IEnumerable<ConstructorInfo> Constructors =>
        Base is null
            ? []
            : Base
                .Assembly.GetExportedTypes()
                .Where(t =>
                    (t.Namespace == Base.Namespace || t == typeof(History))
                    && t is { IsAbstract: false, IsNested: false, ContainsGenericParameters: false }
                    && t.IsSubclassOf(Base)
                )
                .OrderBy(t => t.Name, StringComparer.Ordinal)
                .SelectMany(t => t.GetConstructors());

    /// <summary>
    /// The functions: those on tensors, and in <c>keras.utils</c> all; and what makes objects of names and configurations.
    /// </summary>
    public IEnumerable<MethodInfo> FunctionMethods =>
        StaticOf(Functions)
            .Where(m => Functions == typeof(Utils) || Array.IndexOf(Results, m.ReturnType) >= 0)
            .Concat(StaticOf(Kind ?? Base).Where(m => Forms.Contains(m.Name)))
            .OrderBy(m => m.Name, StringComparer.Ordinal)
            .ThenBy(m => m.ToString(), StringComparer.Ordinal);

    private static Type[] Results => [typeof(TorchSharp.torch.Tensor), typeof(KerasTensor)];

    private static IEnumerable<MethodInfo> StaticOf(Type? type) =>
        type?.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly).Where(m => !m.IsSpecialName) ?? [];

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

    /// <summary>The names of the methods that make that class.</summary>
    public IEnumerable<string> NamesOf(Type type) =>
        LowerCaseAliases ? [type.Name, Aliases.GetValueOrDefault(type.Name) ?? Snake(type.Name)] : [type.Name];

    /// <inheritdoc/>
    public override string ToString() => $"keras.{Path}";
}
