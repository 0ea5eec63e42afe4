using Distillation.Keras;
using Examples.Common;
using static Distillation.Keras.KerasApi;

namespace KerasPorts;

/// <summary>
/// The small version of the Xception network of "Image classification from scratch": blocks of separable convolutions with batch
/// normalization and a residual.
/// </summary>
internal static class ResidualPort
{
    public static PortResult Run(Options options)
    {
        keras.utils.set_random_seed(options.Seed);
        (int training, int test) = options.SamplesOr(2000, 1000);
        using Digits digits = Digits.Load("digits", training, test, default);
        Model model = MakeModel((28, 28, 1), num_classes: 10);
        model.summary(line_length: 80);

        model.compile(optimizer: keras.optimizers.Adam(3e-3), loss: "categorical_crossentropy", metrics: ["accuracy"]);
        model.fit(digits.TrainX, digits.TrainY, batch_size: 32, epochs: options.Epochs ?? 4, verbose: 2);
        return Score.Of(model, digits, training);
    }

    private static Model MakeModel(Shape input_shape, int num_classes)
    {
        var layers = keras.layers;
        var inputs = keras.Input(input_shape);

        // Entry block
        var x = layers.Rescaling(1.0 / 255).Apply(inputs.Output);
        x = layers.Conv2D(16, 3, strides: 2, padding: "same").Apply(x);
        x = layers.BatchNormalization().Apply(x);
        x = layers.Activation("relu").Apply(x);
        var previous_block_activation = x; // Set aside residual

        foreach (int size in (int[])[24, 32])
        {
            x = layers.Activation("relu").Apply(x);
            x = layers.SeparableConv2D(size, 3, padding: "same").Apply(x);
            x = layers.BatchNormalization().Apply(x);

            x = layers.Activation("relu").Apply(x);
            x = layers.SeparableConv2D(size, 3, padding: "same").Apply(x);
            x = layers.BatchNormalization().Apply(x);

            x = layers.MaxPooling2D(3, strides: 2, padding: "same").Apply(x);

            // Project residual
            var residual = layers.Conv2D(size, 1, strides: 2, padding: "same").Apply(previous_block_activation);
            x = layers.Add().Apply(x, residual); // Add back residual
            previous_block_activation = x; // Set aside next residual
        }

        x = layers.SeparableConv2D(48, 3, padding: "same").Apply(x);
        x = layers.BatchNormalization().Apply(x);
        x = layers.Activation("relu").Apply(x);

        x = layers.GlobalAveragePooling2D().Apply(x);
        x = layers.Dropout(0.25).Apply(x);
        var outputs = layers.Dense(num_classes, activation: "softmax").Apply(x);
        return keras.Model(inputs, outputs);
    }
}
