using Distillation.Keras;

namespace KerasPorts;

/// <summary>What a port reached.</summary>
/// <param name="Parameters">The weights of its model.</param>
/// <param name="TrainingSamples">How many samples it was trained on.</param>
/// <param name="TestSamples">How many it was tested on.</param>
/// <param name="Accuracy">The share of test samples that it classified rightly.</param>
/// <param name="Chance">The share of the most frequent class among them: what always guessing that class reaches.</param>
/// <param name="Best">The share that who knows how the data were made classifies rightly.</param>
internal sealed record PortResult(long Parameters, int TrainingSamples, int TestSamples, double Accuracy, double Chance, double Best)
{
    /// <summary>From what <c>evaluate</c> gave, with an accuracy beside the loss.</summary>
    /// <param name="model">The model.</param>
    /// <param name="training">How many samples it was trained on.</param>
    /// <param name="score">The loss and the accuracy on the test samples.</param>
    /// <param name="labels">Their classes.</param>
    /// <param name="best">The share that who knows how the data were made classifies rightly.</param>
    public static PortResult Of(Model model, int training, Logs score, IReadOnlyList<int> labels, double best = 1)
    {
        double accuracy = score.Single(s => s.Key != "loss").Value;
        Console.WriteLine($"Test loss: {score["loss"]:F4}");
        Console.WriteLine($"Test accuracy: {accuracy:F4}");
        double chance = labels.CountBy(l => l).Max(c => c.Value) / (double)labels.Count;
        return new PortResult(model.CountParams(), training, labels.Count, accuracy, chance, best);
    }
}
