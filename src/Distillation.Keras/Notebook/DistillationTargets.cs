using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Distillation.Keras.Teachers;
using Distillation.Keras.Training;
using NumSharp;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Notebook;

/// <summary>The notebook's targets: one-hot labels and beside them the teacher's logits, <c>[one-hot | logits]</c>.</summary>
/// <remarks>
/// Immutable; holds plain numbers and nothing to dispose. Converts to <see cref="ArrayLike"/>, so that <c>Fit(x, targets)</c> takes it.
/// </remarks>
public sealed class DistillationTargets : IArrayLike
{
    private readonly float[,] _values;

    private DistillationTargets(float[,] values) => _values = values;

    /// <summary>How many samples there are.</summary>
    public int Count => _values.GetLength(0);

    /// <summary>How many classes there are; the targets are twice as wide.</summary>
    public int NumClasses => _values.GetLength(1) / 2;

    /// <summary>Runs a model as the teacher. It is what F# calls, which does not convert a <c>Sequential</c>.</summary>
    /// <inheritdoc cref="From(Teacher, ArrayLike, ArrayLike, int)"/>
    public static DistillationTargets From(Model teacher, ArrayLike x, ArrayLike y, int batch_size = 256) =>
        From((Teacher)(teacher ?? throw new ArgumentNullException(nameof(teacher))), x, y, batch_size);

    /// <summary>Runs the teacher, without its softmax, on all samples, and puts its logits beside the labels.</summary>
    /// <param name="teacher">
    /// A model that <see cref="ModelSurgery.PopSoftmax"/> accepts, or another teacher with one output of classes. It is not changed.
    /// </param>
    /// <param name="x">Inputs, batch first.</param>
    /// <param name="y">Labels: one-hot (batch, classes) or integers (batch,).</param>
    /// <param name="batch_size">Samples a step of the teacher.</param>
    /// <exception cref="ArgumentException">Data do not fit the teacher, or the labels its classes.</exception>
    /// <exception cref="NotSupportedException">
    /// The teacher ends in something else than a softmax or logits, has several outputs, or is 1 wide.
    /// </exception>
    /// <exception cref="ArithmeticException">A logit of the teacher is NaN or infinite.</exception>
    [OverloadResolutionPriority(1)]
    public static DistillationTargets From(Teacher teacher, ArrayLike x, ArrayLike y, int batch_size = 256)
    {
        ArgumentNullException.ThrowIfNull(teacher);
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        FitOptions.AtLeast(1, batch_size, nameof(batch_size));
        ReleasedTeacher.Refuse(teacher);
        if (teacher.Outputs is not [{ Kind: TeacherOutputKind.ClassLogits or TeacherOutputKind.Linear } output])
        {
            string found = teacher.Outputs.Count == 0 ? "none" : string.Join(", ", teacher.Outputs.Select(o => $"'{o.Name}' ({o.Kind})"));
            throw new NotSupportedException(
                $"The notebook's targets are of a classifier with one output, a softmax or logits, but the outputs of '{teacher.Name}' "
                    + $"are {found}. "
                    + "A Distiller takes several outputs, sigmoids and numbers."
            );
        }

        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        Tensor[] inputs = teacher.Model is Model model ? DataChecks.Inputs(model, x) : x.ToTensors(nameof(x));
        Shape shape = output.Shape;
        if (shape.Rank != 2)
        {
            throw new ArgumentException(
                "The notebook's targets are of classifiers with one row of classes a sample, (batch, classes), but the shape of the "
                    + $"output of '{teacher.Name}' is {shape}.",
                nameof(teacher)
            );
        }

        ModelSurgery.RefuseOneColumn(teacher.Name, shape);
        Labels labels = Labels.Of(Labels.Single(y), inputs[0].shape[0], shape, Head.Of(shape));
        if (labels.Known is not null)
        {
            throw new ArgumentException(
                "The notebook's targets have a one-hot label for each sample, but some of y are -1. A Distiller takes samples "
                    + "without a label.",
                nameof(y)
            );
        }

        Tensor logits = new TeacherCache(teacher, [], batch_size, default).RunFinite(inputs, 0).Outputs[0];
        Tensor both = cat([labels.OneHot(), logits.to(ScalarType.Float32)], 1);
        float[,] values = new float[both.shape[0], both.shape[1]];
        MemoryMarshal.Cast<byte, float>(both.contiguous().bytes).CopyTo(MemoryMarshal.CreateSpan(ref values[0, 0], values.Length));
        return new DistillationTargets(values);
    }

    /// <summary>A new array of shape (samples, 2 · classes), which the caller owns.</summary>
    public NDArray ToNDArray() => np.array(_values);

    ArrayLike IArrayLike.ToArrayLike() => this;

    /// <summary>The targets as data for a model.</summary>
    public static implicit operator ArrayLike(DistillationTargets targets) =>
        (targets ?? throw new ArgumentNullException(nameof(targets)))._values;
}
