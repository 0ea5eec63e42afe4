using System.Text.Json.Nodes;
using Distillation.Keras.Backend;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Files.TensorFlowJs;

/// <summary>Functions that TensorFlow.js has as Keras 2 had them, and that Keras 3 computes otherwise.</summary>
/// <remarks>Source: <c>hardSigmoid</c> in <c>tfjs-layers/src/backend/tfjs_backend.ts</c>.</remarks>
internal static class OldFunctions
{
    // A model that has it cannot be saved: no name of Keras 3 says it.
    private static readonly ActivationFunction HardSigmoid = new(
        "hard_sigmoid of TensorFlow.js",
        static x =>
        {
            using DisposeScope scope = NewDisposeScope();
            return x.Times(0.2).Plus(0.5).Between(0.0, 1.0).MoveToOuterDisposeScope();
        }
    );

    /// <summary>Them by the names that files have for them.</summary>
    public static IReadOnlyDictionary<string, Func<JsonObject, object>> All { get; } =
        new Dictionary<string, Func<JsonObject, object>>(StringComparer.Ordinal) { ["hard_sigmoid"] = static _ => HardSigmoid };

    /// <summary>None, for models of Keras 3.</summary>
    public static IReadOnlyDictionary<string, Func<JsonObject, object>> None { get; } =
        new Dictionary<string, Func<JsonObject, object>>(StringComparer.Ordinal);
}
