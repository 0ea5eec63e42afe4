using Distillation.Keras.Backend;
using Distillation.Keras.Objectives;
using Distillation.Keras.Schedules;
using static TorchSharp.torch;

namespace Distillation.Keras.Training;

/// <summary>The terms of a fit's loss: their weighted sum, and each apart.</summary>
/// <param name="terms">The terms.</param>
/// <param name="reduction">How rows become one value.</param>
internal sealed class ObjectiveSet(IReadOnlyList<ObjectiveTerm> terms, RowReduction reduction)
{
    /// <summary>The terms.</summary>
    public IReadOnlyList<ObjectiveTerm> Terms => terms;

    /// <summary>The weighted sum of all terms on a batch.</summary>
    /// <param name="signals">All signals.</param>
    /// <param name="weights">What the rows count for.</param>
    /// <param name="epoch">See <see cref="Schedule.ValueAt"/>.</param>
    /// <param name="epochs">See <see cref="Schedule.ValueAt"/>.</param>
    /// <param name="report">Takes each term's place and unweighted value.</param>
    /// <returns>A scalar, or <see langword="null"/> where no term has a weight.</returns>
    public Tensor? Total(ObjectiveSignals signals, RowWeights weights, double epoch, double epochs, Action<int, Tensor> report)
    {
        Tensor? total = null;
        for (int i = 0; i < terms.Count; i++)
        {
            ObjectiveTerm term = terms[i];
            if (term.IsTrainingOnly && !signals.Training)
            {
                continue;
            }

            Tensor? part = Part(term, signals, weights, epoch, epochs, out Tensor value);
            report(i, value);
            total = total is null ? part : part is null ? total : total.Plus(part);
        }

        return total;
    }

    /// <summary>Frees what the terms have made.</summary>
    public void Release()
    {
        foreach (ObjectiveTerm term in terms)
        {
            term.Release();
        }
    }

    // A term without weight is only reported: even an infinite one adds nothing.
    private Tensor? Part(ObjectiveTerm term, ObjectiveSignals signals, RowWeights weights, double epoch, double epochs, out Tensor value)
    {
        using IDisposable? reportedOnly = term.IsOff ? no_grad() : null;
        bool isHard = term.Objective is LossTerm { IsOnLabels: true };
        Tensor? rowWeights = weights.Of(term.Objective.Needs.HasFlag(ObjectiveNeeds.Labels), isHard);
        Tensor computed = term.Objective is LossTerm { Loss: not null } loss
            ? Released.Naming(term.Name, () => loss.OfLoss(signals, rowWeights))
            : term.Compute(signals, epoch, epochs);
        bool rows = computed.dim() == 1;
        value = rows ? reduction.Reduce(computed, rowWeights, weights.Share) : computed;
        if (term.IsOff)
        {
            return null;
        }

        if (!term.Weight.IsTensor)
        {
            double number = term.Weight.Number(epoch, epochs);
            return number == 0 ? null : number == 1 ? value : value.Times(number);
        }

        Tensor each = term.Weight.Value(signals, computed.dtype, epoch, epochs);
        return rows ? reduction.Reduce(computed * (each.dim() == 0 ? each : each.squeeze(-1)), rowWeights, weights.Share)
            : each.dim() == 0 ? value * each
            : throw new InvalidOperationException($"The weight of '{term.Name}' is one for each sample, but it is one value for a batch here. Give a number or a schedule over epochs, or a loss with one value a row.");
    }
}
