using Distillation.Keras;
using Examples.Common;
using NumSharp;
using static Distillation.Keras.KerasApi;

namespace KerasPorts;

/// <summary>
/// keras.io's "Simple MNIST convnet". Here the digits are the bundled ones, layers that shift, turn and scale them stand before the
/// convolutions, and there are fewer epochs.
/// </summary>
internal static class ConvnetPort
{
    public static PortResult Run(Options options)
    {
        keras.utils.set_random_seed(options.Seed);

        const int num_classes = 10;
        var input_shape = (28, 28, 1);

        // Bytes (n, 28, 28), and labels as numbers.
        var ((x_train, y_train_labels), (x_test, y_test_labels)) = keras.datasets.digits.load_data();
        (int training, int test) = options.SamplesOr(5000, 2000);
        (x_train, y_train_labels) = (x_train.First(training), y_train_labels.First(training));
        (x_test, y_test_labels) = (x_test.First(test), y_test_labels.First(test));

        // From 0 to 1, with an axis for the channel.
        x_train = x_train.astype(NPTypeCode.Single) / 255f;
        x_test = x_test.astype(NPTypeCode.Single) / 255f;
        x_train = np.expand_dims(x_train, -1);
        x_test = np.expand_dims(x_test, -1);
        Console.WriteLine($"x_train shape: ({string.Join(", ", x_train.shape)})");
        Console.WriteLine($"{x_train.shape[0]} train samples");
        Console.WriteLine($"{x_test.shape[0]} test samples");

        // One-hot.
        NDArray y_train = keras.utils.to_categorical(y_train_labels, num_classes);
        NDArray y_test = keras.utils.to_categorical(y_test_labels, num_classes);

        var layers = keras.layers;
        var data_augmentation = keras.Sequential(
            layers.RandomTranslation(0.08, 0.08, fill_mode: "constant"),
            layers.RandomRotation(0.03, fill_mode: "constant"),
            layers.RandomZoom(0.1, fill_mode: "constant")
        );
        var model = keras.Sequential(
            keras.Input(input_shape),
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

        const int batch_size = 64;
        int epochs = options.Epochs ?? 6;
        model.compile(loss: "categorical_crossentropy", optimizer: "adam", metrics: ["accuracy"]);
        model.fit(x_train, y_train, batch_size: batch_size, epochs: epochs, validation_split: 0.1, verbose: 2);

        Logs score = model.evaluate(x_test, y_test, verbose: 0);
        return PortResult.Of(model, training, score, y_test_labels.astype(NPTypeCode.Int32).ToArray<int>());
    }
}
