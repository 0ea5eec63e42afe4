/// keras.io's "Simple MNIST convnet". Here the digits are the bundled ones, layers that shift, turn and scale them stand before the
/// convolutions, and there are fewer epochs.
module KerasPorts.FSharp.Convnet

open System
open NumSharp
open Examples.Common
open type Distillation.Keras.KerasApi

let run (options: Options) =
    keras.utils.set_random_seed options.Seed

    let num_classes = 10
    let input_shape = (28, 28, 1)

    // Bytes (n, 28, 28), and labels as numbers.
    let data = keras.datasets.digits.load_data ()
    let training, test = options.SamplesOr(5000, 2000)

    // From 0 to 1, with an axis for the channel.
    let images count (x: NDArray) =
        np.expand_dims (x.First(count).astype(NPTypeCode.Single) / 255.0f, -1)

    let x_train, x_test = images training data.Train.X, images test data.Test.X
    let sizes = String.Join(", ", x_train.shape)
    printfn $"x_train shape: ({sizes})"
    printfn $"{x_train.shape[0]} train samples"
    printfn $"{x_test.shape[0]} test samples"

    // One-hot.
    let labels = data.Test.Y.First(test).astype(NPTypeCode.Int32).ToArray<int>()
    let y_train = keras.utils.to_categorical (data.Train.Y.First training, num_classes)
    let y_test = keras.utils.to_categorical (labels, num_classes)

    let layers = keras.layers

    let data_augmentation =
        keras.Sequential [
            layers.RandomTranslation(0.08, 0.08, fill_mode = "constant")
            layers.RandomRotation(0.03, fill_mode = "constant")
            layers.RandomZoom(0.1, fill_mode = "constant")
        ]

    let model =
        keras.Sequential [
            keras.Input(shape = input_shape)
            data_augmentation
            layers.Conv2D(32, kernel_size = (3, 3), activation = "relu")
            layers.MaxPooling2D(pool_size = (2, 2))
            layers.Conv2D(64, kernel_size = (3, 3), activation = "relu")
            layers.MaxPooling2D(pool_size = (2, 2))
            layers.Flatten()
            layers.Dropout(0.5)
            layers.Dense(num_classes, activation = "softmax")
        ]

    model.summary (line_length = 80)

    let batch_size = 64
    let epochs = defaultArg options.Epochs 6
    model.compile (loss = "categorical_crossentropy", optimizer = "adam", metrics = [ "accuracy" ])
    model.fit (x_train, y_train, batch_size = batch_size, epochs = epochs, validation_split = 0.1, verbose = 2) |> ignore

    let score = model.evaluate (x_test, y_test, verbose = 0)
    Result.ofScore model training score labels 1.0
