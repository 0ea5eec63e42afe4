using static TorchSharp.torch;

namespace Distillation.Keras.Training;

/// <summary>One step's share of the data: rows of inputs, targets and weights that belong together.</summary>
/// <remarks>Immutable. The tensors live in the step's dispose scope: what is to stay is copied, or moved out of it.</remarks>
public sealed class Batch
{
    internal Batch(Tensor[] x, Tensor[] y, Tensor?[]? weights, Tensor? samples, long start, int size, BatchSource source)
    {
        Inputs = x;
        Targets = y;
        Weights = weights;
        Samples = samples;
        Start = start;
        Size = size;
        Source = source;
    }

    /// <summary>One tensor for each input, batch first.</summary>
    public IReadOnlyList<Tensor> X => Inputs;

    /// <summary>One tensor for each output, batch first; empty where <c>y</c> was not given.</summary>
    public IReadOnlyList<Tensor> Y => Targets;

    /// <summary>How many samples there are.</summary>
    public int Size { get; }

    internal Tensor[] Inputs { get; }

    internal Tensor[] Targets { get; }

    internal Tensor?[]? Weights { get; }

    /// <summary>Which samples these are (int64), or <see langword="null"/> where they are <see cref="Start"/> and the following ones.</summary>
    internal Tensor? Samples { get; }

    /// <summary>The number of the first sample where they follow each other.</summary>
    internal long Start { get; }

    /// <summary>What it was cut from.</summary>
    internal BatchSource Source { get; }

    /// <summary>The weights of an output's rows, float32 (batch,) or (batch, ...); <see langword="null"/> where all weigh 1.</summary>
    /// <param name="output">The output's place.</param>
    public Tensor? SampleWeight(int output) => Weights is not null && output >= 0 && output < Weights.Length ? Weights[output] : null;
}
