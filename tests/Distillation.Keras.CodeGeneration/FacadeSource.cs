using System.Reflection;
using Distillation.Keras.Layers;
using Distillation.Keras.Metrics;
using static TorchSharp.torch;

namespace Distillation.Keras.CodeGeneration;

/// <summary>The sources of the facade, written from the classes, so that nobody copies parameter lists by hand.</summary>
internal static class FacadeSource
{
    // Modules whose classes are written by hand, as they do more than call.
    private static readonly string[] HandWritten = ["datasets", "models"];

    // What models, layers and metrics can do in lower case.
    private static readonly (Type Type, string[] Methods)[] Extended =
    [
        (
            typeof(Model),
            [
                nameof(Model.Compile),
                nameof(Model.Fit),
                nameof(Model.Evaluate),
                nameof(Model.Predict),
                nameof(Model.Summary),
                nameof(Model.ToJson),
                nameof(Model.Save),
                nameof(Model.SaveWeights),
                nameof(Model.LoadWeights),
                nameof(Model.GetLayer),
            ]
        ),
        (typeof(Layer), [nameof(Layer.CountParams), nameof(Layer.GetWeights), nameof(Layer.SetWeights), nameof(Layer.GetConfig)]),
        (typeof(Normalization), [nameof(Normalization.Adapt)]),
        (typeof(Discretization), [nameof(Discretization.Adapt)]),
        .. new[] { typeof(StringLookup), typeof(IntegerLookup) }.Select(t =>
            (t, (string[])[nameof(StringLookup.Adapt), nameof(StringLookup.GetVocabulary), nameof(StringLookup.SetVocabulary)])
        ),
        (typeof(Metric), [nameof(Metric.UpdateState), nameof(Metric.Result), nameof(Metric.ResetState)]),
        (typeof(Sequential), [nameof(Sequential.Add), nameof(Sequential.Pop)]),
    ];

    /// <summary>The class of a module.</summary>
    public static string Module(FacadeModule module)
    {
        string[] does =
        [
            .. module.Base is null ? [] : (string[])["make the objects"],
            .. module.Functions is null ? [] : (string[])["call the functions"],
        ];
        var text = new FacadeText();
        text.BeginModule(
            module.ClassName,
            $"Keras' <c>{module}</c>: methods of the names that Keras has, which only {string.Join(" and ", does)} of this library."
        );
        foreach (FacadeModule inner in module.Inner)
        {
            text.Property($"<c>{inner}</c>.", inner.ClassName, inner.Name);
        }

        foreach (ConstructorInfo constructor in module.Constructors)
        {
            foreach (string name in module.NamesOf(constructor.DeclaringType!))
            {
                text.Constructor(name, constructor);
            }
        }

        foreach (MethodInfo function in module.FunctionMethods)
        {
            text.Function(FacadeModule.Snake(function.Name), function);
        }

        return text.File("Distillation.Keras.Facade");
    }

    /// <summary>The class of <c>keras</c> itself.</summary>
    public static string Root()
    {
        var text = new FacadeText();
        text.BeginModule("KerasModule", "Keras' <c>keras</c>: models, and the modules that Keras has.");
        foreach (string name in FacadeModule.All.Select(m => m.Path).Where(path => !path.Contains('.')).Concat(HandWritten))
        {
            text.Property($"<c>keras.{name}</c>.", $"{char.ToUpperInvariant(name[0])}{name[1..]}Module", name);
        }

        foreach (
            ConstructorInfo constructor in new[] { typeof(Input), typeof(Model), typeof(Sequential) }.SelectMany(t => t.GetConstructors())
        )
        {
            text.Constructor(constructor.DeclaringType!.Name, constructor);
        }

        return text.File("Distillation.Keras.Facade");
    }

    /// <summary>What <c>using static</c> brings: <c>keras</c>, and the methods of models, layers and metrics.</summary>
    public static string Api()
    {
        var text = new FacadeText();
        text.Begin(
            """
            /// <summary>
            /// Keras' own lower-case names, for code that comes from Python or TensorFlow.NET: <c>using static
            /// Distillation.Keras.KerasApi;</c> brings
            /// <c>keras.layers.Conv2D(...)</c>, <c>keras.Sequential(...)</c> and <c>model.compile(...)</c>, <c>model.fit(...)</c>; in F#
            /// <c>open type Distillation.Keras.KerasApi</c>.
            /// </summary>
            /// <remarks>
            /// A thin facade: each method calls the one of this library with the same parameters and defaults. Thread-safe as far as these
            /// are. Editors do not offer the lower-case methods, so that they stay out of the way of everybody else.
            /// </remarks>
            public static class KerasApi
            {
                /// <summary>Keras' <c>keras</c>.</summary>
                public static KerasModule keras { get; } = new();

            """
        );
        text.Use("Distillation.Keras.Facade");
        foreach ((Type type, string[] methods) in Extended)
        {
            foreach (MethodInfo method in methods.SelectMany(name => Overloads(type, name)))
            {
                text.Extension(FacadeModule.Snake(method.Name), type, method);
            }
        }

        return text.File("Distillation.Keras");
    }

    /// <summary>
    /// The overloads of a method that the facade has. Where one takes any arrays, that for tensors is left out: what converts to both,
    /// as arrays of .NET do, is ambiguous in F#.
    /// </summary>
    private static IEnumerable<MethodInfo> Overloads(Type type, string name) =>
        type.GetMethods()
            .Where(m => m.Name == name && !(m.DeclaringType == typeof(Layer) && type != typeof(Layer)))
            .Where(m => !(type == typeof(Metric) && m.GetParameters().Any(p => p.ParameterType == typeof(Tensor))))
            .OrderByDescending(m => FacadeText.PriorityOf(m) ?? 0)
            .ThenBy(m => m.ToString(), StringComparer.Ordinal);
}
