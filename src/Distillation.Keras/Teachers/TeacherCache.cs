using Distillation.Keras.Backend;
using Distillation.Keras.Objectives;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Teachers;

/// <summary>Asks a teacher once about each sample, in order, and keeps what it gives by sample.</summary>
/// <param name="teacher">The teacher.</param>
/// <param name="features">Whose features are kept.</param>
/// <param name="batchSize">Samples a step.</param>
/// <param name="cancellationToken">Ends the run before the next step.</param>
internal sealed class TeacherCache(Teacher teacher, IReadOnlyList<LayerReference> features, int batchSize, CancellationToken cancellationToken)
{
    /// <summary>Samples a step, where nobody says otherwise.</summary>
    public const int BatchSize = 256;

    /// <summary>How many bytes of features are kept, where nobody says otherwise.</summary>
    public const long FeatureBytes = 256L << 20;

    /// <summary>Outputs and features on all samples, in the open dispose scope.</summary>
    /// <param name="inputs">All samples.</param>
    /// <param name="first">The number of the first one; <see langword="null"/> where they have none.</param>
    public TeacherSignals Run(Tensor[] inputs, long? first)
    {
        teacher.CheckInputs(inputs);
        using IDisposable noGrad = no_grad();
        long samples = inputs[0].shape[0];
        Tensor[]? all = null;
        for (long start = 0; start < samples; start += batchSize)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using DisposeScope scope = NewDisposeScope();
            long size = Math.Min(batchSize, samples - start);
            Tensor? indices = first is long number ? Arithmetic.Range(number + start, number + start + size) : null;
            TeacherSignals answer = teacher.Ask(new TeacherBatch(Array.ConvertAll(inputs, t => t.narrow(0, start, size)), indices, features));
            Tensor[] given = [.. answer.Outputs, .. answer.Features];
            all ??= Array.ConvertAll(given, o => empty([samples, .. o.shape[1..]], o.dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32).MoveToOuterDisposeScope());
            for (int i = 0; i < all.Length; i++)
            {
                all[i].narrow(0, start, size).copy_(given[i]);
            }
        }

        return new TeacherSignals(all![..^features.Count], all[^features.Count..]);
    }

    /// <summary>The same, of numbers that a fit can take.</summary>
    /// <exception cref="ArithmeticException">Some are NaN, infinite or beyond float32.</exception>
    public TeacherSignals RunFinite(Tensor[] inputs, long? first) => Finite(teacher, Run(inputs, first));

    /// <summary>Refuses what a teacher gave, on all samples or on a batch, where a fit cannot take it.</summary>
    /// <returns>What was given.</returns>
    /// <exception cref="ArithmeticException">Some are NaN, infinite or beyond float32.</exception>
    public static TeacherSignals Finite(Teacher teacher, TeacherSignals given)
    {
        using DisposeScope check = NewDisposeScope();
        if (given.Outputs.Any(o => !IsFinite(o)))
        {
            throw Refused(teacher, "outputs (logits, or the numbers of a regression)");
        }

        // What is beyond float32 would become infinite where a student of that type meets it.
        return given.Features.Any(f => f.dtype == ScalarType.Float64 && !IsFinite(f)) ? throw Refused(teacher, "features") : given;
    }

    private static bool IsFinite(Tensor tensor) => tensor.to(ScalarType.Float32).isfinite().all().item<bool>();

    private static ArithmeticException Refused(Teacher teacher, string what) => new(
        $"The teacher's {what} must be finite numbers, but some that '{teacher.Name}' gave are NaN, infinite or beyond float32. Are its weights finite? (A learning rate that is too high makes them grow without bounds.)");
}
