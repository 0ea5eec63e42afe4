using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Training;

/// <summary>Labels of a classifier, however they were given.</summary>
/// <param name="Given">As they were given: one-hot (or soft) rows of float32, or integers (int64).</param>
/// <param name="Classes">The class of each sample (int64).</param>
/// <param name="NumClasses">How many classes there are.</param>
internal sealed record Labels(Tensor Given, Tensor Classes, int NumClasses)
{
    // By how much a row of class probabilities may miss 1, as they may have been rounded.
    private const double Tolerance = 1e-3;

    /// <summary>Whether each label is a row of class probabilities.</summary>
    public bool AreRows => Given.dim() == 2;

    /// <summary>Checks and takes in labels.</summary>
    /// <param name="y">One-hot (n, c) or integers (n,) or (n, 1).</param>
    /// <param name="samples">n.</param>
    /// <param name="output">The classifier's output shape; its last axis is c.</param>
    /// <exception cref="ArgumentException">They do not fit.</exception>
    public static Labels Of(ArrayLike y, long samples, Shape output)
    {
        if (y.Count != 1 || y.IsList)
        {
            throw new ArgumentException($"A classifier has one array of labels, but y holds {y.Count}.", nameof(y));
        }

        int classes = output.Known(-1, "Distillation");
        if (output.Rank != 2)
        {
            throw new ArgumentException($"Distillation takes classifiers with one row of classes a sample, (batch, classes), but the output's shape is {output}.", nameof(output));
        }

        Tensor given = y.ToTensors()[0];
        Shape shape = Shape.FromSizes(given.shape);
        if (given.dim() == 2 && given.shape[1] == 1 && classes != 1)
        {
            given = given.squeeze(1);
        }

        bool rows = given.dim() == 2 && given.shape[1] == classes;
        if (given.dim() == 0 || given.shape[0] != samples || (!rows && given.dim() != 1))
        {
            throw new ArgumentException($"Labels of {samples} samples and {classes} classes are one-hot ({samples}, {classes}) or integers ({samples},), but y has the shape {shape}.", nameof(y));
        }

        if (!rows)
        {
            return FromIntegers(given, classes);
        }

        given = CheckRows(given.to(ScalarType.Float32));
        return new Labels(given, given.argmax(1), classes);
    }

    /// <summary>The labels as rows of float32.</summary>
    public Tensor OneHot() => AreRows ? Given.alias() : nn.functional.one_hot(Classes, NumClasses).to(ScalarType.Float32);

    private static Tensor CheckRows(Tensor rows)
    {
        using DisposeScope scope = NewDisposeScope();
        long bad = (rows.sum(1) - 1).abs().le(Tolerance).logical_and(rows.ge(0).all(1)).logical_not().sum().item<long>();
        return bad == 0
            ? rows
            : throw new ArgumentException($"Each row of one-hot labels (or class probabilities) is not negative and sums to 1, but {bad} of the {rows.shape[0]} rows of y are not so.", nameof(rows));
    }

    private static Labels FromIntegers(Tensor given, int classes)
    {
        Tensor integers = given.to(ScalarType.Int64);
        if (given.is_floating_point() && !integers.to(given.dtype).eq(given).all().item<bool>())
        {
            throw new ArgumentException("Labels of shape (samples,) are integers, but y holds other numbers. For class probabilities give one row a sample.", nameof(given));
        }

        long least = integers.min().item<long>();
        long most = integers.max().item<long>();
        return least >= 0 && most < classes
            ? new Labels(integers, integers, classes)
            : throw new ArgumentException($"Labels of {classes} classes are from 0 to {classes - 1}, but y holds values from {least} to {most}.", nameof(given));
    }
}
