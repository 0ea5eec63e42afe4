using Distillation.Keras.State;
using static TorchSharp.torch;

namespace Distillation.Keras.Objectives;

/// <summary>An objective in one fit, with the state of that fit.</summary>
/// <remarks>Belongs to the fit; not thread-safe. Weights are made and owned by the <see cref="ObjectiveBinding"/>.</remarks>
public class BoundObjective
{
    /// <summary>The state of an objective.</summary>
    public BoundObjective(DistillationObjective objective)
    {
        ArgumentNullException.ThrowIfNull(objective);
        Objective = objective;
    }

    /// <summary>What it was made from.</summary>
    public DistillationObjective Objective { get; }

    /// <summary>Called once before the first step, for what depends on the data (a paraphraser, margins). By default nothing.</summary>
    /// <param name="batches">
    /// The training samples in order, in batches, with the teacher's signals (logits and features), and labels and sample indices where
    /// they are declared (a sample without a label has the class -1 here), but nothing of the student, and without gradients: whoever
    /// trains here enables them for each batch. Can be gone through several times; the tensors of a batch live until the next one.
    /// </param>
    public virtual void Prepare(IEnumerable<ObjectiveSignals> batches) { }

    /// <summary>The term's value on a batch; see <see cref="DistillationObjective.Call"/>.</summary>
    /// <inheritdoc cref="DistillationObjective.Call"/>
    public Tensor Call(ObjectiveSignals signals)
    {
        ArgumentNullException.ThrowIfNull(signals);
        return ObjectiveAnswer.Of(Objective, signals, Compute);
    }

    /// <summary>The same of a fit's signals, which were checked before it.</summary>
    internal Tensor Run(ObjectiveSignals signals) => Compute(signals);

    /// <summary>Computes the value of <see cref="Call"/>; by default as the objective does without state.</summary>
    /// <param name="signals">What the objective has declared.</param>
    protected virtual Tensor Compute(ObjectiveSignals signals) => Objective.Run(signals);

    /// <summary>
    /// Takes down what it keeps beside the variables and layers of its <see cref="ObjectiveBinding"/>, or puts that back, so that a fit
    /// which was interrupted goes on as if it had not been. Called after <see cref="Prepare"/>, between two steps. The base method does
    /// nothing.
    /// </summary>
    /// <param name="state">The part of the fit's state that is the objective's.</param>
    protected internal virtual void ExchangeState(StateExchange state) { }
}
