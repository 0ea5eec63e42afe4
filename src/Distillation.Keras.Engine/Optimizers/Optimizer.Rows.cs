using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras.Optimizers;

// Gradients of tables by rows. With TensorFlow, Keras sums what falls to the same row after it has squared it, which is followed.
public abstract partial class Optimizer
{
    private RowGradient?[] _rowGradients = [];
    private RowGradient? _rows;

    /// <summary>
    /// Whether rows that were looked up more than once have their gradients summed before anything else, as in Keras 2, whose files say so.
    /// </summary>
    internal virtual bool SumsRows { get; set; }

    /// <summary>Adds the square of a gradient, times a factor, to a slot: that of each looked-up row by itself.</summary>
    private protected Tensor AddSquare(Tensor slot, Tensor gradient, double factor) =>
        _rows is RowGradient rows ? slot.AddScaled(rows.SumOf(rows.Values.Squared()), factor) : slot.AddProduct(gradient, gradient, factor);

    /// <summary>The square of a gradient, a new tensor: that of each looked-up row by itself.</summary>
    private protected Tensor Square(Tensor gradient) => _rows is RowGradient rows ? rows.SumOf(rows.Values.Squared()) : gradient.Squared();

    /// <summary>The magnitude of a gradient, a new tensor: that of each looked-up row by itself.</summary>
    private protected Tensor Magnitude(Tensor gradient) => _rows is RowGradient rows ? rows.SumOf(rows.Values.abs()) : gradient.abs();

    private Tensor Summed(int index, RowGradient rows)
    {
        if (!SumsRows)
        {
            _rowGradients[index] = rows;
        }

        return rows.Sum();
    }
}
