using System.Reflection;
using Distillation.Keras.Backend;
using Distillation.Keras.Layers;
using Distillation.Keras.Schedules;

namespace Distillation.Keras;

/// <summary>Takes the softmax off a classifier, and puts a softened one beside it.</summary>
/// <remarks>The models share their layers' weights with the original, which is not changed. Not thread-safe.</remarks>
public static partial class ModelSurgery
{
    /// <summary>What the name of a model without its softmax has behind the model's own.</summary>
    internal const string LogitsSuffix = "_logits";

    /// <summary>The same classifier without its softmax: a model that ends in logits, with the same weights.</summary>
    /// <param name="model">
    /// A model with one output, made by a layer with <c>activation: "softmax"</c>, by <c>Activation("softmax")</c> or <c>Softmax()</c>,
    /// also inside a nested model, or one that ends in logits already.
    /// </param>
    /// <returns>A new model on the same inputs and weights. A penalty on the probabilities goes with the softmax.</returns>
    /// <exception cref="NotSupportedException">
    /// The model ends in something else (sigmoid, ReLU, ...) or has several outputs; the message names it.
    /// </exception>
    /// <exception cref="InvalidOperationException">The model's input shape is not known yet.</exception>
    /// <exception cref="ObjectDisposedException">The model was released.</exception>
    public static Model PopSoftmax(this Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        Released.Refuse(model, "model");
        if (model.Outputs.Count != 1)
        {
            throw new NotSupportedException(
                $"PopSoftmax takes a model with one output, but '{model.Name}' has {model.Outputs.Count}: "
                    + $"{string.Join(", ", model.Outputs.Select(o => $"'{o.Name}'"))}. Make a model of the one that classifies: new "
                    + "Model(model.Inputs, output)."
            );
        }

        return WithoutActivation(model, Head(model, model.Outputs[0], acceptsSigmoid: false));
    }

    /// <summary>The classifier with the notebook's output: <c>[softmax(z), softmax(z / T)]</c> side by side along the last axis.</summary>
    /// <param name="model">A model that <see cref="PopSoftmax"/> accepts.</param>
    /// <param name="temperature">T, positive. At 1 both halves are equal.</param>
    /// <returns>A new model on the same inputs and weights, whose output is twice as wide.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The temperature is not a positive number.</exception>
    /// <exception cref="NotSupportedException">
    /// See <see cref="PopSoftmax"/>; or the output is 1 wide, so that its softmax is always 1.
    /// </exception>
    public static Model WithSoftenedOutput(this Model model, double temperature)
    {
        ArgumentNullException.ThrowIfNull(model);
        Temperatures.Check(temperature, nameof(temperature));
        Model logits = model.PopSoftmax();
        KerasTensor z = logits.Outputs[0];
        RefuseOneColumn(model.Name, z.Shape);
        DTypePolicy type = TypeOf(z);
        KerasTensor hard = new Softmax(name: FreeName(logits, "probabilities"), dtype: type).Apply(z);
        KerasTensor scaled = new Rescaling(1 / temperature, name: FreeName(logits, "logits_by_temperature"), dtype: type).Apply(z);
        KerasTensor soft = new Softmax(name: FreeName(logits, "softened_probabilities"), dtype: type).Apply(scaled);
        KerasTensor both = new Concatenate(name: FreeName(logits, "probabilities_and_softened"), dtype: type).Apply(hard, soft);
        var softened = new Model(new KerasTensors(logits.Inputs, logits.Graph.Inputs.IsList), both, model.Name + "_softened");
        softened.CopyTrainable(model);
        return softened;
    }

    /// <summary>Refuses an output of one number, whose softmax is always 1.</summary>
    /// <exception cref="NotSupportedException">It is 1 wide.</exception>
    internal static void RefuseOneColumn(string name, Shape logits)
    {
        if (logits[-1] == 1)
        {
            throw new NotSupportedException(
                $"A softmax tells at least 2 classes apart, but the output of '{name}' is 1 wide. A regression has no softened "
                    + "probabilities: distil it with new Distiller(teacher).WithLoss(\"mse\"). A classifier of two has one column for "
                    + "each class here; a Distiller takes one sigmoid as well."
            );
        }
    }

