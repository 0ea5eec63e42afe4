using Distillation.Keras;
using Examples.Common;
using NumSharp;
using static Distillation.Keras.KerasApi;

namespace KerasPorts;

/// <summary>
/// keras.io's "Bidirectional LSTM on IMDB". Here the reviews are made up (<see cref="TokenReviews"/>), with a smaller vocabulary, so that
/// the layers are narrower, and there are more epochs.
/// </summary>
internal static class LstmPort
{
    public static PortResult Run(Options options)
    {
        keras.utils.set_random_seed(options.Seed);
        const int max_features = TokenReviews.VocabularySize;
        const int maxlen = TokenReviews.MaxLength;
        var layers = keras.layers;

        // Of any length.
        var inputs = keras.Input(shape: new int?[] { null }, dtype: "int32");
        var x = layers.Embedding(max_features, 32).Apply(inputs);
        x = layers.Bidirectional(layers.LSTM(24, return_sequences: true)).Apply(x);
        x = layers.Bidirectional(layers.LSTM(24)).Apply(x);
        var outputs = layers.Dense(1, activation: "sigmoid").Apply(x);
        var model = keras.Model(inputs, outputs);
        model.summary(line_length: 80);

        (int training, int test) = options.SamplesOr(8000, 2000);
        var (train, val) = TokenReviews.MakeSplit(training, test, options.Seed);
        Console.WriteLine($"{train.X.Count} sequences to train on");
        Console.WriteLine($"{val.X.Count} sequences to validate with");
        // All equally long, with zeros in front.
        NDArray x_train = keras.utils.pad_sequences(train.X, maxlen: maxlen);
        NDArray x_val = keras.utils.pad_sequences(val.X, maxlen: maxlen);

        model.compile(optimizer: "adam", loss: "binary_crossentropy", metrics: ["accuracy"]);
        model.fit(x_train, train.Y, batch_size: 32, epochs: options.Epochs ?? 6, validation_data: (x_val, val.Y), verbose: 2);

        Logs score = model.evaluate(x_val, val.Y);
        return PortResult.Of(model, training, score, val.Y);
    }
}
