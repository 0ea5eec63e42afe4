namespace KerasPorts;

/// <summary>One of the ports.</summary>
/// <param name="Name">What <c>--only</c> calls it.</param>
/// <param name="Summary">What it is.</param>
/// <param name="Source">The example of keras.io that it follows.</param>
/// <param name="Run">Trains and tests it.</param>
internal sealed record Port(string Name, string Summary, string Source, Func<Options, PortResult> Run)
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<Port> All { get; } =
    [
        new("convnet", "a convnet with augmentation layers on digits", "keras.io/examples/vision/mnist_convnet", ConvnetPort.Run),
        new(
            "residual",
            "a residual net of separable convolutions on digits",
            "keras.io/examples/vision/image_classification_from_scratch",
            ResidualPort.Run
        ),
        new("lstm", "a bidirectional LSTM on token sequences", "keras.io/examples/nlp/bidirectional_lstm_imdb", LstmPort.Run),
        new(
            "transformer",
            "a Transformer block on token sequences",
            "keras.io/examples/nlp/text_classification_with_transformer",
            TransformerPort.Run
        ),
        new(
            "structured",
            "numbers and categories of a table",
            "keras.io/examples/structured_data/structured_data_classification_from_scratch",
            StructuredPort.Run
        ),
    ];
}
