using static Distillation.Keras.KerasApi;

// Keras' own spelling is the engine's.
keras.utils.set_random_seed(1);
var ((x_train, y_train), _) = keras.datasets.digits.load_data();
using var x = x_train["0:64"].reshape(64, 28, 28, 1) / 255f;
using var y = keras.utils.to_categorical(y_train["0:64"], 10);
var model = keras.Sequential(keras.layers.Input((28, 28, 1)), keras.layers.Flatten(), keras.layers.Dense(10, activation: "softmax"));
model.compile(keras.optimizers.SGD(0.1), keras.losses.CategoricalCrossentropy(), ["accuracy"]);
model.fit(x, y, epochs: 1, verbose: 0);
using var p = model.predict(x);
Console.WriteLine($"engine: probabilities ({string.Join(", ", p.shape)})");
if (!p.shape.SequenceEqual([64L, 10L]))
    throw new InvalidOperationException("The shape is to be (64, 10).");
