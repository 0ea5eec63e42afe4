using Distillation.Keras;
using static Distillation.Keras.KerasApi;

namespace KerasPorts;

/// <summary>"Text classification with Transformer", on made-up reviews.</summary>
internal static class TransformerPort
{
    public static PortResult Run(Options options)
    {
        const int vocab_size = TokenSequences.VocabularySize;
        const int maxlen = TokenSequences.Length;
        keras.utils.set_random_seed(options.Seed);
        (int training, int test) = options.SamplesOr(4000, 1000);
        var train = new TokenSequences(training, options.Seed);
        var val = new TokenSequences(test, options.Seed + 1_000_000);

        const int embed_dim = 32; // Embedding size for each token
        const int num_heads = 2; // Number of attention heads
        const int ff_dim = 32; // Hidden layer size in feed forward network inside transformer

        var layers = keras.layers;
        var inputs = keras.Input(maxlen, dtype: "int32");
        var x = new TokenAndPositionEmbedding(maxlen, vocab_size, embed_dim).Apply(inputs.Output);
        x = new TransformerBlock(embed_dim, num_heads, ff_dim).Apply(x);
        x = layers.GlobalAveragePooling1D().Apply(x);
        x = layers.Dropout(0.1).Apply(x);
        x = layers.Dense(20, activation: "relu").Apply(x);
        x = layers.Dropout(0.1).Apply(x);
        var outputs = layers.Dense(2, activation: "softmax").Apply(x);
        var model = keras.Model(inputs, outputs);
        model.summary(line_length: 80);

        model.compile(optimizer: keras.optimizers.Adam(3e-3), loss: "sparse_categorical_crossentropy", metrics: ["accuracy"]);
        model.fit(train.X, train.Y, batch_size: 32, epochs: options.Epochs ?? 4, validation_data: (val.X, val.Y), verbose: 2);
        return Score.Of(model, val.X, val.Y, val.Y, training);
    }
}
