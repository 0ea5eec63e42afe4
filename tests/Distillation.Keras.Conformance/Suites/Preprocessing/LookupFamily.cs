using System.Text.Json.Nodes;
using Distillation.Keras.Layers;
using Distillation.Keras.Saving;
using static TorchSharp.torch;

namespace Distillation.Keras.Conformance.Suites.Preprocessing;

/// <summary>Lookups: of integers, and of strings, which are in the JSON.</summary>
internal sealed class LookupFamily : IPreprocessingFamily
{
    /// <inheritdoc/>
    public IReadOnlyDictionary<string, Action<PreprocessingCase>> Runs { get; } =
        new Dictionary<string, Action<PreprocessingCase>> { ["IntegerLookup"] = one => one.RunLayer(), ["StringLookup"] = Strings };

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, Func<JsonNode?>> Errors { get; } =
        new Dictionary<string, Func<JsonNode?>>
        {
            ["StringLookup, repeated word"] = () => JsonValue.Create(new StringLookup(vocabulary: ["a", "a"]).Name),
            ["IntegerLookup(num_oov_indices=-1)"] = () => JsonValue.Create(new IntegerLookup(vocabulary: [1], num_oov_indices: -1).Name),
        };

    private static Tensor Numbers(JsonNode rows) =>
        stack([.. ((JsonArray)rows).Select(row => tensor(((JsonArray)row!).Numbers().ToArray(), float64))]);

    private static void Strings(PreprocessingCase one)
    {
        var layer = (StringLookup)one.Layer();
        string[][] input = [.. ((JsonArray)one.Json["input"]!).Select(row => ((JsonArray)row!).Select(n => n.Text()).ToArray())];
        using Tensor strings = Keras.Strings.ToTensor(input);
        Tensor output = layer.Call(strings);
        one.Check.Json("config", KerasSerializer.Serialize(layer), one.Config);
        one.Check.EqualList("vocabulary", layer.GetVocabulary(), ((JsonArray)one.Json["vocabulary"]!).Select(n => n.Text()));
        one.Check.Close("output", output, Numbers(one.Json["output"]!), PreprocessingCase.Tolerance);
    }
}
