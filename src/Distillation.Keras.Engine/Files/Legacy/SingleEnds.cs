using System.Globalization;
using System.Text.Json.Nodes;

namespace Distillation.Keras.Files.Legacy;

/// <summary>
/// The only input and the only output of a functional model. Keras 3.0 to 3.10 wrote a list of one also where there was no list; what is
/// read as a list, Keras does not call with a tensor alone.
/// </summary>
/// <remarks>Source: <c>map_tensors</c> in <c>keras/src/models/functional.py</c>.</remarks>
internal static class SingleEnds
{
    private const int FirstThatTells = 11;

    private static readonly string[] Ends = ["input_layers", "output_layers"];

    /// <summary>Takes lists of one for what is in them, where a version wrote the model that does not tell.</summary>
    /// <param name="model">The model, in Keras 3's form; it changes.</param>
    /// <param name="version">The version that wrote it.</param>
    public static void Restore(JsonObject model, string? version)
    {
        if (
            version?.Split('.') is ["3", var minor, ..]
            && int.TryParse(minor, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            && number < FirstThatTells
        )
        {
            Restore(model);
        }
    }

    private static void Restore(JsonObject layer)
    {
        if (layer["config"] is not JsonObject config || config["layers"] is not JsonArray layers)
        {
            return;
        }

        foreach (string key in Ends)
        {
            if (
                config[key] is JsonArray { Count: 1 } ends
                && ends[0] is JsonArray { Count: > 0 } only
                && LegacyConfig.Text(only[0]) is not null
            )
            {
                ends.RemoveAt(0);
                config[key] = only;
            }
        }

        foreach (JsonObject inner in layers.OfType<JsonObject>())
        {
            Restore(inner);
        }
    }
}
