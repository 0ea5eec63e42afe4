using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>Several cells as one: each gets the output of the one before at the same step.</summary>
/// <remarks>
/// Input (batch, d), the states of all cells in order, output (batch, size) of the last one, new states of all. <see cref="RNN"/> makes one
/// of a list of cells. Source: <c>keras/src/layers/rnn/stacked_rnn_cells.py</c>.
/// </remarks>
public sealed class StackedRNNCells : RNNCell
{
    /// <inheritdoc cref="StackedRNNCells" path="/summary"/>
    /// <param name="cells">The cells, the one that gets the input first; at least one.</param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <param name="trainable">Whether training changes the weights.</param>
    /// <param name="dtype">Without effect: each cell has its own.</param>
    /// <exception cref="ArgumentException">There is no cell, one is null, or one is there twice.</exception>
    public StackedRNNCells(IEnumerable<RNNCell> cells, string? name = null, bool trainable = true, DTypePolicy? dtype = null)
        : base(name, trainable, dtype)
    {
        ArgumentNullException.ThrowIfNull(cells);
        RNNCell[] all = [.. cells];
        if (all.Length == 0 || all.Contains(null!) || all.Distinct().Count() != all.Length)
        {
            string found =
                all.Length == 0 ? "there is none"
                : all.Contains(null!) ? "one is null"
                : "one is there twice";
            throw new ArgumentException($"Cells that are stacked are at least one, and different ones, but {found}.", nameof(cells));
        }

        Cells = all;
        Array.ForEach(all, c => AddLayer(c));
    }

    /// <summary>The cells.</summary>
    public IReadOnlyList<RNNCell> Cells { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<int> StateSize => [.. Cells.SelectMany(c => c.StateSize)];

    /// <inheritdoc/>
    public override int OutputSize => Cells[^1].OutputSize;

    internal override IReadOnlyList<IReadOnlyList<int>> StateSizes => [.. Cells.Select(c => c.StateSize)];

    internal override IEnumerable<(string Name, bool IsList, IReadOnlyList<Layer> Layers)> NamedSublayers => [("cells", true, Cells)];

    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> GetInitialState(long batch_size) => [.. Cells.SelectMany(c => c.GetInitialState(batch_size))];

    internal override void ShareWeightsOf(Layer source)
    {
        base.ShareWeightsOf(source);
        foreach ((RNNCell own, RNNCell other) in Cells.Zip(((StackedRNNCells)source).Cells))
        {
            own.ShareWeightsOf(other);
        }
    }

    /// <inheritdoc/>
    protected override void Build(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        Shape shape = inputShape;
        foreach (RNNCell cell in Cells)
        {
            cell.EnsureBuilt([shape], Device);
            shape = new Shape([inputShape[0], cell.OutputSize]);
        }
    }

    /// <inheritdoc/>
    protected internal override IReadOnlyList<Tensor> ForwardAll(LayerInputs<Tensor> inputs, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        using DisposeScope scope = NewDisposeScope();
        Tensor[] states = [.. inputs.Tensors.Skip(1)];
        var step = new RecurrentInputs(inputs.Tensors[0].unsqueeze(1), states, Mask: null, WantsAll: false, IsZeroMasked: false);
        RecurrentOutputs outputs = Run(step, context);
        return RecurrentResults.Of([outputs.Last, .. outputs.States]);
    }

    // One cell after another over all steps: a step that does not count leaves the states of each as they were, whatever it gets.
    internal override RecurrentOutputs Run(RecurrentInputs sequences, CallContext context)
    {
        var after = new List<Tensor>();
        Tensor input = sequences.Sequences;
        RecurrentOutputs? outputs = null;
        for (int i = 0; i < Cells.Count; i++)
        {
            bool isLast = i == Cells.Count - 1;
            Tensor[] states =
            [
                .. sequences.States.Skip(after.Count).Take(Cells[i].StateSize.Count).Select(s => s.to(Cells[i].Dtype.ComputeType)),
            ];
            RecurrentInputs own = sequences with
            {
                Sequences = input.to(Cells[i].Dtype.ComputeType),
                States = states,
                WantsAll = !isLast || sequences.WantsAll,
                IsZeroMasked = isLast && sequences.IsZeroMasked,
            };
            outputs = Cells[i].Run(own, context);
            after.AddRange(outputs.States);
            input = outputs.All ?? outputs.Last;
        }

        return outputs! with
        {
            States = after,
        };
    }
}
