using System.Globalization;
using System.Text;

namespace Distillation.Keras.CodeGeneration;

/// <summary>
/// The sources with a call of <c>Compile</c> for every combination of what can be given in a language, so that both compilers are asked for
/// all of them.
/// </summary>
internal static class CompileCalls
{
    // An expression, and what it stands for: the optimizer's class, the loss that is computed, the metrics' names in logs.
    private static readonly (string Text, string Means)[] Optimizers = [("\"adam\"", "Adam"), ("new SGD(0.1)", "SGD")];

    private static readonly (string Text, string Means)[] CSharpLosses =
    [
        ("\"mse\"", "mse"),
        ("new Keras.Losses.MeanSquaredError()", "mse"),
        ("loss", "mse"),
        ("(y, p) => p.sub(y).abs().mean([-1])", "mae"),
        ("Own", "mae"),
        ("function", "mae"),
        ("[\"mse\"]", "mse"),
        ("new[] { \"mse\" }", "mse"),
        ("new List<Loss> { new Keras.Losses.MeanSquaredError() }", "mse"),
        ("new Dictionary<string, string> { [\"out\"] = \"mse\" }", "mse"),
    ];

    private static readonly (string Text, string Means)[] FSharpLosses =
    [
        ("\"mse\"", "mse"),
        ("Losses.MeanSquaredError()", "mse"),
        ("loss", "mse"),
        ("LossFunctionWrapper(fun y p -> p.sub(y).abs().mean([| -1L |]))", "mae"),
        ("losses", "mse"),
        ("LossSpec.Of [ \"mse\" ]", "mse"),
        ("LossSpec.ByName(dict [ \"out\", \"mse\" ])", "mse"),
    ];

    private static readonly (string Text, string Means)[] CSharpMetrics =
    [
        ("", ""),
        ("\"mae\"", "mae"),
        ("new TopKCategoricalAccuracy(1)", "top_k_categorical_accuracy"),
        ("[\"mae\"]", "mae"),
        ("[\"mae\", \"mse\"]", "mae mse"),
        ("[new TopKCategoricalAccuracy(1)]", "top_k_categorical_accuracy"),
        ("[new CategoricalAccuracy(), new TopKCategoricalAccuracy(1)]", "categorical_accuracy top_k_categorical_accuracy"),
        ("[\"mae\", new TopKCategoricalAccuracy(1)]", "mae top_k_categorical_accuracy"),
        ("[new TopKCategoricalAccuracy(1), \"mae\"]", "top_k_categorical_accuracy mae"),
        ("[new Keras.Metrics.MeanAbsoluteError(), new Keras.Losses.MeanSquaredError()]", "mean_absolute_error mean_squared_error"),
        ("new[] { \"mae\" }", "mae"),
        ("new[] { new TopKCategoricalAccuracy(1) }", "top_k_categorical_accuracy"),
        ("new Metric[] { \"mae\", new TopKCategoricalAccuracy(1) }", "mae top_k_categorical_accuracy"),
        ("new object[] { \"mae\", new TopKCategoricalAccuracy(1) }", "mae top_k_categorical_accuracy"),
        ("new List<object> { \"mae\", new TopKCategoricalAccuracy(1) }", "mae top_k_categorical_accuracy"),
        ("new List<string> { \"mae\" }", "mae"),
        ("new List<Metric> { new TopKCategoricalAccuracy(1) }", "top_k_categorical_accuracy"),
        ("names.Select(n => n)", "mae"),
        ("names", "mae"),
        ("[.. names, new TopKCategoricalAccuracy(1)]", "mae top_k_categorical_accuracy"),
        ("new Dictionary<string, string> { [\"out\"] = \"mae\" }", "mae"),
        ("[[\"mae\", new TopKCategoricalAccuracy(1)]]", "mae top_k_categorical_accuracy"),
        ("new MetricList(names)", "mae"),
        ("[]", ""),
        ("null", ""),
    ];

