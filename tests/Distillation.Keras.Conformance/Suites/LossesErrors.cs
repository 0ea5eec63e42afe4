using System.Text.Json.Nodes;
using Distillation.Keras.Losses;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Conformance.Suites;

/// <summary>The calls of <c>losses.json</c> that Keras refuses, or accepts where one might not think so.</summary>
internal static class LossesErrors
{
    // The fixture's arrays under the names of the script that made them, each from a case that has it.
    private sealed class Arrays(Fixture fixture)
    {
        public Tensor A2 => fixture.Array("mse/y_true");

        public Tensor B2 => fixture.Array("mse/y_pred");

        public Tensor A3 => fixture.Array("mse_3d/y_true");

        public Tensor B3 => fixture.Array("mse_3d/y_pred");

        public Tensor Hard2 => fixture.Array("cce_hard/y_true");

        public Tensor Prob2 => fixture.Array("cce_hard/y_pred");

        public Tensor Labels3 => fixture.Array("scce_3d/y_true");

        public Tensor Prob3 => fixture.Array("scce_3d/y_pred");

        public Tensor Bits2 => fixture.Array("bce/y_true");

        public Tensor Sig2 => fixture.Array("bce/y_pred");

        public Tensor WeightSample => fixture.Array("cce_hard/weight_sample");

        public Tensor Labels(long value) => full([Prob2.shape[0]], value, ScalarType.Int64);
    }

    private static readonly Dictionary<string, Func<Arrays, JsonNode?>> Calls = new()
    {
        ["sample_weight (n,) for losses of shape (n, t), n != t"] = a => Value(new MeanSquaredError().Call(a.A3, a.B3, a.WeightSample)),
        ["categorical_crossentropy of (n, c) with targets (n, 1)"] = a =>
            Value(new CategoricalCrossentropy().Call(a.A2.narrow(1, 0, 1), a.Prob2)),
        ["categorical_crossentropy of (n, c) with targets (n,)"] = a =>
            Value(new CategoricalCrossentropy().Call(a.A2.select(1, 0), a.Prob2)),
        ["categorical_crossentropy of (n, c) with targets (n, c - 1)"] = a =>
            Value(new CategoricalCrossentropy().Call(WithoutFirst(a.Hard2), a.Prob2)),
        ["sparse_categorical_crossentropy with one-hot targets"] = a => Value(new SparseCategoricalCrossentropy().Call(a.Hard2, a.Prob2)),
        ["sparse_categorical_crossentropy, a label out of range (probabilities)"] = a =>
            Value(new SparseCategoricalCrossentropy(reduction: "none").Call(a.Labels(a.Prob2.shape[1]), a.Prob2).sum()),
        ["sparse_categorical_crossentropy, a label -1"] = a =>
            Value(new SparseCategoricalCrossentropy(reduction: "none").Call(a.Labels(-1), a.Prob2).sum()),
        ["sparse_categorical_crossentropy, axis=1"] = a =>
            Value(new SparseCategoricalCrossentropy(axis: 1).Call(a.Labels3, a.Prob3.movedim([-1], [1]))),
        ["binary_crossentropy of (n, 1) with targets (n, c)"] = a => Value(new BinaryCrossentropy().Call(a.Bits2, a.Sig2.narrow(1, 0, 1))),
        ["binary_crossentropy of (n, c) with targets (n, 1)"] = a => Value(new BinaryCrossentropy().Call(a.Bits2.narrow(1, 0, 1), a.Sig2)),
        ["mean_squared_error of (n, c) with targets (n, c - 1)"] = a => Value(new MeanSquaredError().Call(WithoutFirst(a.A2), a.B2)),
        ["reduction='average'"] = static _ => new MeanSquaredError(reduction: "average").Reduction,
        ["reduction='auto'"] = static _ => new MeanSquaredError(reduction: "auto").Reduction,
        ["q=0"] = static _ => LossesSuite.Make("CategoricalGeneralizedCrossEntropy", new JsonObject { ["q"] = 0.0 }).Name,
        ["q=1"] = static _ => LossesSuite.Make("CategoricalGeneralizedCrossEntropy", new JsonObject { ["q"] = 1.0 }).Name,
        ["label_smoothing=1.5"] = a => Value(new CategoricalCrossentropy(label_smoothing: 1.5).Call(a.Hard2, a.Prob2)),
        ["label_smoothing=-0.1"] = a => Value(new CategoricalCrossentropy(label_smoothing: -0.1).Call(a.Hard2, a.Prob2)),

        // C# has no bool for an int, but a configuration can have one.
        ["axis=True"] = a => Value(LossesSuite.Make("CategoricalCrossentropy", new JsonObject { ["axis"] = true }).Call(a.Hard2, a.Prob2)),
        ["Huber(delta=-1)"] = a => Value(new Huber(delta: -1).Call(a.A2, a.B2)),
        ["get('crossentropy')"] = static _ => Loss.Get("crossentropy").Name,
        ["get('cross_entropy')"] = static _ => Loss.Get("cross_entropy").Name,
        ["get('MSE')"] = static _ => Loss.Get("MSE").Name,
        ["get(None)"] = static _ => Loss.Get(null)?.Name ?? "None",

        // C# takes no number here; its text is the nearest.
        ["get(3)"] = static _ => Loss.Get("3").Name,
    };

    /// <summary>Makes the call again.</summary>
    public static void Run(Fixture fixture, Check check, JsonObject entry)
    {
        string what = entry["what"].Text();
        Func<Arrays, JsonNode?> call =
            Calls.GetValueOrDefault(what) ?? throw new UnsupportedException($"the suite cannot make the call '{what}'");
        Attempt.Make(check, entry, () => call(new Arrays(fixture)), 3e-6);
    }

    private static JsonValue Value(Tensor scalar) => JsonValue.Create(scalar.ToDouble());

    private static Tensor WithoutFirst(Tensor x) => x.narrow(1, 1, x.shape[1] - 1);
}
