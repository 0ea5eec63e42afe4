using Distillation.Keras.Backend;
using Distillation.Keras.Layers;
using Distillation.Keras.Models;
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
        Tensor[] tensors = InOrder(x, [.. model.Signature.Inputs.Select(i => i.Name)], $"inputs of '{model.Name}'", "x");
        for (int i = 0; i < tensors.Length; i++)
        {
            tensors[i] = Adjusted(tensors[i], model.Signature.Inputs[i], model.Name);
            Fit(model, i, tensors[i], "x");
        }

        SameLength(tensors, "x");
        return tensors;
    }

    /// <summary>Refuses values that the type of an input of a model cannot hold.</summary>
    /// <exception cref="ArgumentException">There are such values.</exception>
    public static void Fit(Model model, int input, Tensor values, string argument)
    {
        ModelPort wanted = model.Signature.Inputs[input];
        if (wanted.Type is not null && wanted.Type == StringTensors.Type != StringTensors.Are(values))
        {
            throw new ArgumentException(
                $"The input '{wanted.Name}' of '{model.Name}' takes {DTypes.NameOf(wanted.Type.Value)}, but {argument} holds "
                    + (
                        StringTensors.Are(values)
                            ? "strings. Give numbers, or make the Input of the dtype \"string\" and put a StringLookup behind it."
                            : "numbers. Give an array of strings, or make the Input of another dtype."
                    ),
                argument
            );
        }

        if (StringTensors.Are(values))
        {
            return;
        }

        if (wanted.Type is not ScalarType type)
        {
            if (values.is_floating_point())
            {
                ValueChecks.Fit(values, model.Dtype.ComputeType, argument, $"The model '{model.Name}' takes");
            }

            return;
        }

        // Layers cast to their own type: an input of float64 before layers of float32 holds no more than they do.
        ScalarType held = type;
        foreach (
            Node node in type.IsFloating()
                ? model.Graph.Nodes.Where(n => n.Inputs.Any(t => ReferenceEquals(t, wanted.Symbol)) && n.Layer is not Model)
                : []
        )
        {
            ScalarType computed = node.Layer.Dtype.ComputeType;
            held = computed.Largest() < held.Largest() ? computed : held;
        }

        ValueChecks.Fit(values, held, argument, $"The input '{wanted.Name}' of '{model.Name}' takes");
    }

    /// <summary>Refuses inputs, made for another model, that the types of a model's inputs cannot hold.</summary>
    public static void Fit(Model model, IReadOnlyList<Tensor> x)
    {
        for (int i = 0; i < x.Count; i++)
        {
            Fit(model, i, x[i], nameof(x));
        }
    }

    /// <summary>Refuses inputs for a model that is not built yet, as far as that can be told without it.</summary>
    /// <returns>The shapes, each with an open batch axis.</returns>
    /// <exception cref="ArgumentException">An array is empty, or has values that are no finite numbers.</exception>
    public static Shape[] ShapesOf(ArrayLike x)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor[] tensors = x.ToInputs("x");
        SameLength(tensors, "x");
        foreach (Tensor tensor in tensors)
        {
            ValueChecks.Fit(tensor, ScalarType.Float32, "x", "A model without an Input takes");
        }

        return [.. tensors.Select(t => Shape.FromSizes(t.shape).With(0, null))];
    }

    /// <summary>The targets in the outputs' order; float64 becomes float32.</summary>
    public static Tensor[] Targets(Model model, ArrayLike? y, long samples) =>
        y is null
            ? throw new ArgumentException($"The losses and metrics of '{model.Name}' need targets, but y is null.", nameof(y))
            : Targets(model.Signature.OutputNames, model.Name, y, samples);

    /// <summary>The targets in the order of the names of a model's outputs; float64 becomes float32.</summary>
    public static Tensor[] Targets(IReadOnlyList<string> names, string model, ArrayLike y, long samples)
    {
        Tensor[] tensors = InOrder(y, names, $"outputs of '{model}'", "y");
        for (int i = 0; i < tensors.Length; i++)
        {
            RefuseLength(tensors[i], samples, "y");
            ValueChecks.Fit(tensors[i], ScalarType.Float32, "y", "Targets are");
            if (tensors[i].dtype == ScalarType.Float64)
            {
                tensors[i] = tensors[i].to(ScalarType.Float32);
            }
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
            Tensor one = SampleWeight(weights.ToTensors("sample_weight")[0], samples);
            return [.. model.Signature.Outputs.Select(_ => one)];
        }

        return
        [
            .. InOrder(weights, model.Signature.OutputNames, $"outputs of '{model.Name}'", "sample_weight")
                .Select(t => SampleWeight(t, samples)),
        ];
    }

    /// <summary>One array of sample weights as float32: one row a sample, finite.</summary>
    public static Tensor SampleWeight(Tensor weight, long samples)
    {
        RefuseLength(weight, samples, "sample_weight");
        ValueChecks.Fit(weight, ScalarType.Float32, "sample_weight", "Weights are");
        return weight.to(ScalarType.Float32);
    }

    /// <summary>One weight a sample from one weight a class; classes that are not listed weigh 1.</summary>
    /// <param name="class_weight">The weights by class.</param>
    /// <param name="target">One class a sample: one-hot rows, whose width is the number of classes, or integers.</param>
    /// <param name="classes">
    /// How many classes integers stand for; <see langword="null"/> where only they tell, as with one sigmoid: two, or as many as there are.
    /// </param>
    /// <exception cref="ArgumentException">A key is no class, a weight not finite, or the targets are no classes.</exception>
    public static Tensor ClassWeights(IReadOnlyDictionary<int, double> class_weight, Tensor target, int? classes = null)
    {
        // libtorch finds no largest among booleans.
        target = target.dtype == ScalarType.Bool ? target.to(ScalarType.Byte) : target;
        bool rows = target.dim() >= 2 && target.shape[^1] > 1;
        Tensor labels =
            rows ? target.argmax(-1)
            : target.dim() >= 2 ? target.squeeze(-1)
            : target;
        if (labels.dim() != 1)
        {
            throw new ArgumentException(
                "class_weight needs one class a sample (one-hot rows or integers), but the targets' shape is "
                    + $"{Shape.FromSizes(target.shape)}.",
                nameof(class_weight)
            );
        }

        foreach ((int label, double weight) in class_weight)
        {
            if (label < 0 || !float.IsFinite((float)weight))
            {
                throw new ArgumentException(
                    Invariant($"class_weight has classes (integers from 0) and finite weights, but found {label}: {weight}."),
                    nameof(class_weight)
                );
            }
        }

        ValueChecks.Fit(
            labels,
            ScalarType.Int64,
            "y",
            "With class_weight y has one class a sample, of",
            "Give class numbers or one-hot rows."
        );
        Tensor index = labels.to(ScalarType.Int64);
        long count = rows ? target.shape[^1] : classes ?? Math.Max(2, index.max().item<long>() + 1);
        int[] beyond = [.. class_weight.Keys.Where(c => c >= count).Order().Take(10)];
        if (beyond.Length > 0)
        {
            throw new ArgumentException(
                Invariant($"class_weight has keys from 0 to {count - 1}, the classes, but holds {string.Join(", ", beyond)}."),
                nameof(class_weight)
            );
        }

        // Looked up in the sorted keys, so that no table grows with the numbers that stand for classes. The last entry is for labels behind
        // them all.
        KeyValuePair<int, double>[] sorted = [.. class_weight.OrderBy(w => w.Key)];
        Tensor keys = tensor((long[])[.. sorted.Select(w => (long)w.Key), long.MaxValue], device: CPU);
        Tensor table = tensor((float[])[.. sorted.Select(w => (float)w.Value), 1f], device: CPU);
        Tensor places = searchsorted(keys, index);
        Tensor found = table.index_select(0, places);
        return where(keys.index_select(0, places).eq(index), found, ones_like(found));
    }

    private static Tensor[] InOrder(ArrayLike data, IReadOnlyList<string> names, string what, string argument)
    {
        Tensor[] tensors = argument == "x" ? data.ToInputs(argument) : data.ToTensors(argument);
        if (data.Names is IReadOnlyList<string> given)
        {
            string[] faults =
            [
                .. names.Except(given).Select(n => $"'{n}' is missing"),
                .. given.Except(names).Select(n => $"'{n}' is none of them: leave it out"),
            ];
            return faults.Length == 0
                ? [.. names.Select(n => tensors[given.ToList().IndexOf(n)])]
                : throw new ArgumentException(
                    $"By name {argument} holds one array for each of the {what} ({string.Join(", ", names)}), but "
                        + $"{string.Join(", ", faults)}.",
                    argument
                );
        }

        return tensors.Length == names.Count
            ? tensors
            : throw new ArgumentException(
                $"There are {names.Count} {what} ({string.Join(", ", names)}), but {argument} holds {tensors.Length} arrays.",
                argument
            );
    }

    // As in Keras, a size of the batch that an input was made with is no rule for what it takes.
    private static Tensor Adjusted(Tensor x, ModelPort port, string model)
    {
        ModelPort wanted = port.Shape.Rank > 0 ? port with { Shape = port.Shape.With(0, null) } : port;
        Tensor adjusted = AdjustRank(x, wanted.Shape);
        if (wanted.Shape.IsCompatibleWith(Shape.FromSizes(adjusted.shape)))
        {
            return adjusted;
        }

        // A single sample is the usual mistake.
        Shape one = Shape.FromSizes([1, .. x.shape]);
        bool isSample = wanted.Shape.IsCompatibleWith(Shape.FromSizes(AdjustRank(x.unsqueeze(0), wanted.Shape).shape));
        throw new ArgumentException(
            $"The input '{wanted.Name}' of '{model}' takes arrays of shape {wanted.Shape} (None: any number of samples), but x has the "
                + $"shape {Shape.FromSizes(x.shape)}."
                + (isSample ? $" One sample needs a batch axis too: give it the shape {one}." : string.Empty),
            nameof(x)
        );
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
            if (tensor.dim() == 0)
            {
                throw new ArgumentException($"Arrays have one row a sample, but {argument} has the shape {Shape.Scalar}.", argument);
            }

            if (tensor.shape[0] == 0)
            {
                throw new ArgumentException(
                    $"{argument} needs at least one sample, but its shape is {Shape.FromSizes(tensor.shape)}.",
                    argument
                );
            }

            RefuseLength(tensor, tensors[0].shape[0], argument);
        }
    }

    private static void RefuseLength(Tensor tensor, long samples, string argument)
    {
        if (tensor.dim() == 0 || tensor.shape[0] != samples)
        {
            throw new ArgumentException(
                Invariant(
                    $"All arrays have one row a sample: x has {samples}, but {argument} has the shape {Shape.FromSizes(tensor.shape)}."
                ),
                argument
            );
        }
    }
}
