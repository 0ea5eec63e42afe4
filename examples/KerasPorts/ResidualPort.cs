using Distillation.Keras;
using Examples.Common;
using NumSharp;
using static Distillation.Keras.KerasApi;

namespace KerasPorts;

/// <summary>
/// keras.io's "Image classification from scratch": a small Xception, of separable convolutions with batch normalization and residuals.
/// Here it tells the bundled digits apart instead of cats from dogs, so that it has fewer and narrower blocks, ten outputs and a higher
/// learning rate, and no image is flipped.
/// </summary>
internal static class ResidualPort
{
    public static PortResult Run(Options options)
    {
        keras.utils.set_random_seed(options.Seed);
        var ((x_train, y_train), (x_test, y_test)) = keras.datasets.digits.load_data();
        (int training, int test) = options.SamplesOr(6000, 2000);
        x_train = np.expand_dims(x_train.First(training), -1);
        x_test = np.expand_dims(x_test.First(test), -1);
        (y_train, y_test) = (y_train.First(training), y_test.First(test));

        var image_size = (28, 28, 1);
        Model model = MakeModel(input_shape: image_size, num_classes: 10);
        model.summary(line_length: 80);

        int epochs = options.Epochs ?? 8;
        model.compile(
            optimizer: keras.optimizers.Adam(3e-4),
            loss: keras.losses.SparseCategoricalCrossentropy(from_logits: true),
            metrics: [keras.metrics.SparseCategoricalAccuracy(name: "acc")]
        );
        model.fit(x_train, y_train, epochs: epochs, validation_split: 0.1, verbose: 2);

        Logs score = model.evaluate(x_test, y_test, verbose: 0);
        return PortResult.Of(model, training, score, y_test.astype(NPTypeCode.Int32).ToArray<int>());
    }

    private static Model MakeModel((int, int, int) input_shape, int num_classes)
    {
        var layers = keras.layers;
        var inputs = keras.Input(shape: input_shape);

        var x = layers.Rescaling(1.0 / 255).Apply(inputs);
        x = layers.Conv2D(32, 3, strides: 2, padding: "same").Apply(x);
        x = layers.BatchNormalization().Apply(x);
        x = layers.Activation("relu").Apply(x);

        var previous_block_activation = x;

        foreach (int size in (int[])[48, 64])
        {
            x = layers.Activation("relu").Apply(x);
            x = layers.SeparableConv2D(size, 3, padding: "same").Apply(x);
            x = layers.BatchNormalization().Apply(x);

            x = layers.Activation("relu").Apply(x);
            x = layers.SeparableConv2D(size, 3, padding: "same").Apply(x);
            x = layers.BatchNormalization().Apply(x);

            x = layers.MaxPooling2D(3, strides: 2, padding: "same").Apply(x);

            // To the size of what it is added to.
            var residual = layers.Conv2D(size, 1, strides: 2, padding: "same").Apply(previous_block_activation);
            x = layers.Add().Apply(x, residual);
            previous_block_activation = x;
        }

        x = layers.SeparableConv2D(96, 3, padding: "same").Apply(x);
        x = layers.BatchNormalization().Apply(x);
        x = layers.Activation("relu").Apply(x);

        x = layers.GlobalAveragePooling2D().Apply(x);
        int units = num_classes == 2 ? 1 : num_classes;

        x = layers.Dropout(0.25).Apply(x);
        // Logits: the loss has the softmax.
        var outputs = layers.Dense(units, activation: null).Apply(x);
        return keras.Model(inputs, outputs);
    }
}
