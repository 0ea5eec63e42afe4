using System.Globalization;
using Distillation.Keras;
using Distillation.Keras.Callbacks;

namespace MnistDistillation;

/// <summary>Prints a short line for some of a fit's epochs: the last, and a few before it at even distances.</summary>
internal sealed class EpochLines(TextWriter output, int epochs) : Callback
{
    private const int Lines = 5;

    public override void OnEpochEnd(int epoch, Logs logs)
    {
        ArgumentNullException.ThrowIfNull(logs);
        int every = Math.Max(1, epochs / Lines);
        if ((epoch + 1) % every == 0 || epoch + 1 == epochs)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  epoch {epoch + 1}/{epochs} - accuracy: {logs["accuracy"]:F4} - loss: {logs["loss"]:F4}"));
        }
    }
}
