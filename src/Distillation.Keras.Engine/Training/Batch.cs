using static TorchSharp.torch;

namespace Distillation.Keras.Training;

/// <summary>One step's share of the data: rows of inputs, targets and weights that belong together.</summary>
/// <remarks>Immutable. The tensors live in the step's dispose scope: what is to stay is copied, or moved out of it.</remarks>
public class Batch
{
    private readonly BatchRows _rows;

    /// <summary>Keeps the tensors of a step.</summary>
    /// <param name="x">One tensor for each input.</param>
    /// <param name="y">One tensor for each output.</param>
    /// <param name="weights">The weights of each output's rows, or <see langword="null"/>.</param>
    /// <param name="rows">Which samples they are.</param>
    internal Batch(Tensor[] x, Tensor[] y, Tensor?[]? weights, BatchRows rows)
    {
        Inputs = x;
        Targets = y;
        Weights = weights;
        _rows = rows;
    }

    /// <summary>One tensor for each input, batch first, on the model's device.</summary>
    public IReadOnlyList<Tensor> X => Inputs;

    /// <summary>One tensor for each output, batch first; empty where <c>y</c> was not given.</summary>
    public IReadOnlyList<Tensor> Y => Targets;

    /// <summary>How many samples there are.</summary>
    public int Size => _rows.Size;

    /// <summary>
    /// The number of each sample in the source, int64 (batch,), in the step's dispose scope; <see langword="null"/> where its samples have
    /// no numbers.
    /// </summary>
    public Tensor? Indices => _rows.Indices;

    internal Tensor[] Inputs { get; }

    internal Tensor[] Targets { get; }

    internal Tensor?[]? Weights { get; }

    /// <summary>Which samples they are.</summary>
    private protected BatchRows Rows => _rows;

    /// <summary>The same batch on a device, in the dispose scope that is open; on the host, where data are, itself.</summary>
    internal Batch On(Device device) => device.IsHost ? this : MovedTo(device);

    /// <summary>The weights of an output's rows, float32 (batch,) or (batch, ...); <see langword="null"/> where all weigh 1.</summary>
    /// <param name="output">The output's place.</param>
    public Tensor? SampleWeight(int output) => Weights is not null && output >= 0 && output < Weights.Length ? Weights[output] : null;

    /// <summary>A copy on another device than the host.</summary>
    private protected virtual Batch MovedTo(Device device) =>
        new(
            Array.ConvertAll(Inputs, t => t.to(device)),
            Array.ConvertAll(Targets, t => t.to(device)),
            Weights is null ? null : Array.ConvertAll(Weights, t => t?.to(device)),
            RowsOn(device)
        );

    /// <summary>Which samples they are, with their numbers on a device.</summary>
    private protected BatchRows RowsOn(Device device) => _rows with { Device = device };
}
