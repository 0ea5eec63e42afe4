using Distillation.Keras.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Training;

/// <summary>Runs the teacher once on each sample, in inference mode, and keeps its logits by sample.</summary>
/// <remarks>Inference changes neither weights nor statistics nor the compile state, so the teacher stays as it is, whatever happens.</remarks>
/// <param name="name">The teacher's name, for messages.</param>
/// <param name="logits">The teacher without its softmax.</param>
/// <param name="batchSize">Samples a step.</param>
/// <param name="cancellationToken">Ends the run before the next step.</param>
internal sealed class TeacherCache(string name, Model logits, int batchSize, CancellationToken cancellationToken)
{
    /// <summary>Samples a step, where nobody says otherwise.</summary>
    public const int BatchSize = 256;

    /// <summary>The teacher's logits, (samples, classes), in the open dispose scope.</summary>
    public Tensor Logits(Tensor[] inputs)
    {
        using IDisposable noGrad = no_grad();
        using BatchSource data = new(Array.ConvertAll(inputs, t => t.alias()), [], null, batchSize);
        var context = new CallContext(training: false);
        Tensor? all = null;
        for (int step = 0; step < data.Steps; step++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using DisposeScope scope = NewDisposeScope();
            Batch batch = data.Get(step);
            Tensor output = logits.Invoke(batch.X, context)[0];
            all ??= empty([data.Samples, output.shape[1]], ScalarType.Float32).MoveToOuterDisposeScope();
            all.narrow(0, batch.Start, batch.Size).copy_(output);
        }

        return all!.isfinite().all().item<bool>()
            ? all
            : throw new ArithmeticException($"The teacher's logits must be finite numbers, but some that '{name}' gave are NaN or infinite. Are its weights finite? (A learning rate that is too high makes them grow without bounds.)");
    }
}
