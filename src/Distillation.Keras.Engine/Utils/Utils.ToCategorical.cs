using Distillation.Keras.Backend;
using NumSharp;

namespace Distillation.Keras;

/// <summary>Keras' helper functions (<c>keras.utils</c>). Thread-safe.</summary>
public static partial class Utils
{
    /// <summary>
    /// Turns class labels into one-hot rows. Source: <c>keras/src/utils/numerical_utils.py</c>, <c>to_categorical</c>.
    /// </summary>
    /// <param name="x">
    /// Integer labels of any shape; a last axis of length 1 is dropped, so (n, 1) is taken as (n,). A C# array or a number does too.
    /// Fractions are cut off, as in Keras. A negative label counts from the end: -1 is the last class.
    /// </param>
    /// <param name="num_classes">The number of classes; null or 0 means the largest label + 1.</param>
    /// <returns>
    /// Zeros and ones: float64 (as Keras gives), the shape of the labels followed by the number of classes. The caller disposes it.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException">
    /// A label is outside the classes, or <paramref name="num_classes"/> is negative.
    /// </exception>
    /// <exception cref="ArgumentException">
    /// The labels are no real numbers or not finite, or there is none and <paramref name="num_classes"/> is not given.
    /// </exception>
    /// <exception cref="InsufficientMemoryException">There is no memory for so many classes.</exception>
    /// <exception cref="ObjectDisposedException">The array was disposed.</exception>
    public static NDArray ToCategorical(NDArray x, int? num_classes = null)
    {
        ArgumentNullException.ThrowIfNull(x);
        _ = TensorConversion.Memory(x);
        if (num_classes < 0)
        {
            throw new ArgumentOutOfRangeException(
                nameof(num_classes),
                num_classes,
                "The number of classes must not be negative. Leave it out to use the largest label + 1."
            );
        }

        if (x.typecode is NPTypeCode.Complex or NPTypeCode.Char or NPTypeCode.String or NPTypeCode.Empty)
        {
            throw new ArgumentException(
                $"Labels must be real numbers, and these are of type {x.typecode}. Number the classes from 0 first.",
                nameof(x)
            );
        }

        // Doubles hold every label that could be a class, and one type serves all.
        using NDArray values = x.astype(NPTypeCode.Double, true, 'C');
        Span<double> labels = ArrayBytes.Span<double>(values);
        int classes = num_classes is null or 0 ? ClassesOf(labels) : num_classes.Value;

        long[] shape = x.shape;
        int rank = shape.Length > 1 && shape[^1] == 1 ? shape.Length - 1 : shape.Length;
        long[] resultShape = new long[rank + 1];
        Array.Copy(shape, resultShape, rank);
        resultShape[rank] = classes;
        SystemMemory.Require(
            Invariant($"ToCategorical: a table of {labels.Length} labels and {classes} classes"),
            (double)labels.Length * classes * sizeof(double)
        );
        var result = new NDArray(NPTypeCode.Double, new NumSharp.Shape(resultShape), true);
        try
        {
            SetOnes(labels, classes, result);
            return result;
        }
        catch
        {
            result.Dispose();
            throw;
        }
    }

    /// <summary>
    /// <see cref="ToCategorical(NDArray, int?)"/> for labels in a plain array, so that <c>[1, 2]</c> and F#'s <c>[| 1; 2 |]</c> do as they
    /// stand.
    /// </summary>
    /// <param name="x">The labels, n of them. A negative label counts from the end.</param>
    /// <param name="num_classes">The number of classes; null or 0 means the largest label + 1.</param>
    /// <returns>Zeros and ones: float64, shape (n, classes). The caller disposes it.</returns>
    /// <exception cref="ArgumentOutOfRangeException">
    /// A label is outside the classes, or <paramref name="num_classes"/> is negative.
    /// </exception>
    /// <exception cref="ArgumentException">There is no label and <paramref name="num_classes"/> is not given.</exception>
    public static NDArray ToCategorical(int[] x, int? num_classes = null)
    {
        ArgumentNullException.ThrowIfNull(x);
        using var labels = new NDArray(x);
        return ToCategorical(labels, num_classes);
    }

    private static int ClassesOf(ReadOnlySpan<double> x)
    {
        if (x.IsEmpty)
        {
            throw new ArgumentException("There is no label, so the number of classes cannot be told. Give num_classes.", nameof(x));
        }

        double largest = double.NegativeInfinity;
        foreach (double label in x)
        {
            // A NaN must be found here: no comparison ever would.
            CheckFinite(label);
            largest = Math.Max(largest, label);
        }

        if (largest >= int.MaxValue)
        {
            throw new ArgumentOutOfRangeException(
                nameof(x),
                largest,
                "The largest label would make more classes than an array can hold. Check the labels, or give num_classes."
            );
        }

        return Math.Max(0, (int)largest + 1);
    }

    private static unsafe void SetOnes(ReadOnlySpan<double> x, int classes, NDArray result)
    {
        double* rows = (double*)result.Unsafe.Address;
        for (int i = 0; i < x.Length; i++)
        {
            CheckFinite(x[i]);
            double label = Math.Truncate(x[i]);
            if (label >= classes || label < -classes)
            {
                throw new ArgumentOutOfRangeException(
                    nameof(x),
                    label,
                    Invariant(
                        $"Labels must be from 0 to {classes - 1} for {classes} classes (negative ones, to -{classes}, count from the end), "
                            + $"and the one at place {i} is {label}. Correct the labels, or give a larger num_classes."
                    )
                );
            }

            rows[((long)i * classes) + (long)(label < 0 ? label + classes : label)] = 1.0;
        }

        GC.KeepAlive(result);
    }

    private static void CheckFinite(double x)
    {
        if (!double.IsFinite(x))
        {
            throw new ArgumentException(Invariant($"Labels must be finite numbers, and one is {x}. Remove or correct it."), nameof(x));
        }
    }
}
