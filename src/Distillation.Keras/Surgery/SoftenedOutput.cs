using System.Globalization;
using Distillation.Keras.Layers;

namespace Distillation.Keras;

/// <summary>The notebook's output <c>[softmax(z), softmax(z / T)]</c>, known by its layers.</summary>
internal static class SoftenedOutput
{
    // By how much T may miss 1 / (1 / T), as one of both may have been a float.
    private const double Tolerance = 1e-6;

    /// <summary>
    /// T of an output; <see langword="null"/> where it was not made by <see cref="ModelSurgery.WithSoftenedOutput"/>, nor of the same
    /// layers.
    /// </summary>
    public static double? Temperature(KerasTensor output)
    {
        Node node = output.Node;
        if (node.Layer is Model { HasGraph: true } nested)
        {
            return Temperature(nested.Outputs[Place(node.Outputs, output)]);
        }

        return
            node is { Layer: Concatenate, Inputs.Count: 2 }
            && Logits(node.Inputs[0]) is KerasTensor z
            && Logits(node.Inputs[1])?.Node is { Layer: Rescaling { Scale: { Count: 1 } scale, Offset: { Count: 1 } offset } } scaled
            && scale[0] > 0
            && offset[0] == 0
            && ReferenceEquals(scaled.Inputs[0], z)
            ? 1 / scale[0]
            : null;
    }

    /// <summary>Refuses an output that is softened at another temperature.</summary>
    /// <param name="output">A model's output.</param>
    /// <param name="temperature">T of the loss or metric.</param>
    /// <param name="who">Which one, for the message.</param>
    /// <exception cref="ArgumentException">Both have different temperatures.</exception>
    public static void Check(KerasTensor output, double temperature, string who)
    {
        if (Temperature(output) is double softened && Math.Abs(softened - temperature) > Tolerance * temperature)
        {
            throw new ArgumentException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Teacher and student are compared at one temperature, but the output '{output.Name}' is softened at T = "
                        + $"{softened:0.######} and {who} is for T = {temperature:0.######}. Give both the same, as in "
                        + $"model.WithSoftenedOutput({temperature:0.######})."
                )
            );
        }
    }

    private static KerasTensor? Logits(KerasTensor probabilities) =>
        probabilities.Node is { Layer: Softmax or Layers.Activation { Function.IsSoftmax: true } } node ? node.Inputs[0] : null;

    private static int Place(IReadOnlyList<KerasTensor> outputs, KerasTensor output)
    {
        int place = 0;
        while (!ReferenceEquals(outputs[place], output))
        {
            place++;
        }

        return place;
    }
}
