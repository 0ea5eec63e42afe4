using Distillation.Keras.Objectives;
using Distillation.Keras.Training;
using static TorchSharp.torch;

namespace Distillation.Keras.Tests.Objectives;

/// <summary>Computes an objective on tensors, as a fit would.</summary>
internal static class ObjectiveRun
{
    /// <summary>The objective bound to the shapes of signals.</summary>
    public static ObjectiveTerm Bind(
        DistillationObjective objective,
        ObjectiveSignals signals,
        int classes = 2,
        long samples = 1,
        string dtype = "float32",
        Device? device = null
    )
    {
        FeatureShapes[] features =
        [
            .. objective.Features.Select(
                (f, i) => new FeatureShapes(f, Batch(signals.TeacherFeatures[i]), Batch(signals.StudentFeatures[i]))
            ),
        ];
        return new ObjectiveTerm(
            objective,
            objective.Name,
            1,
            new ObjectiveShapes(classes, false, features, samples),
            dtype,
            device: device
        );
    }

    /// <summary>The mean over the rows, or the scalar.</summary>
    public static Tensor Value(DistillationObjective objective, ObjectiveSignals signals, string dtype = "float32") =>
        Value(Bind(objective, signals, dtype: dtype), signals);

    /// <summary>The mean over the rows, or the scalar.</summary>
    public static Tensor Value(ObjectiveTerm term, ObjectiveSignals signals)
    {
        Tensor value = term.Compute(signals, 0, 1);
        return value.dim() == 1 ? RowWeights.None.Reduce(value, null) : value;
    }

    /// <summary>Logits with entries of -60 and 60, rows of one class against another, in float32 and with a gradient.</summary>
    public static ObjectiveSignals Extreme()
    {
        Tensor z = randn(5, 7) * 2.5;
        Tensor v = randn(5, 7) * 2.5;
        z[0, 1] = 60;
        v[0, 1] = -60;
        z[1, 2] = -60;
        v[1, 2] = 60;
        z[2] = -60;
        v[2, 0] = 60;
        z[2, 3] = 60;
        v[3] = tensor(new float[] { 60, -60, 60, -60, 60, -60, 60 });
        return new ObjectiveSignals
        {
            StudentLogits = z.detach().requires_grad_(),
            TeacherLogits = v,
            Labels = tensor(new long[] { 0, 2, 1, 6, 3 }),
        };
    }

    private static Shape Batch(Tensor feature) => Shape.FromSizes(feature.shape).With(0, null);
}
