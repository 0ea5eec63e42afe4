using Distillation.Keras;
using Examples.Common;
using NumSharp;
using static Distillation.Keras.KerasApi;

namespace KerasPorts;

/// <summary>Tests a model that was compiled with <c>accuracy</c>.</summary>
internal static class Score
{
    /// <summary>On the test images of digits.</summary>
    public static PortResult Of(Model model, Digits digits, int training) =>
        Of(model, digits.TestX, digits.TestY, digits.TestLabels, training);

    /// <summary>On test data.</summary>
    /// <param name="model">The model.</param>
    /// <param name="x">The inputs.</param>
    /// <param name="y">The targets as the model's loss takes them.</param>
    /// <param name="labels">The classes as numbers.</param>
    /// <param name="training">How many samples the model was trained on.</param>
    public static PortResult Of(Model model, InputData x, InputData y, IReadOnlyList<int> labels, int training)
    {
        Logs score = model.evaluate(x, y, verbose: 0);
        Console.WriteLine($"Test loss: {score["loss"]:F4}");
        Console.WriteLine($"Test accuracy: {score["accuracy"]:F4}");
        double chance = labels.CountBy(l => l).Max(c => c.Value) / (double)labels.Count;
        return new PortResult(model.count_params(), training, labels.Count, score["accuracy"], chance);
    }
}
