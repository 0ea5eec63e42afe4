using System.Diagnostics.CodeAnalysis;
using Distillation.Keras.Backend;
using Distillation.Keras.Objectives;
using static TorchSharp.torch;

namespace Distillation.Keras.Teachers;

/// <summary>Whatever a student learns from: it gives logits, numbers or features for a batch.</summary>
/// <remarks>
/// <para>
/// A model converts to one, <c>new Distiller(model)</c>; see <see cref="ModelTeacher"/> and <see cref="PrecomputedTeacher"/>. To write one,
/// derive from it, hand name and outputs to the constructor and answer in <see cref="Compute"/>.
/// </para>
/// <para>
/// Immutable, and safe to share between threads and fits: one that keeps something says how it stays so. A fit on arrays asks it once
/// about each sample, in order and in batches, and keeps the answers with the samples, so that shuffling cannot mix them up; features that
/// take too much memory, and all about a <see cref="DataSource"/>, are asked for in each step.
/// </para>
/// </remarks>
public abstract class Teacher
{
    /// <summary>For derived classes.</summary>
    /// <param name="name">What messages and tables call it.</param>
    /// <param name="outputs">What it gives; none for an encoder that is asked for features alone.</param>
    /// <exception cref="ArgumentException">
    /// The name is empty, an output lacks its name, kind or shape, or two outputs have one name.
    /// </exception>
    protected Teacher(string name, IEnumerable<TeacherOutput> outputs)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(outputs);
        Name = name;
        Outputs = [.. outputs];
        if (Outputs.Any(o => o is null || string.IsNullOrEmpty(o.Name) || o.Shape is null || !Enum.IsDefined(o.Kind)))
        {
            throw new ArgumentException(
                $"Each output of a teacher has a name, a kind and a shape, but one of those of '{name}' does not.",
                nameof(outputs)
            );
        }

