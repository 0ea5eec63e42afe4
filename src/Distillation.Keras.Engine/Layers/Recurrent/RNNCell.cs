using System.Text.Json.Nodes;
using Distillation.Keras.Saving;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>
/// One step of a recurrent layer: from what comes at a step, and the states of the step before, to an output and new states.
/// </summary>
/// <remarks>
/// <para>
/// <see cref="RNN"/> calls it once for each step of its sequences. To write one, say the sizes of its states in <see cref="StateSize"/>,
/// make weights in <see cref="Layer.Build(Shape)"/>, which gets (batch, features), and override <see cref="Layer.ForwardAll"/>: its
/// tensors are the input (batch, features) and then the states (batch, size); it gives the output and then the new states.
/// </para>
/// <para>
/// Called by itself: <c>cell.ApplyAll(x, h, c)</c> or <c>cell.CallAll([x, h, c])</c>. Keras asks a layer for <c>state_size</c> and
/// <c>get_initial_state</c> instead of a base class; source: <c>keras/src/layers/rnn/rnn.py</c>.
/// </para>
/// </remarks>
public abstract class RNNCell : Layer
{
    /// <summary>For derived classes.</summary>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <param name="trainable">Whether training changes the weights.</param>
    /// <param name="dtype">The type of weights and computation.</param>
    protected RNNCell(string? name = null, bool trainable = true, DTypePolicy? dtype = null)
        : base(name, trainable, dtype) { }

    /// <summary>The size of each of its states, of which each row of the batch has its own; at least one.</summary>
    public abstract IReadOnlyList<int> StateSize { get; }

    /// <summary>The size of its output; that of the first state by default.</summary>
    public virtual int OutputSize => StateSize[0];

    /// <summary>The states of each of the cells that it consists of; one list for a cell that stands for itself.</summary>
    internal virtual IReadOnlyList<IReadOnlyList<int>> StateSizes => [StateSize];

    // Keras builds a cell for its input alone.
    internal override JsonObject? BuildConfig =>
        BuildShapes.Count == 0 ? null : new JsonObject { ["input_shape"] = ConfigWriter.ToJson(BuildShapes[0], "input_shape") };

    /// <summary>The states before the first step, on the host or where the weights are; zeros by default.</summary>
    /// <param name="batch_size">How many rows.</param>
    /// <returns>A tensor (batch_size, size) for each state, which the caller, or the dispose scope that is open, owns.</returns>
    public virtual IReadOnlyList<Tensor> GetInitialState(long batch_size)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(batch_size);
        return [.. StateSize.Select(size => zeros([batch_size, size], Dtype.ComputeType, Device))];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Shape> ComputeOutputShapes(IReadOnlyList<Shape> inputShapes)
    {
        ArgumentNullException.ThrowIfNull(inputShapes);
        IReadOnlyList<int> sizes = StateSize;
        int? batch = inputShapes[0] is { Rank: > 0 } input ? input[0] : null;
        RefuseStates(sizes, [.. inputShapes.Skip(1)], batch, "the input and its states");
        return [new Shape([batch, OutputSize]), .. sizes.Select(s => new Shape([batch, s]))];
    }

    /// <summary>Refuses states that are not those of the cell.</summary>
    /// <param name="layer">Who is called.</param>
    /// <param name="sizes">The sizes of the states.</param>
    /// <param name="given">What was given.</param>
    /// <param name="batch">The rows of the input.</param>
    /// <param name="what">What the layer takes.</param>
    /// <exception cref="ArgumentException">Their number or a shape differs.</exception>
    internal static void RefuseStates(Layer layer, IReadOnlyList<int> sizes, IReadOnlyList<Shape> given, int? batch, string what)
    {
        bool fits = given.Count == sizes.Count;
        for (int i = 0; fits && i < sizes.Count; i++)
        {
            fits =
                given[i].Rank == 2
                && (given[i][1] is null || given[i][1] == sizes[i])
                && (given[i][0] is null || batch is null || given[i][0] == batch);
        }

        if (!fits)
        {
            string expected = string.Join(", ", sizes.Select(s => new Shape([batch, s])));
            throw new ArgumentException(
                Invariant(
                    $"{layer.ClassName} '{layer.Name}' takes {what}, {sizes.Count} of the shapes {expected}, but got "
                        + $"{(given.Count == 0 ? "none" : Invariant($"{given.Count}: {string.Join(", ", given)}"))}."
                )
            );
        }
    }

    private protected void RefuseStates(IReadOnlyList<int> sizes, IReadOnlyList<Shape> given, int? batch, string what) =>
        RefuseStates(this, sizes, given, batch, what);

    /// <summary>Computes all steps of sequences. The tensors are those of the dispose scope that is open.</summary>
    internal virtual RecurrentOutputs Run(RecurrentInputs sequences, CallContext context)
    {
        int states = StateSize.Count;
        return RecurrentLoop.Over(sequences, sequences.Steps(), Step);

        IReadOnlyList<Tensor> Step(Tensor input, IReadOnlyList<Tensor> before)
        {
            IReadOnlyList<Tensor> next = Invoke([input, .. before], context);
            return next.Count == states + 1
                ? next
                : throw new InvalidOperationException(
                    Invariant(
                        $"A cell gives its output and then its states, but {ClassName} '{Name}', which has {states}, gave {next.Count} "
                            + $"tensors. Let ForwardAll return all of them."
                    )
                );
        }
    }
}
