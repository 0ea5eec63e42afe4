using System.Globalization;
using System.Text;

namespace Distillation.Keras.Tests.Compiling;

/// <summary>Writes a call of <c>Compile</c> for every combination of what can be given in a language, so that both compilers are asked for all of them.</summary>
/// <param name="Language"><c>cs</c> or <c>fs</c>.</param>
public sealed record CompileCalls(string Language)
{
    // An expression, and what it stands for: the optimizer's class, the loss' key in Expected, the metrics' names in logs.
    private static readonly (string Text, string Means)[] Optimizers = [("\"adam\"", "Adam"), ("new SGD(0.1)", "SGD")];

    private static readonly (string Text, string Means)[] CSharpLosses =
    [
        ("\"mse\"", "mse"), ("new Keras.Losses.MeanSquaredError()", "mse"), ("loss", "mse"), ("(y, p) => p.sub(y).abs().mean([-1])", "mae"), ("Own", "mae"), ("function", "mae"), ("[\"mse\"]", "mse"),
        ("new[] { \"mse\" }", "mse"), ("new List<Loss> { new Keras.Losses.MeanSquaredError() }", "mse"), ("new Dictionary<string, string> { [\"out\"] = \"mse\" }", "mse"),
    ];

    private static readonly (string Text, string Means)[] FSharpLosses =
    [
        ("\"mse\"", "mse"), ("Losses.MeanSquaredError()", "mse"), ("loss", "mse"), ("LossFunctionWrapper(fun y p -> p.sub(y).abs().mean([| -1L |]))", "mae"), ("losses", "mse"),
        ("LossSpec.Of [ \"mse\" ]", "mse"), ("LossSpec.ByName(dict [ \"out\", \"mse\" ])", "mse"),
    ];

    private static readonly (string Text, string Means)[] CSharpMetrics =
    [
        ("", ""), ("\"mae\"", "mae"), ("new TopKCategoricalAccuracy(1)", "top_k_categorical_accuracy"), ("[\"mae\"]", "mae"), ("[\"mae\", \"mse\"]", "mae mse"), ("[new TopKCategoricalAccuracy(1)]", "top_k_categorical_accuracy"), ("[new CategoricalAccuracy(), new TopKCategoricalAccuracy(1)]", "categorical_accuracy top_k_categorical_accuracy"),
        ("[\"mae\", new TopKCategoricalAccuracy(1)]", "mae top_k_categorical_accuracy"), ("[new TopKCategoricalAccuracy(1), \"mae\"]", "top_k_categorical_accuracy mae"), ("[new Keras.Metrics.MeanAbsoluteError(), new Keras.Losses.MeanSquaredError()]", "mean_absolute_error mean_squared_error"),
        ("new[] { \"mae\" }", "mae"), ("new[] { new TopKCategoricalAccuracy(1) }", "top_k_categorical_accuracy"), ("new Metric[] { \"mae\", new TopKCategoricalAccuracy(1) }", "mae top_k_categorical_accuracy"), ("new object[] { \"mae\", new TopKCategoricalAccuracy(1) }", "mae top_k_categorical_accuracy"), ("new List<object> { \"mae\", new TopKCategoricalAccuracy(1) }", "mae top_k_categorical_accuracy"),
        ("new List<string> { \"mae\" }", "mae"), ("new List<Metric> { new TopKCategoricalAccuracy(1) }", "top_k_categorical_accuracy"), ("names.Select(n => n)", "mae"), ("names", "mae"), ("[.. names, new TopKCategoricalAccuracy(1)]", "mae top_k_categorical_accuracy"),
        ("new Dictionary<string, string> { [\"out\"] = \"mae\" }", "mae"), ("[[\"mae\", new TopKCategoricalAccuracy(1)]]", "mae top_k_categorical_accuracy"), ("new MetricList(names)", "mae"), ("[]", ""), ("null", ""),
    ];

    private static readonly (string Text, string Means)[] FSharpMetrics =
    [
        ("", ""), ("[ \"mae\" ]", "mae"), ("[| \"mae\" |]", "mae"), ("[ \"mae\"; \"mse\" ]", "mae mse"), ("[ TopKCategoricalAccuracy(1) ]", "top_k_categorical_accuracy"), ("[| TopKCategoricalAccuracy(1) |]", "top_k_categorical_accuracy"),
        ("[ CategoricalAccuracy(); TopKCategoricalAccuracy(1) ]", "categorical_accuracy top_k_categorical_accuracy"), ("[| CategoricalAccuracy(); TopKCategoricalAccuracy(1) |]", "categorical_accuracy top_k_categorical_accuracy"), ("[ CategoricalAccuracy() :> Metric; TopKCategoricalAccuracy(1) ]", "categorical_accuracy top_k_categorical_accuracy"),
        ("[ \"mae\"; TopKCategoricalAccuracy(1) ]", "mae top_k_categorical_accuracy"), ("[| TopKCategoricalAccuracy(1); \"mae\" |]", "top_k_categorical_accuracy mae"), ("[ Metrics.MeanAbsoluteError(); Losses.MeanSquaredError() ]", "mean_absolute_error mean_squared_error"),
        ("seq { \"mae\" }", "mae"), ("[ for n in names -> n ]", "mae"), ("MetricList names", "mae"), ("MetricList metrics", "top_k_categorical_accuracy"), ("MetricList(dict [ \"out\", \"mae\" ])", "mae"), ("[ [ \"mae\" ] ]", "mae"), ("[]", ""), ("null", ""),
    ];

