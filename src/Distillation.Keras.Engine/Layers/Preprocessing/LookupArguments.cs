namespace Distillation.Keras.Layers;

/// <summary>The arguments that all lookup layers have.</summary>
internal sealed record LookupArguments(
    int? MaxTokens,
    int NumOovIndices,
    double[]? IdfWeights,
    bool Invert,
    string OutputMode,
    bool Sparse,
    bool PadToMaxTokens
);
