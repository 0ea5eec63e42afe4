using Distillation.Keras.Layers;
using Distillation.Keras.Optimizers;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Training;

/// <summary>What a step computes: a loss to make small, and the numbers to report. The loop around it is <see cref="TrainingLoop"/>'s.</summary>
internal abstract class TrainingProgram
{
    /// <summary>The model that callbacks see.</summary>
    public abstract Model Model { get; }

    /// <summary>What changes the weights.</summary>
    public abstract Optimizer Optimizer { get; }

    /// <summary>The weights that change.</summary>
    public abstract IReadOnlyList<Variable> Variables { get; }

    /// <summary>Tells where in the fit the next steps are.</summary>
    /// <param name="epoch">How many epochs have passed, from 0; within an epoch a fraction.</param>
    /// <param name="epochs">How many epochs the fit has.</param>
    public virtual void At(double epoch, int epochs)
    {
    }

    /// <summary>Computes a batch and takes its numbers in. Called with gradient recording when training.</summary>
    /// <returns>The loss to differentiate: a scalar.</returns>
    public abstract Tensor Step(Batch batch, CallContext context);

    /// <summary>Forgets the numbers of earlier batches.</summary>
    public abstract void Reset();

    /// <summary>The numbers since the last reset, each a scalar tensor in the open dispose scope.</summary>
    public abstract IEnumerable<KeyValuePair<string, Tensor>> Results();

    /// <summary>The names of the numbers, before any batch, in any order.</summary>
    public abstract IEnumerable<string> Names { get; }

    /// <summary>Whether a bigger value of that name is a better one; <see langword="null"/>: it cannot be told.</summary>
    public abstract bool? HigherIsBetter(string name);

    /// <summary>Reads all numbers at once, in Keras' order.</summary>
    public Logs ReadLogs(string prefix = "")
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        KeyValuePair<string, Tensor>[] results = [.. Results().OrderBy(r => r.Key, StringComparer.Ordinal)];
        if (results.Length == 0)
        {
            return new Logs();
        }

        // One copy to the host for all values instead of one each.
        double[] values = [.. stack(results.Select(r => Scalar(r.Value))).cpu().data<double>()];
        return new Logs(results.Select((r, i) => KeyValuePair.Create(prefix + r.Key, values[i])));
    }

    private static Tensor Scalar(Tensor value) => (value.dim() == 0 ? value : value.mean()).to(ScalarType.Float64);
}