    /// <summary>Both languages.</summary>
    public static IEnumerable<CompileCalls> All() => [new("cs"), new("fs")];

    /// <summary>The file's path in the repository.</summary>
    public string Path => Language == "cs" ? "tests/Distillation.Keras.Tests/Compiling/CSharpCalls.cs" : "tests/Distillation.Keras.FSharp.Tests/FSharpCalls.fs";

    /// <summary>The file's text.</summary>
    public string Write()
    {
        var lines = new StringBuilder(Language == "cs" ? CSharpHead : FSharpHead);
        // C# converts no sequence of unknown type, and the overload for functions takes what converts.
        string[] onlyWithoutFunctions = ["names.Select(n => n)"];
        string[] functions = ["(y, p) => p.sub(y).abs().mean([-1])", "Own"];
        foreach ((string optimizer, string optimizerClass) in Optimizers)
        {
            foreach ((string loss, string lossName) in Language == "cs" ? CSharpLosses : FSharpLosses)
            {
                foreach ((string metrics, string names) in Language == "cs" ? CSharpMetrics : FSharpMetrics)
                {
                    if (functions.Contains(loss) && onlyWithoutFunctions.Contains(metrics))
                    {
                        continue;
                    }

                    foreach (string call in Calls(Language == "cs" ? optimizer : optimizer.Replace("new ", "", StringComparison.Ordinal), loss, metrics))
                    {
                        lines.Append(Line(call, $"\"{optimizerClass}\", \"{lossName}\", \"{names}\""));
                    }
                }
            }
        }

        return lines.Append(Language == "cs" ? "    ];\n}\n" : "    ]\n").ToString();
    }

    /// <inheritdoc/>
    public override string ToString() => Path;

    private string Line(string call, string means) => Language == "cs"
        ? string.Create(CultureInfo.InvariantCulture, $"        new({means}, m => m.Compile({call})),\n")
        : string.Create(CultureInfo.InvariantCulture, $"        {means}, fun (m: Sequential) -> m.Compile({call})\n");

    // By position and by name, in another order than the parameters'.
    private IEnumerable<string> Calls(string optimizer, string loss, string metrics)
    {
        string set = Language == "cs" ? ": " : " = ";
        yield return metrics.Length == 0 ? $"{optimizer}, {loss}" : $"{optimizer}, {loss}, {metrics}";
        yield return (metrics.Length == 0 ? "" : $"metrics{set}{metrics}, ") + $"loss{set}{loss}, optimizer{set}{optimizer}";
    }

    private const string CSharpHead =
        """
        using Distillation.Keras.Losses;
        using Distillation.Keras.Metrics;
        using Distillation.Keras.Optimizers;
        using static TorchSharp.torch;

        namespace Distillation.Keras.Tests.Compiling;

        /// <summary>Every combination of what Compile takes. Written by <see cref="CompileCalls"/>; edit that. It is one table, and not split, as nobody edits it.</summary>
        internal static class CSharpCalls
        {
            private static readonly Keras.Losses.MeanSquaredError loss = new();
            private static readonly Func<Tensor, Tensor, Tensor> function = Own;
            private static readonly string[] names = ["mae"];

            private static Tensor Own(Tensor y, Tensor p) => p.sub(y).abs().mean([-1]);

            public static IReadOnlyList<CompileCall> All { get; } =
            [

        """;

    private const string FSharpHead =
        """
        /// Every combination of what Compile takes. Written by CompileCalls in tests/Distillation.Keras.Tests; edit that. It is one table, and not split, as nobody edits it.
        module Distillation.Keras.FSharp.Tests.FSharpCalls

        open Distillation.Keras
        open Distillation.Keras.Losses
        open Distillation.Keras.Metrics
        open Distillation.Keras.Optimizers

        let private loss = Losses.MeanSquaredError()
        let private losses = [| "mse" |]
        let private names = [ "mae" ]
        let private metrics = [ TopKCategoricalAccuracy(1) ]

        /// The optimizer's class, the loss, the metrics' names in logs, and the call.
        let all: (string * string * string * (Sequential -> unit)) list =
            [

        """;
}
