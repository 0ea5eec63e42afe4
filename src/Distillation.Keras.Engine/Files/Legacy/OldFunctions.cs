using System.Text.Json.Nodes;
using Distillation.Keras.Layers;
using Distillation.Keras.Saving;

namespace Distillation.Keras.Files.Legacy;

/// <summary>Functions of Keras 1 and 2, and of TensorFlow.js, that are others under the same names in Keras 3.</summary>
internal static class OldFunctions
{
    private static readonly Dictionary<string, Func<JsonObject, object>> All = new(StringComparer.Ordinal)
    {
        ["hard_sigmoid"] = static _ => KnownActivations.HardSigmoidOfKeras2,
    };

    private static readonly Dictionary<string, Func<JsonObject, object>> None = new(StringComparer.Ordinal);

    /// <summary>Makes them known until it is disposed, if the file is an old one. What the caller gave stands before them.</summary>
    public static IDisposable For(bool isOld) => CustomObjects.Also(isOld ? All : None);
}
