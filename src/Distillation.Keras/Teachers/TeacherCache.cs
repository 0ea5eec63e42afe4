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
internal sealed class TeacherCache(
    Teacher teacher,
    IReadOnlyList<LayerReference> features,
    int batchSize,
    CancellationToken cancellationToken
)
{
    /// <summary>Samples a step, where nobody says otherwise.</summary>
    public const int BatchSize = 256;

    /// <summary>How many bytes of features are kept, where nobody says otherwise.</summary>
    public const long FeatureBytes = 256L << 20;

    /// <summary>Outputs and features on all samples, on the host and in the open dispose scope.</summary>
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
            Tensor? indices = first is long number ? Arithmetic.Range(number + start, number + start + size, ScalarType.Int64, CPU) : null;
            TeacherSignals answer = teacher.Ask(
                new TeacherBatch(Array.ConvertAll(inputs, t => t.narrow(0, start, size)), indices, features)
            );
            Tensor[] given = [.. answer.Outputs, .. answer.Features];
            all ??= Array.ConvertAll(given, o => empty([samples, .. o.shape[1..]], TypeOf(o), CPU).MoveToOuterDisposeScope());
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

    /// <summary>Asks a teacher about one batch, whose answer is not kept, for numbers that a fit can take.</summary>
    /// <param name="teacher">The teacher.</param>
    /// <param name="batch">What it is asked about.</param>
    /// <exception cref="ArithmeticException">Some are NaN, infinite or beyond float32.</exception>
    public static TeacherSignals AskFinite(Teacher teacher, TeacherBatch batch)
    {
        teacher.CheckInputs(batch.Inputs);
        TeacherSignals answer = teacher.Ask(batch);
        return Finite(teacher, new TeacherSignals([.. answer.Outputs.Select(Kept)], [.. answer.Features.Select(Kept)]));

        static Tensor Kept(Tensor given) => given.to(TypeOf(given));
    }

    // What a teacher computes in 16 bits, or gives as whole numbers, is compared in float32.
    private static ScalarType TypeOf(Tensor given) => given.dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32;

    private static TeacherSignals Finite(Teacher teacher, TeacherSignals all)
    {
        using DisposeScope check = NewDisposeScope();
        if (all.Outputs.Any(o => !IsFinite(o)))
        {
            throw Refused(teacher, "outputs (logits, or the numbers of a regression)");
        }

        // What is beyond float32 would become infinite where a student of that type meets it.
        return all.Features.Any(f => f.dtype == ScalarType.Float64 && !IsFinite(f)) ? throw Refused(teacher, "features") : all;
    }

    private static bool IsFinite(Tensor tensor) => tensor.to(ScalarType.Float32).isfinite().all().item<bool>();

    private static ArithmeticException Refused(Teacher teacher, string what) =>
        new(
            $"The teacher's {what} must be finite numbers, but some that '{teacher.Name}' gave are NaN, infinite or beyond float32. Are "
                + "its weights finite? (A learning rate that is too high makes them grow without bounds.)"
        );
}
