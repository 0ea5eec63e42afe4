using Distillation.Keras.Losses;
using static TorchSharp.torch;

namespace Distillation.Keras.Objectives;

/// <summary>A term that may be one of Keras' losses.</summary>
/// <param name="name">The term's name in logs and <c>History</c>.</param>
/// <param name="loss">The loss that was asked for, if any.</param>
internal abstract class LossTerm(string name, Loss? loss) : DistillationObjective(name)
{
    /// <summary>The loss that was asked for.</summary>
    public Loss? Loss => loss;

    /// <summary>Whether it is the loss on the labels.</summary>
    public bool IsOnLabels => Needs.HasFlag(ObjectiveNeeds.Labels);

    /// <summary>Whether a loss was asked for that reduces the rows itself; otherwise the fit does.</summary>
    public bool HasOwnReduction => loss is not null and not { Reduction: "sum_over_batch_size" or "mean" };

    /// <summary>Refuses labels that the loss cannot take.</summary>
    /// <param name="labels">Labels or targets, one row a sample or token.</param>
    /// <param name="output">The shape of the student's rows.</param>
    /// <exception cref="ArgumentException">It cannot take them.</exception>
    public void CheckTargets(Tensor labels, Shape output)
    {
        if (IsOnLabels && loss is not null)
        {
            loss.ValidateTargets(LabelsFor(labels, output[-1] ?? 0), output);
        }
    }

    /// <summary>The values of a loss that was asked for.</summary>
    /// <param name="signals">What is compared.</param>
    /// <param name="weights">(rows,) or <see langword="null"/>.</param>
    /// <returns>
    /// One value a row, unweighted; or a scalar, weighted, where the loss has a reduction of its own or leaves out rows by itself
    /// (<c>ignore_class</c>).
    /// </returns>
    public Tensor OfLoss(ObjectiveSignals signals, Tensor? weights)
    {
        Tensor z = signals.StudentLogits;
        ScalarType type = loss!.DType.ComputeType;
        Tensor prediction = Prediction(z.dtype == type ? z : z.to(type));
        Tensor given = Target(signals);
        if (!HasOwnReduction && !loss.LeavesOutTargets)
        {
            Tensor values = Rows(loss.Values(given, prediction));
            if (values.dim() == 1)
            {
                return values;
            }
        }

        return loss.Call(given, prediction, weights);
    }

    /// <summary>Labels in the form that the loss takes.</summary>
    protected virtual Tensor LabelsFor(Tensor labels, long classes) => labels;

    /// <summary>What the loss gets as prediction.</summary>
    /// <param name="outputs">The student's outputs in the loss' type.</param>
    protected abstract Tensor Prediction(Tensor outputs);

    /// <summary>What the loss gets as targets.</summary>
    protected abstract Tensor Target(ObjectiveSignals signals);

    /// <summary>The values of the loss, one a row where they can be brought to that.</summary>
    protected virtual Tensor Rows(Tensor values) => values;
}
