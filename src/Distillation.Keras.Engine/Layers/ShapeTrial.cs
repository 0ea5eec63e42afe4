using Distillation.Keras.Backend;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>Finds the shape of a layer's outputs by trying it on zeros, where its class does not say it.</summary>
/// <remarks>
/// Unknown sizes are tried twice; what differs then is unknown in the output too. Source: <c>compute_output_spec</c> of
/// <c>keras/src/backend/torch/core.py</c>.
/// </remarks>
internal static class ShapeTrial
{
    // Two samples, so that a layer that loses the batch axis is noticed.
    private const int Samples = 2;

    private static readonly int[] Sizes = [32, 48];

    [ThreadStatic]
    private static int _running;

    /// <summary>
    /// Whether a layer is being tried on this thread: what it computes is for its shape alone, and zeros may stand for strings.
    /// </summary>
    public static bool IsRunning => _running > 0;

    /// <summary>The outputs' shapes.</summary>
    /// <param name="layer">A layer whose weights are there.</param>
    /// <param name="inputs">The inputs' shapes with the batch axis.</param>
    /// <exception cref="ArgumentException">An input has no batch axis, or an output has lost it.</exception>
    /// <exception cref="InvalidOperationException">The weights are not there yet.</exception>
    public static IReadOnlyList<Shape> Outputs(Layer layer, IReadOnlyList<Shape> inputs)
    {
        if (!layer.Built && layer.MakesWeights)
        {
            throw new InvalidOperationException(
                $"The {layer.ClassName} '{layer.Name}' does not say its output's shape, so that it is tried on zeros; but its weights "
                    + "are not made yet. Call it on data or apply it to an Input first, or override ComputeOutputShape."
            );
        }

        Shape[] first = Run(layer, inputs, Sizes[0]);
        bool isOpen = inputs.Any(s => !s.From(1).IsFullyKnown);
        Shape[] second = isOpen ? Run(layer, inputs, Sizes[1]) : first;
        return [.. first.Select((shape, i) => WithoutTried(layer, inputs, shape, i < second.Length ? second[i] : shape))];
    }

    /// <summary>Computes the layer once on zeros, so that the layers in it make their weights.</summary>
    public static void Build(Layer layer, IReadOnlyList<Shape> inputs) => Run(layer, inputs, Sizes[0]);

    private static Shape[] Run(Layer layer, IReadOnlyList<Shape> inputs, int unknown)
    {
        Shape[] tried = [.. inputs.Select(s => Tried(layer, s, unknown))];
        foreach (Shape shape in tried)
        {
            SystemMemory.Require($"The {layer.ClassName} '{layer.Name}' is tried on an input, which", shape, layer.Dtype.ComputeType);
        }

        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        using var context = new CallContext(training: false);
        Tensor[] zeroed = [.. tried.Select(s => zeros(s.ToSizes(), layer.Dtype.ComputeType, layer.Device))];
        _running++;
        try
        {
            return [.. layer.Invoke(new LayerInputs<Tensor>(zeroed), context).Tensors.Select(t => Shape.FromSizes(t.shape))];
        }
        finally
        {
            _running--;
        }
    }

    private static Shape Tried(Layer layer, Shape shape, int unknown) =>
        shape.Rank == 0
            ? throw new ArgumentException($"{layer.ClassName} '{layer.Name}' takes an input with a batch axis, but its input has no axes.")
            : new Shape([shape[0] ?? Samples, .. shape.From(1).Select(size => size ?? unknown)]);

    private static Shape WithoutTried(Layer layer, IReadOnlyList<Shape> inputs, Shape first, Shape second)
    {
        int batch = inputs[0][0] ?? Samples;
        if (first.Rank == 0 || first[0] != batch || first.Rank != second.Rank)
        {
            string tried = string.Join(", ", inputs.Select(i => i.From(1)));
            throw new ArgumentException(
                Invariant(
                    $"The {layer.ClassName} '{layer.Name}' should keep the batch axis, but {batch} samples of shape {tried} became a "
                        + $"tensor of shape {first}."
                )
            );
        }

        Shape result = first.With(0, inputs[0][0]);
        for (int axis = 1; axis < first.Rank; axis++)
        {
            result = first[axis] == second[axis] ? result : result.With(axis, null);
        }

        return result;
    }
}