        if (Outputs.Select(o => o.Name).Distinct(StringComparer.Ordinal).Count() < Outputs.Count)
        {
            throw new ArgumentException(
                $"Each output of a teacher has a name of its own, but those of '{name}' are "
                    + $"{string.Join(", ", Outputs.Select(o => $"'{o.Name}'"))}.",
                nameof(outputs)
            );
        }
    }

    /// <summary>What messages and tables call it.</summary>
    public string Name { get; }

    /// <summary>What it gives, in order; empty for an encoder that is asked for features alone.</summary>
    public IReadOnlyList<TeacherOutput> Outputs { get; }

    /// <summary>The shapes of its inputs, the batch axis unknown; empty where it takes any.</summary>
    public virtual IReadOnlyList<Shape> InputShapes => [];

    /// <summary>The shapes of its features by name, the batch axis unknown; empty by default.</summary>
    public virtual IReadOnlyDictionary<string, Shape> Features => new Dictionary<string, Shape>();

    /// <summary>
    /// Whether it knows samples by their numbers: then it is asked about those of a fit's <c>x</c> alone (of a <see cref="DataSource"/>
    /// those with <see cref="DataBatch.Indices"/>), and not about others (<c>validation_data</c>, test data).
    /// </summary>
    public virtual bool NeedsSampleIndices => false;

    /// <summary>
    /// How many samples the data have that it knows; a fit on another number is refused. <see langword="null"/>: any number.
    /// </summary>
    public virtual long? Samples => null;

    /// <summary>What it takes, as far as that is known.</summary>
    public virtual TeacherCost Cost => TeacherCost.Unknown;

    /// <summary>
    /// The model behind it, if there is one: a student that nobody gives is a fresh copy of its architecture, and objectives may look at
    /// its layers.
    /// </summary>
    public virtual Model? Model => null;

    /// <summary>Where it computes: by default where <see cref="Model"/> is, and on the host without one.</summary>
    public virtual Device Device => Model?.Device ?? Device.Cpu;

    /// <summary>Weights that a fit must not change; by default those of <see cref="Model"/>.</summary>
    public virtual IReadOnlyList<Variable> Weights => Model?.Weights ?? [];

    /// <summary>Whether what it computes from was released.</summary>
    public virtual bool IsReleased => Weights.Any(w => w.IsReleased);

    /// <summary>Tells contents apart: two teachers with the same one answer alike. See <see cref="ContentFingerprint"/>.</summary>
    public abstract string Fingerprint();

    /// <summary>Asks about a batch, without gradients, and checks the answer.</summary>
    /// <param name="batch">Inputs, and what is wanted.</param>
    /// <returns>Tensors in the dispose scope that is open.</returns>
    /// <exception cref="InvalidOperationException">The answer is not what the teacher says that it gives.</exception>
    public TeacherSignals Ask(TeacherBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        using IDisposable noGrad = no_grad();
        TeacherSignals answer;
        try
        {
            answer = Compute(batch);
        }
        catch (Exception e) when (NativeFailure.Is(e))
        {
            throw NativeFailure.Of(
                e,
                $"Compute of {this}",
                "Look at what it computes.",
                areArguments: false,
                [.. batch.Inputs.Select((t, i) => (Invariant($"input {i}"), (Tensor?)t))]
            );
        }

        if (answer is null)
        {
            throw new InvalidOperationException($"A teacher answers each batch, but {this} gave null.");
        }

        if (batch.NeedsOutputs)
        {
            CheckCount(answer.Outputs, Outputs.Count, "outputs");
            for (int i = 0; i < Outputs.Count; i++)
            {
                Check(answer.Outputs[i], Outputs[i].Shape, batch.Size, $"output '{Outputs[i].Name}'");
            }
        }

        CheckCount(answer.Features, batch.Features.Count, "features");
        for (int i = 0; i < answer.Features.Count; i++)
        {
            Check(answer.Features[i], null, batch.Size, $"feature {batch.Features[i]}");
        }

        return answer;
    }

    /// <summary>Refuses inputs that it cannot take, before the first batch. By default it takes all.</summary>
    /// <param name="inputs">All samples.</param>
    /// <exception cref="ArgumentException">It cannot take them.</exception>
    public virtual void CheckInputs(IReadOnlyList<Tensor> inputs) { }

    /// <summary>Looks for features; by default among <see cref="Features"/>.</summary>
    /// <param name="layers">Which are wanted.</param>
    /// <param name="problems">Takes a sentence for each that it does not have.</param>
    /// <returns>The shape of each, the batch axis unknown; <see langword="null"/> where there is none.</returns>
    public virtual IReadOnlyList<Shape?> FindFeatures(IReadOnlyList<LayerReference> layers, ICollection<string> problems)
    {
        ArgumentNullException.ThrowIfNull(layers);
        ArgumentNullException.ThrowIfNull(problems);
        var shapes = new Shape?[layers.Count];
        for (int i = 0; i < shapes.Length; i++)
        {
            if (!layers[i].IsBeforeActivation && Features.TryGetValue(layers[i].Name, out Shape? shape))
            {
                shapes[i] = shape;
                continue;
            }

            problems.Add(
                Features.Count == 0
                    ? $"The teacher '{Name}' gives no features, but an objective looks at its layer {layers[i]}. Choose an objective on "
                        + "logits, or a teacher that is a model."
                    : $"The teacher '{Name}' has no feature {layers[i]}. Its features: "
                        + $"{string.Join(", ", Features.Keys.Select(f => $"'{f}'"))}."
            );
        }

        return shapes;
    }

    /// <summary>
    /// Moves what it computes with to a device, as <c>Distiller.WithDevice</c> asks for; by default <see cref="Model"/>, if there is one.
    /// </summary>
    /// <param name="device">Where to.</param>
    /// <exception cref="NotSupportedException">The machine does not have the device.</exception>
    /// <exception cref="InvalidOperationException">A fit uses it where it is.</exception>
    public virtual void To(Device device)
    {
        ArgumentNullException.ThrowIfNull(device);
        Model?.To(device);
    }

    /// <summary>Frees what the teacher owns; by default nothing. It cannot be asked afterwards.</summary>
    public virtual void Release() { }

    /// <inheritdoc/>
    public override string ToString() => $"{GetType().Name} '{Name}'";

    /// <summary>
    /// Answers: one tensor for each of <see cref="Outputs"/> where they are wanted, and one for each feature. Called without gradient
    /// recording.
    /// </summary>
    /// <param name="batch">Inputs, and what is wanted.</param>
    protected abstract TeacherSignals Compute(TeacherBatch batch);

    /// <summary>The model as a teacher; see <see cref="ModelTeacher(Model)"/> for what is refused.</summary>
    [return: NotNullIfNotNull(nameof(model))]
    public static implicit operator Teacher?(Model? model) => model is null ? null : new ModelTeacher(model);

    private void CheckCount(IReadOnlyList<Tensor> given, int count, string what)
    {
        if (given.Count != count)
        {
            throw new InvalidOperationException(
                Invariant(
                    $"{GetType().Name} '{Name}' was asked for {count} {what}, but gave {given.Count}. Compute gives one tensor for "
                        + $"each, in order."
                )
            );
        }
    }

    private void Check(Tensor? given, Shape? declared, long size, string what)
    {
        if (given is null || given.IsInvalid)
        {
            throw new InvalidOperationException(
                $"The {what} of {GetType().Name} '{Name}' is a tensor of one row a sample, but Compute gave "
                    + $"{(given is null ? "null" : "a tensor that was disposed")}."
            );
        }

        if (TensorGuard.Unfit(given) is string unfit)
        {
            throw new InvalidOperationException(
                $"The {what} of {GetType().Name} '{Name}' is a dense tensor of real numbers, but Compute gave one that is {unfit}."
            );
        }

        if (
            given.dim() == 0
            || given.shape[0] != size
            || (declared is not null && !declared.IsCompatibleWith(Shape.FromSizes(given.shape)))
        )
        {
            throw new InvalidOperationException(
                Invariant(
                    $"The {what} of {GetType().Name} '{Name}' has one row a sample, {size} "
                        + $"here{(declared is null ? string.Empty : $", and the shape {declared}")}, but Compute gave "
                        + $"{Shape.FromSizes(given.shape)}."
                )
            );
        }
    }
}
