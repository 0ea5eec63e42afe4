using Distillation.Keras;
using static Distillation.Keras.KerasApi;

namespace KerasPorts;

/// <summary>"Bidirectional LSTM on IMDB", on made-up reviews.</summary>
internal static class LstmPort
{
    public static PortResult Run(Options options)
    {
        const int max_features = TokenSequences.VocabularySize;
        keras.utils.set_random_seed(options.Seed);
        (int training, int test) = options.SamplesOr(4000, 1000);
        var train = new TokenSequences(training, options.Seed);
        var val = new TokenSequences(test, options.Seed + 1_000_000);

        // Input for variable-length sequences of integers
        var layers = keras.layers;
        var inputs = keras.Input(new Shape((int?)null), dtype: "int32");
        // Embed each integer in a 32-dimensional vector
        var x = layers.Embedding(max_features, 32).Apply(inputs.Output);
        // Add 2 bidirectional LSTMs
        x = layers.Bidirectional(layers.LSTM(24, return_sequences: true)).Apply(x);
        x = layers.Bidirectional(layers.LSTM(24)).Apply(x);
        // Add a classifier
        var outputs = layers.Dense(1, activation: "sigmoid").Apply(x);
        var model = keras.Model(inputs, outputs);
        model.summary(line_length: 80);

        model.compile(optimizer: keras.optimizers.Adam(5e-3), loss: "binary_crossentropy", metrics: ["accuracy"]);
        model.fit(train.X, train.Y, batch_size: 64, epochs: options.Epochs ?? 4, validation_data: (val.X, val.Y), verbose: 2);
        return Score.Of(model, val.X, val.Y, val.Y, training);
    }
}
