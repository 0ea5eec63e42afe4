using System.Text.Json.Nodes;
using Distillation.Keras.Layers;
using Distillation.Keras.Saving;
using static TorchSharp.torch;

namespace Distillation.Keras.Conformance.Suites.Preprocessing;

/// <summary>One case of preprocessing.</summary>
/// <param name="fixture">The file.</param>
/// <param name="entry">Its entry in the file.</param>
/// <param name="check">Where differences go.</param>
internal sealed class PreprocessingCase(Fixture fixture, FixtureEntry entry, Check check)
{
    // Keras' backends differ by up to 3.9e-7 of the largest entry.
    public const double Tolerance = 1e-6;

    /// <summary>The file.</summary>
    public Fixture Fixture => fixture;

    /// <summary>The entry of the file.</summary>
    public FixtureEntry Entry => entry;

    /// <summary>Where differences go.</summary>
    public Check Check => check;

    /// <summary>What the file says of the case.</summary>
    public JsonObject Json => entry.Object;

    /// <summary>The layer's configuration in the file.</summary>
    public JsonNode Config => Json["config"] ?? throw new FixtureException($"The case '{entry.Name}' has no configuration.");

    /// <summary>An array of the case.</summary>
    public Tensor Array(string name) => fixture.Array($"{entry.Key}/{name}");

    /// <summary>The layer that the file's configuration describes.</summary>
    public Layer Layer() => KerasSerializer.Deserialize<Layer>(Config);

    /// <summary>A layer without chance, or one whose ranges are points: its configuration, and what it gives.</summary>
    public void RunLayer() => RunLayer(Layer(), null);

    /// <summary>What the layer gives in training or outside it, and its configuration.</summary>
    public void RunLayer(Layer layer, bool? training)
    {
        if (Json["call"] is JsonObject { Count: > 0 } call)
        {
            throw new FixtureException($"{layer.GetType().Name} has no arguments of the call, but the case gives {call.ToJsonString()}.");
        }

        Tensor input = Array("input");
        Tensor output = layer.CallAll([input], training: training)[0];
        check.Json("config", KerasSerializer.Serialize(layer), Config);
        Compare(input, output);
    }

    /// <summary>An output, beside those of the file, and its type where the file has it.</summary>
    public void Compare(Tensor input, Tensor output)
    {
        if (Json["input_dtype"] is JsonNode inputType)
        {
            check.Equal("input_dtype", TypeName(input.dtype), inputType.Text());
            check.Equal("output_dtype", TypeName(output.dtype), Json["output_dtype"].Text());
        }

        check.Close("output", output, Array("output"), Tolerance);
    }

    /// <summary>A type as Keras names it.</summary>
    public static string TypeName(ScalarType type) => type == ScalarType.Byte ? "uint8" : type.ToString().ToLowerInvariant();
}
