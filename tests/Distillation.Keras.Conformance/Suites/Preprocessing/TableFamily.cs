using System.Text.Json.Nodes;
using Distillation.Keras.Layers;
using Distillation.Keras.Saving;
using static TorchSharp.torch;

namespace Distillation.Keras.Conformance.Suites.Preprocessing;

/// <summary>Layers for columns of tables: Normalization, CategoryEncoding, Discretization.</summary>
internal sealed class TableFamily : IPreprocessingFamily
{
    /// <inheritdoc/>
    public IReadOnlyDictionary<string, Action<PreprocessingCase>> Runs { get; } =
        new Dictionary<string, Action<PreprocessingCase>>
        {
            ["Normalization"] = Normalization,
            ["CategoryEncoding"] = CategoryEncoding,
            ["Discretization"] = Discretization,
        };

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, Func<JsonNode?>> ErrorsWith(Fixture fixture)
    {
        Tensor Table() => fixture.Array("normalization/adapt_on");
        return new Dictionary<string, Func<JsonNode?>>
        {
            ["CategoryEncoding(0)"] = () => Made(new CategoryEncoding(0)),
            ["CategoryEncoding(output_mode='binary')"] = () => Made(new CategoryEncoding(3, output_mode: "binary")),
            ["CategoryEncoding, a value out of range"] = () =>
                CategoricalFamily.Nested(new CategoryEncoding(3, output_mode: "one_hot").Call(tensor((long[])[5]))),
            ["Normalization before adapt"] = () => CategoricalFamily.Nested(new Normalization().Call(Table())),
            ["Normalization(mean only)"] = () => Made(new Normalization(mean: 1.0)),
            ["Normalization given, other width"] = () =>
                CategoricalFamily.Nested(new Normalization(mean: (double[])[1.0, 2.0], variance: (double[])[1.0, 1.0]).Call(Table())),
            ["Discretization()"] = () => Made(new Discretization()),
            ["Discretization(num_bins and bin_boundaries)"] = () => Made(new Discretization([0.0], num_bins: 3)),
        };
    }

    private static void Normalization(PreprocessingCase one)
    {
        var layer = (Normalization)one.Layer();
        if (one.Fixture.Has($"{one.Entry.Key}/adapt_on"))
        {
            layer.Adapt(one.Array("adapt_on"));
            one.Check.EqualList("weights", layer.Weights.Select(w => w.Name), ((JsonArray)one.Json["weights"]!).Select(w => w.Text()));

            // Keras' own mean and variance have axes of size 1 for those that are averaged over.
            one.Check.Close("mean", layer.Weights[0].Value.flatten(), one.Array("mean").flatten(), PreprocessingCase.Tolerance);
            one.Check.Close("variance", layer.Weights[1].Value.flatten(), one.Array("variance").flatten(), PreprocessingCase.Tolerance);
        }

        one.RunLayer(layer, null);
    }

    private static void CategoryEncoding(PreprocessingCase one)
    {
        if (one.Json["call"]!["count_weights"] is not JsonNode weights)
        {
            one.RunLayer();
            return;
        }

        Layer layer = one.Layer();
        Tensor input = one.Array("input");
        LayerInputs<Tensor> inputs = new LayerInputs<Tensor>(input).With("count_weights", one.Array(weights.Text()));
        Tensor output = layer.CallAll(inputs).Tensors[0];
        one.Check.Json("config", KerasSerializer.Serialize(layer), one.Config);
        one.Compare(input, output);
    }

    private static void Discretization(PreprocessingCase one)
    {
        if (one.Fixture.Has($"{one.Entry.Key}/adapt_on"))
        {
            var empty = (JsonObject)one.Config.DeepClone();
            empty["config"]!["bin_boundaries"] = null;
            var layer = (Discretization)KerasSerializer.Deserialize<Layer>(empty);
            layer.Adapt(one.Array("adapt_on"));
            one.RunLayer(layer, null);
        }
        else
        {
            one.RunLayer();
        }
    }

    private static JsonValue Made(Layer layer) => JsonValue.Create(layer.GetType().Name);
}
