using Distillation.Keras.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Training;

/// <summary>Runs the teacher once on each sample, in inference mode, and keeps what it gives by sample.</summary>
/// <remarks>Inference changes neither weights nor statistics nor the compile state, so the teacher stays as it is, whatever happens.</remarks>
/// <param name="name">The teacher's name, for messages.</param>
/// <param name="model">The teacher without its softmax; the first outputs are logits, the others features.</param>
/// <param name="logits">How many of the outputs are logits.</param>
/// <param name="batchSize">Samples a step.</param>
/// <param name="cancellationToken">Ends the run before the next step.</param>
internal sealed class TeacherCache(string name, Model model, int logits, int batchSize, CancellationToken cancellationToken)
{
    /// <summary>Samples a step, where nobody says otherwise.</summary>
    public const int BatchSize = 256;

    /// <summary>How many bytes of features are kept, where nobody says otherwise.</summary>
    public const long FeatureBytes = 256L << 20;

    /// <summary>Each output on all samples, in the open dispose scope.</summary>
    public Tensor[] Outputs(Tensor[] inputs)
    {
        DataChecks.Fit(model, inputs);
        using IDisposable noGrad = no_grad();
        using ArrayBatches data = new(Array.ConvertAll(inputs, t => t.alias()), [], null, batchSize);
        using var context = new CallContext(training: false);
        Tensor[]? all = null;
        for (int step = 0; step < data.Count; step++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using DisposeScope scope = NewDisposeScope();
            Batch batch = data.Get(step);
            IReadOnlyList<Tensor> outputs = model.Invoke(batch.Inputs, context);
            all ??= [.. outputs.Select(o => empty([data.Samples, .. o.shape[1..]], o.dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32).MoveToOuterDisposeScope())];
            for (int i = 0; i < all.Length; i++)
            {
                all[i].narrow(0, (long)step * batchSize, batch.Size).copy_(outputs[i]);
            }
        }

        // What is beyond float32 would become infinite where a student of that type meets it.
        using DisposeScope check = NewDisposeScope();
        for (int i = 0; i < all!.Length; i++)
        {
            if ((i < logits || all[i].dtype == ScalarType.Float64) && !all[i].to(ScalarType.Float32).isfinite().all().item<bool>())
            {
                throw new ArithmeticException(
                    $"The teacher's {(i < logits ? "outputs (logits, or the numbers of a regression)" : "features")} must be finite numbers, but some that '{name}' gave are NaN, infinite or beyond float32. Are its weights finite? (A learning rate that is too high makes them grow without bounds.)");
            }
        }

        return all;
    }
}