    private static readonly (string Text, string Means)[] FSharpMetrics =
    [
        ("", ""),
        ("[ \"mae\" ]", "mae"),
        ("[| \"mae\" |]", "mae"),
        ("[ \"mae\"; \"mse\" ]", "mae mse"),
        ("[ TopKCategoricalAccuracy(1) ]", "top_k_categorical_accuracy"),
        ("[| TopKCategoricalAccuracy(1) |]", "top_k_categorical_accuracy"),
        ("[ CategoricalAccuracy(); TopKCategoricalAccuracy(1) ]", "categorical_accuracy top_k_categorical_accuracy"),
        ("[| CategoricalAccuracy(); TopKCategoricalAccuracy(1) |]", "categorical_accuracy top_k_categorical_accuracy"),
        ("[ CategoricalAccuracy() :> Metric; TopKCategoricalAccuracy(1) ]", "categorical_accuracy top_k_categorical_accuracy"),
        ("[ \"mae\"; TopKCategoricalAccuracy(1) ]", "mae top_k_categorical_accuracy"),
        ("[| TopKCategoricalAccuracy(1); \"mae\" |]", "top_k_categorical_accuracy mae"),
        ("[ Metrics.MeanAbsoluteError(); Losses.MeanSquaredError() ]", "mean_absolute_error mean_squared_error"),
        ("seq { \"mae\" }", "mae"),
        ("[ for n in names -> n ]", "mae"),
        ("MetricList names", "mae"),
        ("MetricList metrics", "top_k_categorical_accuracy"),
        ("MetricList(dict [ \"out\", \"mae\" ])", "mae"),
        ("[ [ \"mae\" ] ]", "mae"),
        ("[]", ""),
        ("null", ""),
    ];

    /// <summary>The C# file.</summary>
    public static string CSharp()
    {
        var text = new StringBuilder(CSharpHead);
        // C# converts no sequence of unknown type, and the overload for functions takes what converts.
        string[] onlyWithoutFunctions = ["names.Select(n => n)"];
        string[] functions = ["(y, p) => p.sub(y).abs().mean([-1])", "Own"];
        foreach (
            (string arguments, string[] means) in Calls(
                ": ",
                Optimizers,
                CSharpLosses,
                CSharpMetrics,
                (loss, metrics) => functions.Contains(loss) && onlyWithoutFunctions.Contains(metrics)
            )
        )
        {
            text.Append(CultureInfo.InvariantCulture, $"        new({Quoted(means)}, m => m.Compile({arguments})),\n");
        }

        return text.Append("    ];\n}\n").ToString();
    }

    /// <summary>The F# file.</summary>
    public static string FSharp()
    {
        var text = new StringBuilder(FSharpHead);
        (string Text, string Means)[] optimizers =
        [
            .. Optimizers.Select(o => (o.Text.Replace("new ", "", StringComparison.Ordinal), o.Means)),
        ];
        foreach ((string arguments, string[] means) in Calls(" = ", optimizers, FSharpLosses, FSharpMetrics, (_, _) => false))
        {
            text.Append(CultureInfo.InvariantCulture, $"        {Quoted(means)}, fun (m: Sequential) -> m.Compile({arguments})\n");
        }

        return text.Append("    ]\n").ToString();
    }

    // By position and by name, in another order than the parameters'.
    private static IEnumerable<(string Arguments, string[] Means)> Calls(
        string set,
        (string Text, string Means)[] optimizers,
        (string Text, string Means)[] losses,
        (string Text, string Means)[] metrics,
        Func<string, string, bool> isLeftOut
    ) =>
        from o in optimizers
        from l in losses
        from m in metrics
        where !isLeftOut(l.Text, m.Text)
        from arguments in new[]
        {
            m.Text.Length == 0 ? $"{o.Text}, {l.Text}" : $"{o.Text}, {l.Text}, {m.Text}",
            (m.Text.Length == 0 ? "" : $"metrics{set}{m.Text}, ") + $"loss{set}{l.Text}, optimizer{set}{o.Text}",
        }
        select (arguments, new[] { o.Means, l.Means, m.Means });

    private static string Quoted(string[] texts) => string.Join(", ", texts.Select(t => $"\"{t}\""));

    private const string CSharpHead = """
        using Distillation.Keras.Losses;
        using Distillation.Keras.Metrics;
        using Distillation.Keras.Optimizers;
        using static TorchSharp.torch;

        namespace Distillation.Keras.Tests.Compiling;

        /// <summary>Every combination of what Compile takes: one table, not split, as nobody edits it.</summary>
        internal static class CSharpCalls
        {
            private static readonly Keras.Losses.MeanSquaredError loss = new();
            private static readonly Func<Tensor, Tensor, Tensor> function = Own;
            private static readonly string[] names = ["mae"];

            private static Tensor Own(Tensor y, Tensor p) => p.sub(y).abs().mean([-1]);

            public static IReadOnlyList<CompileCall> All { get; } =
            [

        """;

    private const string FSharpHead = """
        /// Every combination of what Compile takes: one table, not split, as nobody edits it.
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
