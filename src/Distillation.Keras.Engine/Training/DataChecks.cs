using Distillation.Keras.Backend;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Training;

/// <summary>Turns what the user gave into tensors that fit a model, and refuses what does not, before the first step.</summary>
internal static class DataChecks
{
    /// <summary>The inputs in the model's order, with Keras' adjustments of the rank.</summary>
    /// <exception cref="ArgumentException">A name, number, shape or value does not fit.</exception>
    public static Tensor[] Inputs(Model model, ArrayLike x)
    {
        Tensor[] tensors = InOrder(x, [.. model.Inputs.Select(i => i.Name)], $"inputs of '{model.Name}'", "x");
        for (int i = 0; i < tensors.Length; i++)
        {
            tensors[i] = AdjustRank(tensors[i], model.Inputs[i].Shape);
            Shape shape = Shape.FromSizes(tensors[i].shape);
            if (!model.Inputs[i].Shape.IsCompatibleWith(shape))
            {
                throw new ArgumentException($"The input '{model.Inputs[i].Name}' of '{model.Name}' takes arrays of shape {model.Inputs[i].Shape} (None: any number of samples), but x has the shape {shape}.", nameof(x));
            }

            RefuseNonFinite(tensors[i], "x");
        }

        SameLength(tensors, "x");
        return tensors;
    }

    /// <summary>The targets in the outputs' order; float64 becomes float32.</summary>
    public static Tensor[] Targets(Model model, ArrayLike? y, long samples) => y is null
        ? throw new ArgumentException($"The losses and metrics of '{model.Name}' need targets, but y is null.", nameof(y))
        : Targets(model.OutputNames, model.Name, y, samples);

    /// <summary>The targets in the order of the names of a model's outputs; float64 becomes float32.</summary>
    public static Tensor[] Targets(IReadOnlyList<string> names, string model, ArrayLike y, long samples)
    {
        Tensor[] tensors = InOrder(y, names, $"outputs of '{model}'", "y");
        for (int i = 0; i < tensors.Length; i++)
        {
            if (tensors[i].dtype == ScalarType.Float64)
            {
                tensors[i] = tensors[i].to(ScalarType.Float32);
            }

            RefuseLength(tensors[i], samples, "y");
            RefuseNonFinite(tensors[i], "y");
        }

        return tensors;
    }

    /// <summary>The sample weights of each output.</summary>
    public static Tensor?[]? Weights(Model model, ArrayLike? weights, long samples)
    {
        if (weights is null)
        {
            return null;
        }

        if (weights.Count == 1 && weights.Names is null)
        {
            Tensor one = SampleWeight(weights.ToTensors()[0], samples);
            return [.. model.Outputs.Select(_ => one)];
        }

        return [.. InOrder(weights, model.OutputNames, $"outputs of '{model.Name}'", "sample_weight").Select(t => SampleWeight(t, samples))];
    }

    /// <summary>One array of sample weights as float32: one row a sample, finite.</summary>
    public static Tensor SampleWeight(Tensor weight, long samples)
    {
        RefuseLength(weight, samples, "sample_weight");
        RefuseNonFinite(weight, "sample_weight");
        return weight.to(ScalarType.Float32);
    }

    /// <summary>One weight a sample from one weight a class; classes that are not listed weigh 1.</summary>
    public static Tensor ClassWeights(IReadOnlyDictionary<int, double> class_weight, Tensor target)
    {
        // libtorch finds no largest among booleans.
        target = target.dtype == ScalarType.Bool ? target.to(ScalarType.Byte) : target;
        Tensor labels = target.dim() >= 2 && target.shape[^1] > 1 ? target.argmax(-1) : target.dim() >= 2 ? target.squeeze(-1) : target;
        if (labels.dim() != 1)
        {
            throw new ArgumentException($"class_weight needs one class a sample (one-hot rows or integers), but the targets' shape is {Shape.FromSizes(target.shape)}.", nameof(class_weight));
        }

        // The table ends where the labels or the listed classes do.
        Tensor index = labels.to(ScalarType.Int64);
        long classes = Math.Max(0, Math.Min(class_weight.Keys.DefaultIfEmpty(-1).Max(), index.max().item<long>()) + 1);
        float[] table = new float[classes + 1];
        Array.Fill(table, 1f);
        foreach ((int label, double weight) in class_weight)
        {
            if (label < 0 || !double.IsFinite(weight))
            {
                throw new ArgumentException(Invariant($"class_weight has classes (integers from 0) and finite weights, but found {label}: {weight}."), nameof(class_weight));
            }

            if (label < classes)
            {
                table[label] = (float)weight;
            }
        }

        // The last entry stands for labels beyond the table.
        return tensor(table).index_select(0, where(index.IsBelow(0).logical_or(index.IsAtLeast(classes)), index.FilledLike(classes), index));
    }

    private static Tensor[] InOrder(ArrayLike data, IReadOnlyList<string> names, string what, string argument)
    {
        Tensor[] tensors = data.ToTensors();
        if (tensors.Length != names.Count)
        {
            throw new ArgumentException($"There are {names.Count} {what} ({string.Join(", ", names)}), but {argument} holds {tensors.Length} arrays.", argument);
        }

        if (data.Names is null)
        {
            return tensors;
        }

        string[] unknown = [.. data.Names.Except(names)];
        return unknown.Length == 0
            ? [.. names.Select(n => tensors[data.Names.ToList().IndexOf(n)])]
            : throw new ArgumentException($"There are no {what} named {string.Join(", ", unknown)}. Known: {string.Join(", ", names)}.", argument);
    }

    // Keras adds a last axis of size 1, or takes it away, where only that is missing or too many.
    private static Tensor AdjustRank(Tensor tensor, Shape wanted) =>
        tensor.dim() == wanted.Rank - 1 && wanted[-1] == 1 ? tensor.unsqueeze(-1)
        : tensor.dim() == wanted.Rank + 1 && tensor.shape[^1] == 1 ? tensor.squeeze(-1)
        : tensor;

    private static void SameLength(Tensor[] tensors, string argument)
    {
        foreach (Tensor tensor in tensors)
        {
            if (tensor.dim() == 0 || tensor.shape[0] == 0)
            {
                throw new ArgumentException($"{argument} needs at least one sample, but its shape is {Shape.FromSizes(tensor.shape)}.", argument);
            }

            RefuseLength(tensor, tensors[0].shape[0], argument);
        }
    }

    private static void RefuseLength(Tensor tensor, long samples, string argument)
    {
        if (tensor.dim() == 0 || tensor.shape[0] != samples)
        {
            throw new ArgumentException(Invariant($"All arrays have one row a sample: x has {samples}, but {argument} has the shape {Shape.FromSizes(tensor.shape)}."), argument);
        }
    }

    private static void RefuseNonFinite(Tensor tensor, string argument)
    {
        if (!tensor.is_floating_point())
        {
            return;
        }

        using DisposeScope scope = NewDisposeScope();

        // NaN and infinities survive a sum, so that one pass without temporaries finds nearly all data to be clean; a sum that overflows is looked at closely.
        if (double.IsFinite(tensor.detach().sum().to(ScalarType.Float64).item<double>()) || tensor.isfinite().all().item<bool>())
        {
            return;
        }

        long bad = tensor.isfinite().logical_not().sum().item<long>();
        throw new ArgumentException(Invariant($"Data holds finite numbers, but {bad} of the {tensor.numel()} values of {argument} are NaN or infinite. Remove or replace them."), argument);
    }
}
