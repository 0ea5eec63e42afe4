using Distillation.Keras;
using Examples.Common;
using NumSharp;
using static Distillation.Keras.KerasApi;

namespace KerasPorts;

/// <summary>
/// keras.io's "Text classification with Transformer", with its two layers of one's own (<see cref="TransformerBlock"/>,
/// <see cref="TokenAndPositionEmbedding"/>). Here the reviews are made up (<see cref="TokenReviews"/>), and there are more epochs.
/// </summary>
internal static class TransformerPort
{
    public static PortResult Run(Options options)
    {
        keras.utils.set_random_seed(options.Seed);
        const int vocab_size = TokenReviews.VocabularySize;
        const int maxlen = TokenReviews.MaxLength;
        (int training, int test) = options.SamplesOr(8000, 2000);
        var (train, val) = TokenReviews.MakeSplit(training, test, options.Seed);
        Console.WriteLine($"{train.X.Count} sequences to train on");
        Console.WriteLine($"{val.X.Count} sequences to validate with");
        NDArray x_train = keras.utils.pad_sequences(train.X, maxlen: maxlen);
        NDArray x_val = keras.utils.pad_sequences(val.X, maxlen: maxlen);

        const int embed_dim = 32;
        const int num_heads = 2;
        const int ff_dim = 32;

        var layers = keras.layers;
        var inputs = layers.Input(maxlen);
        var embedding_layer = new TokenAndPositionEmbedding(maxlen, vocab_size, embed_dim);
        var x = embedding_layer.Apply(inputs);
        var transformer_block = new TransformerBlock(embed_dim, num_heads, ff_dim);
        x = transformer_block.Apply(x);
        x = layers.GlobalAveragePooling1D().Apply(x);
        x = layers.Dropout(0.1).Apply(x);
        x = layers.Dense(20, activation: "relu").Apply(x);
        x = layers.Dropout(0.1).Apply(x);
        var outputs = layers.Dense(2, activation: "softmax").Apply(x);

        var model = keras.Model(inputs: inputs, outputs: outputs);
        model.summary(line_length: 80);

        model.compile(optimizer: "adam", loss: "sparse_categorical_crossentropy", metrics: ["accuracy"]);
        model.fit(x_train, train.Y, batch_size: 32, epochs: options.Epochs ?? 6, validation_data: (x_val, val.Y), verbose: 2);

        Logs score = model.evaluate(x_val, val.Y);
        return PortResult.Of(model, training, score, val.Y);
    }
}
