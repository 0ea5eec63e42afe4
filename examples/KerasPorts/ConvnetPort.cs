using Distillation.Keras;
using Examples.Common;
using static Distillation.Keras.KerasApi;

namespace KerasPorts;

/// <summary>"Simple MNIST convnet", with layers that shift, turn and scale the digits while it is trained.</summary>
internal static class ConvnetPort
{
    public static PortResult Run(Options options)
    {
        const int num_classes = 10;
        var input_shape = (28, 28, 1);
        keras.utils.set_random_seed(options.Seed);
        (int training, int test) = options.SamplesOr(4000, 1000);
        using Digits digits = Digits.Load("digits", training, test, default);

        var layers = keras.layers;
        var data_augmentation = keras.Sequential(
            layers.RandomTranslation(0.08, 0.08, fill_mode: "constant"),
            layers.RandomRotation(0.03, fill_mode: "constant"),
            layers.RandomZoom(0.1, fill_mode: "constant")
        );
        var model = keras.Sequential(
            layers.Input(input_shape),
            layers.Rescaling(1.0 / 255),
            data_augmentation,
            layers.Conv2D(32, kernel_size: (3, 3), activation: "relu"),
            layers.MaxPooling2D(pool_size: (2, 2)),
            layers.Conv2D(64, kernel_size: (3, 3), activation: "relu"),
            layers.MaxPooling2D(pool_size: (2, 2)),
            layers.Flatten(),
            layers.Dropout(0.5),
            layers.Dense(num_classes, activation: "softmax")
        );
        model.summary(line_length: 80);

        model.compile(loss: "categorical_crossentropy", optimizer: "adam", metrics: ["accuracy"]);
        model.fit(digits.TrainX, digits.TrainY, batch_size: 64, epochs: options.Epochs ?? 6, validation_split: 0.1, verbose: 2);
        return Score.Of(model, digits, training);
    }
}
