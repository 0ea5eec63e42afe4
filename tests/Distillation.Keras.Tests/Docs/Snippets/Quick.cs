using Distillation.Keras;
using Distillation.Keras.Layers;

namespace Snippets;

/// <summary>What a snippet goes on from, where its document has made it before.</summary>
internal static class Quick
{
    public static Sequential Network(int hidden) => new(
        new Input(28, 28, 1), new Flatten(), new Dense(hidden, activation: "relu"), new Dense(10, activation: "softmax"));

    public static Sequential Trained(ImageDataset data)
    {
        Utils.SetRandomSeed(1);
        Sequential model = Network(64);
        model.Compile("adam", "categorical_crossentropy", ["accuracy"]);
        model.Fit(data.TrainX, data.TrainY, batch_size: 128, epochs: 2, verbose: 0);
        return model;
    }
}
