using Distillation.Keras.Schedules;
using static TorchSharp.torch;

namespace Distillation.Keras.Objectives;

/// <summary>One term of a distillation's loss: what the student is to have in common with the teacher.</summary>
/// <remarks>
/// <para>
/// To write one, derive from it, say in <see cref="Needs"/> and <see cref="Features"/> what it computes from, and compute it in
/// <see cref="Compute"/>: one value a row, of which the fit takes the (weighted) mean, or a scalar where a batch cannot be taken apart
/// (<see cref="IsPerSample"/>). Arguments are kept in properties. <c>distiller.With(new MyObjective(), 0.5)</c> adds it to the loss.
/// </para>
/// <para>
/// Immutable and safe to share between threads and fits: it is a specification. What changes during a fit (weights of its own, memory
/// banks) is made by <see cref="Bind"/> and belongs to that fit.
/// </para>
/// </remarks>
public abstract class DistillationObjective
{
    /// <summary>For derived classes.</summary>
    /// <param name="name">The term's name in logs and <c>History</c>, in snake_case: <c>attention_transfer</c>.</param>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    protected DistillationObjective(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        Name = name;
    }

    /// <summary>The term's name in logs and <c>History</c>. A second term of the same name gets <c>_1</c>.</summary>
    public string Name { get; }

    /// <summary>Which signals it computes from, beside features; by default both models' logits.</summary>
    public virtual ObjectiveNeeds Needs => ObjectiveNeeds.StudentLogits | ObjectiveNeeds.TeacherLogits;

    /// <summary>Which layers' outputs it computes from; by default none.</summary>
    public virtual IReadOnlyList<FeaturePair> Features => [];

    /// <summary>T, where it has one; the value of the step is <see cref="ObjectiveSignals.Temperature"/>.</summary>
    public virtual Schedule? Temperature => null;

    /// <summary>Whether it gives one value a row, so that sample weights can be applied; otherwise one for the batch.</summary>
    public virtual bool IsPerSample => true;

    /// <summary>
    /// Whether it is left out of the evaluation on validation data. An objective that needs sample indices is in any case: they are those
    /// of the training samples.
    /// </summary>
    public virtual bool IsTrainingOnly => false;

    /// <summary>
    /// What it cannot do with these models and data, each as a sentence with the rule, what was found and what to do; empty when all is
    /// well.
    /// </summary>
    public virtual IEnumerable<string> Problems(ObjectiveShapes shapes) => [];

    /// <summary>Makes the state of one fit. By default there is none, and <see cref="Compute"/> is called.</summary>
    /// <param name="binding">Makes weights, which are trained with the student and freed after the fit.</param>
    public virtual BoundObjective Bind(ObjectiveBinding binding) => new(this);

    /// <summary>The term's value: (rows,) with a gradient, or a scalar where <see cref="IsPerSample"/> is false.</summary>
    /// <param name="signals">What was declared in <see cref="Needs"/> and <see cref="Features"/>.</param>
    /// <returns>Floating-point numbers in the dispose scope that is open.</returns>
    /// <exception cref="ArgumentException">The signals do not fit each other.</exception>
    /// <exception cref="InvalidOperationException">
    /// A signal is missing, or what a class of one's own computes fails or is no such value.
    /// </exception>
    /// <exception cref="NotSupportedException">The objective has state and computes in what <see cref="Bind"/> makes.</exception>
    public Tensor Call(ObjectiveSignals signals)
    {
        ArgumentNullException.ThrowIfNull(signals);
        return ObjectiveAnswer.Of(this, signals, Compute);
    }

    /// <summary>The same of a fit's signals, which were checked before it.</summary>
    internal Tensor Run(ObjectiveSignals signals) => Compute(signals);

    /// <summary>Computes the value of <see cref="Call"/>. Overridden by each objective without state.</summary>
    /// <param name="signals">What was declared in <see cref="Needs"/> and <see cref="Features"/>.</param>
    /// <exception cref="NotSupportedException">The objective has state and computes in what <see cref="Bind"/> makes.</exception>
    protected virtual Tensor Compute(ObjectiveSignals signals) =>
        throw new NotSupportedException(
            $"{GetType().Name} overrides neither Compute nor Bind. An objective without state computes its term in Compute; one with "
                + $"state gives a {nameof(BoundObjective)} in Bind."
        );
}