    // What an output ends in, and what comes before.
    private static OutputHead Head(Model model, KerasTensor output, bool acceptsSigmoid)
    {
        Node node = output.Node;
        Layer layer = node.Layer;
        OutputHead Ends(OutputActivation activation, KerasTensor logits) =>
            new(output.Name, activation, logits) { Last = activation == OutputActivation.Logits ? null : layer };
        switch (layer)
        {
            case Model { HasGraph: true, Outputs.Count: 1 } nested:
                OutputHead inner = Head(nested, nested.Outputs[0], acceptsSigmoid);
                return Ends(inner.Activation, Reapplied(WithoutActivation(nested, inner), node)) with { Last = inner.Last };
            case Softmax softmax when IsLastAxis(softmax.Axis, output.Shape):
            case Layers.Activation { Function.IsSoftmax: true }:
                return Ends(OutputActivation.Softmax, node.Inputs[0]);
            case Layers.Activation activationLayer when acceptsSigmoid && IsSigmoid(activationLayer.Function):
                return Ends(OutputActivation.Sigmoid, node.Inputs[0]);
            case Layers.Activation { Function.IsLinear: false } activationLayer:
                throw Refused(model, layer, $"the activation \"{activationLayer.Function.Name}\"", acceptsSigmoid);
            case Operation operation when operation.IsSoftmaxOver(output.Shape):
                return Ends(OutputActivation.Softmax, node.Inputs[0]);
            case Operation { ClassName: "Sigmoid" } when acceptsSigmoid:
                return Ends(OutputActivation.Sigmoid, node.Inputs[0]);
            case Softmax softmax:
                throw Refused(model, layer, $"a softmax along axis {softmax.Axis}, not the last one", acceptsSigmoid);
        }

        ActivationFunction? activation = FusedActivation(layer);
        if (activation is { IsSoftmax: true })
        {
            return Ends(OutputActivation.Softmax, BeforeActivation(output));
        }

        if (activation is { IsLinear: false })
        {
            return acceptsSigmoid && IsSigmoid(activation)
                ? Ends(OutputActivation.Sigmoid, BeforeActivation(output))
                : throw Refused(model, layer, $"the activation \"{activation.Name}\"", acceptsSigmoid);
        }

        return IsLogits(output)
            ? Ends(OutputActivation.Logits, output)
            : throw Refused(model, layer, $"the output of {(layer is Operation ? layer.ClassName : layer.GetType().Name)}", acceptsSigmoid);
    }

    /// <summary>
    /// The activation that is part of a layer with weights, such as Dense; <see langword="null"/> where there is none that changes
    /// anything.
    /// </summary>
    internal static ActivationFunction? OwnActivation(Layer layer) =>
        layer is not Layers.Activation && FusedActivation(layer) is { IsLinear: false } activation ? activation : null;

    /// <summary>The same layer on the same weights without its own activation, and without a penalty on what that gave.</summary>
    internal static Layer Linear(Layer layer)
    {
        // The copy's initializers draw seeds that nobody uses: not from the common sequence, which surgery must not disturb.
        using IDisposable unused = RandomState.Using(0);
        Layer linear = layer.CloneSharingWeights(new Dictionary<string, object?> { ["activation"] = ActivationFunction.Linear });
        linear.ActivityRegularizer = null;
        return linear;
    }

    // The output of a layer without its own activation, from the same inputs and weights.
    private static KerasTensor BeforeActivation(KerasTensor output) => Reapplied(Linear(output.Node.Layer), output.Node);

    private static Model WithoutActivation(Model model, OutputHead head)
    {
        var logits = new Model(new KerasTensors(model.Inputs, model.Graph.Inputs.IsList), head.Logits, model.Name + LogitsSuffix);
        logits.CopyTrainable(model);
        return logits;
    }

    private static bool IsSigmoid(ActivationFunction function) => function is { Layer: null, Name: "sigmoid" };

    // Layers whose output may be logits: those that end in a sum of products, and those that only hand logits on.
    private static bool IsLogits(KerasTensor output) =>
        output.Node.Layer switch
        {
            Dense dense => dense.Activation.IsLinear,
            SpatialConvolution convolution => convolution.Activation.IsLinear,
            Layers.Activation { Function.IsLinear: true }
            or Identity
            or Flatten
            or Reshape
            or Dropout
            or Rescaling
            or BatchNormalization
            or GlobalAveragePooling1D
            or GlobalAveragePooling2D
            or GlobalAveragePooling3D => output.Node.Inputs[0] is var input && IsLogits(input),
            Add or Operation { IsLinear: true } => output.Node.Inputs.Any(IsLogits),
            Model { HasGraph: true, Outputs.Count: 1 } nested => IsLogits(nested.Outputs[0]),
            _ => false,
        };

    // The use of another layer on the same inputs, in the mode that was fixed for this use.
    private static KerasTensor Reapplied(Layer layer, Node node) => layer.ApplyNode(node.Call!).Outputs[0];

    private static DTypePolicy TypeOf(KerasTensor tensor) => tensor.DType;

    private static ActivationFunction? FusedActivation(Layer layer) =>
        layer.GetType().GetProperty("Activation", BindingFlags.Instance | BindingFlags.Public)?.GetValue(layer) as ActivationFunction;

    private static bool IsLastAxis(Axes axes, Shape shape) => axes.Count == 1 && (axes[0] == -1 || axes[0] == shape.Rank - 1);

    private static string FreeName(Model model, string name)
    {
        string free = name;
        for (int i = 1; model.Graph.Layers.Any(l => l.Name == free); i++)
        {
            free = Invariant($"{name}_{i}");
        }

        return free;
    }

    private static NotSupportedException Refused(Model model, Layer layer, string found, bool acceptsSigmoid) =>
        new(
            $"A classifier ends in a softmax{(acceptsSigmoid ? ", in sigmoids (one for each label)" : string.Empty)} or in "
                + $"logits{(acceptsSigmoid ? ", and a regression in numbers" : string.Empty)}, but '{model.Name}' ends in {found} (layer "
                + $"'{layer.Name}'). Give a model whose last layer is Dense(classes, activation: \"softmax\"), a Softmax layer, or Dense "
                + $"without activation{(acceptsSigmoid ? " (logits or, with a regression's loss, numbers)" : string.Empty)}."
        );
}
