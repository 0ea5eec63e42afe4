using System.Reflection;
using Distillation.Keras.Layers;
using Distillation.Keras.Models;

namespace Distillation.Keras;

/// <summary>Takes the softmax off a classifier, and puts a softened one beside it.</summary>
/// <remarks>The models share their layers' weights with the original, which is not changed. Not thread-safe.</remarks>
public static class ModelSurgery
{
    /// <summary>The same classifier without its softmax: a model that ends in logits, with the same weights.</summary>
    /// <param name="model">
    /// A model with one output, made by a layer with <c>activation: "softmax"</c>, by <c>Activation("softmax")</c> or <c>Softmax()</c>, also
    /// inside a nested model, or one that ends in logits already.
    /// </param>
    /// <returns>A new model on the same inputs and weights.</returns>
    /// <exception cref="NotSupportedException">The model ends in something else (sigmoid, ReLU, ...) or has several outputs; the message names it.</exception>
    /// <exception cref="InvalidOperationException">The model's input shape is not known yet.</exception>
    public static Model PopSoftmax(this Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (model.Outputs.Count != 1)
        {
            throw new NotSupportedException(
                $"PopSoftmax takes a model with one output, but '{model.Name}' has {model.Outputs.Count}: {string.Join(", ", model.Outputs.Select(o => $"'{o.Name}'"))}. Make a model of the one that classifies: new Model(model.Inputs, output).");
        }

        var logits = new Model(new KerasTensors(model.Inputs, model.Graph.Inputs.IsList), Logits(model, model.Outputs[0]), model.Name + "_logits");
        logits.CopyTrainable(model);
        return logits;
    }

    /// <summary>The classifier with the notebook's output: <c>[softmax(z), softmax(z / T)]</c> side by side along the last axis.</summary>
    /// <param name="model">A model that <see cref="PopSoftmax"/> accepts.</param>
    /// <param name="temperature">T, positive. At 1 both halves are equal.</param>
    /// <returns>A new model on the same inputs and weights, whose output is twice as wide.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The temperature is not a positive number.</exception>
    /// <exception cref="NotSupportedException">See <see cref="PopSoftmax"/>.</exception>
    public static Model WithSoftenedOutput(this Model model, double temperature)
    {
        ArgumentNullException.ThrowIfNull(model);
        Temperatures.Check(temperature, nameof(temperature));
        Model logits = model.PopSoftmax();
        KerasTensor z = logits.Outputs[0];
        KerasTensor hard = new Softmax(name: "probabilities").Apply(z);
        KerasTensor soft = new Softmax(name: "softened_probabilities").Apply(new Rescaling(1 / temperature, name: "logits_by_temperature").Apply(z));
        KerasTensor both = new Concatenate(name: "probabilities_and_softened").Apply(hard, soft);
        var softened = new Model(new KerasTensors(logits.Inputs, logits.Graph.Inputs.IsList), both, model.Name + "_softened");
        softened.CopyTrainable(model);
        return softened;
    }

    /// <summary>The classifier with a softmax at its end: the model itself where it has one, else a new model on the same weights.</summary>
    internal static Model WithSoftmax(this Model model)
    {
        if (EndsInSoftmax(model, model.Outputs[0]))
        {
            return model;
        }

        var probabilities = new Model(new KerasTensors(model.Inputs, model.Graph.Inputs.IsList), new Softmax(name: FreeName(model, "probabilities")).Apply(model.Outputs[0]), model.Name);
        probabilities.CopyTrainable(model);
        return probabilities;
    }

    private static KerasTensor Logits(Model model, KerasTensor output)
    {
        Node node = output.Node;
        Layer layer = node.Layer;
        switch (layer)
        {
            case Model nested when nested.Outputs.Count == 1:
                return nested.PopSoftmax().Apply([.. node.Inputs]);
            case Softmax softmax when IsLastAxis(softmax.Axis, output.Shape):
            case Layers.Activation { Function.IsSoftmax: true }:
                return node.Inputs[0];
            case Softmax softmax:
                throw Refused(model, layer, $"a softmax along axis {softmax.Axis}, not the last one");
        }

        ActivationFunction? activation = FusedActivation(layer);
        if (activation is { IsSoftmax: true })
        {
            Layer linear = layer.CloneSharingWeights(new Dictionary<string, object?> { ["activation"] = ActivationFunction.Linear });
            return linear.Apply(node.Inputs[0]);
        }

        if (activation is { IsLinear: false })
        {
            throw Refused(model, layer, $"the activation \"{activation.Name}\"");
        }

        return IsLogits(output)
            ? output
            : throw Refused(model, layer, $"a {layer.ClassName} layer");
    }

    // Layers whose output may be logits: those that end in a sum of products, and those that only hand logits on.
    private static bool IsLogits(KerasTensor output) => output.Node.Layer switch
    {
        Dense dense => dense.Activation.IsLinear,
        Conv2D conv => conv.Activation.IsLinear,
        Layers.Activation { Function.IsLinear: true } or Flatten or Reshape or Dropout or Rescaling or GlobalAveragePooling2D or BatchNormalization => output.Node.Inputs[0] is var input && IsLogits(input),
        Add => output.Node.Inputs.Any(IsLogits),
        Model nested => nested.Outputs.Count == 1 && IsLogits(nested.Outputs[0]),
        _ => false,
    };

    private static bool EndsInSoftmax(Model model, KerasTensor output) => output.Node.Layer switch
    {
        Model nested => nested.Outputs.Count == 1 && EndsInSoftmax(nested, nested.Outputs[0]),
        Softmax => true,
        Layer layer => FusedActivation(layer) is { IsSoftmax: true },
    };

    private static ActivationFunction? FusedActivation(Layer layer) =>
        layer.GetType().GetProperty("Activation", BindingFlags.Instance | BindingFlags.Public)?.GetValue(layer) as ActivationFunction;

    private static bool IsLastAxis(Axes axes, Shape shape) => axes.Count == 1 && (axes[0] == -1 || axes[0] == shape.Rank - 1);

    private static string FreeName(Model model, string name)
    {
        string free = name;
        for (int i = 1; model.Layers.Any(l => l.Name == free); i++)
        {
            free = $"{name}_{i}";
        }

        return free;
    }

    private static NotSupportedException Refused(Model model, Layer layer, string found) => new(
        $"A classifier ends in a softmax or in logits, but '{model.Name}' ends in {found} (layer '{layer.Name}'). Give a model whose last layer is Dense(classes, activation: \"softmax\"), a Softmax layer, or Dense(classes) without activation.");
}
