using Distillation.Keras.Saving;
using Distillation.Keras.Utils;
using static TorchSharp.torch;

namespace Distillation.Keras.Metrics;

/// <summary>A number that is gathered over batches: an accuracy, a mean loss.</summary>
/// <remarks>
/// Mutable and not thread-safe: it holds the sums of the batches seen since the last <see cref="ResetState"/>. Sums are tensors, so that no step
/// waits for a number. <c>Fit</c> works on copies. A string converts: <c>metrics: ["accuracy"]</c>. Source: <c>keras/src/metrics/metric.py</c>.
/// </remarks>
public abstract class Metric : KerasObject
{
    private readonly List<Variable> _variables = [];

    /// <summary>For derived classes.</summary>
    /// <param name="name">Its name in logs.</param>
    /// <param name="dtype">The type that it computes in; float32 by default.</param>
    protected Metric(string? name, DTypePolicy? dtype = null)
    {
        Name = name ?? Naming.Automatic(GetType().Name);
        DType = dtype ?? DTypePolicy.Float32;
    }

    /// <summary>Its name in logs.</summary>
    public string Name { get; }

    /// <summary>The type that it computes in.</summary>
    public DTypePolicy DType { get; }

    /// <summary>Its sums, in Keras' order.</summary>
    public IReadOnlyList<Variable> Variables => _variables;

    internal override string Module => GetType().Assembly == typeof(Metric).Assembly ? "keras.metrics" : base.Module;

    /// <summary>Takes in a batch.</summary>
    /// <param name="y_true">Targets, batch first.</param>
    /// <param name="y_pred">Predictions, batch first.</param>
    /// <param name="sample_weight">Weights of the rows or positions, or <see langword="null"/>.</param>
    /// <remarks>Called without gradient recording, within a dispose scope.</remarks>
    public abstract void UpdateState(Tensor y_true, Tensor y_pred, Tensor? sample_weight = null);

    /// <summary>The value over all batches since the last reset, as a new scalar (or vector) tensor that the caller owns.</summary>
    public abstract Tensor Result();

    /// <summary>Forgets all batches.</summary>
    public virtual void ResetState()
    {
        using IDisposable noGrad = no_grad();
        foreach (Variable variable in _variables)
        {
            variable.Value.zero_();
        }
    }

    /// <summary>A metric by Keras' name for it. <c>"accuracy"</c> is resolved by the shapes of targets and predictions when training starts.</summary>
    /// <exception cref="ArgumentException">The name is not known.</exception>
    public static Metric Get(string name) => (Metric)KerasClasses.FromIdentifier(name, typeof(Metric));

    /// <summary>A metric by Keras' name for it.</summary>
    public static implicit operator Metric(string name) => Get(name);

    /// <summary>Adds a sum, which starts at zero.</summary>
    protected Variable AddVariable(string name, Shape? shape = null)
    {
        var variable = new Variable(zeros((shape ?? Shape.Scalar).ToSizes(), DType.ScalarType), name, trainable: false);
        _variables.Add(variable);
        return variable;
    }
}
