using static TorchSharp.torch;

namespace Distillation.Keras.Teachers;

/// <summary>What a teacher answers on a batch.</summary>
/// <remarks>Immutable. The tensors live in the dispose scope that is open.</remarks>
public sealed class TeacherSignals
{
    /// <summary>An answer.</summary>
    /// <param name="outputs">One tensor for each of <see cref="Teacher.Outputs"/>, in their order; empty where they are not wanted.</param>
    /// <param name="features">One tensor for each of <see cref="TeacherBatch.Features"/>, in their order.</param>
    public TeacherSignals(IReadOnlyList<Tensor> outputs, IReadOnlyList<Tensor>? features = null)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        Outputs = outputs;
        Features = features ?? [];
    }

    /// <summary>The answer of a teacher with one output and no features.</summary>
    /// <param name="output">Logits or numbers, batch first.</param>
    public TeacherSignals(Tensor output)
        : this([output ?? throw new ArgumentNullException(nameof(output))]) { }

    /// <summary>One tensor for each output.</summary>
    public IReadOnlyList<Tensor> Outputs { get; }

    /// <summary>One tensor for each feature that was asked for.</summary>
    public IReadOnlyList<Tensor> Features { get; }
}
