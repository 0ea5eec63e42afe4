using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras.Objectives;

/// <summary>
/// What objectives on pairs of features have in common: the pairs, the rules for their shapes, the sum over pairs, and roots without
/// infinite gradients.
/// </summary>
internal static class FeatureTerms
{
    /// <summary>One pair.</summary>
    public static IReadOnlyList<FeaturePair> One(LayerReference teacherLayer, LayerReference studentLayer, FeatureAdapter? adapter)
    {
        ArgumentNullException.ThrowIfNull(teacherLayer);
        ArgumentNullException.ThrowIfNull(studentLayer);
        return [new FeaturePair(teacherLayer, studentLayer, adapter)];
    }

    /// <summary>A copy of the pairs.</summary>
    /// <exception cref="ArgumentException">There are none.</exception>
    public static IReadOnlyList<FeaturePair> Check(IReadOnlyList<FeaturePair> pairs)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        return pairs.Count == 0 || pairs.Contains(null!)
            ? throw new ArgumentException(
                "An objective on features needs at least one pair of layers, none of them null: [new FeaturePair(\"teacher_layer\", "
                    + "\"student_layer\", FeatureAdapter.Projection)].",
                nameof(pairs)
            )
            : [.. pairs];
    }

    /// <summary>The same pairs before the layers' own activations.</summary>
    public static IReadOnlyList<FeaturePair> BeforeActivation(IReadOnlyList<FeaturePair> pairs) =>
        [
            .. pairs.Select(p => new FeaturePair(
                LayerReference.BeforeActivation(p.Teacher),
                LayerReference.BeforeActivation(p.Student),
                p.Adapter
            )),
        ];

    /// <summary>
    /// The sum over the pairs of what <paramref name="rows"/> gives of the teacher's feature, which gets no gradient, the student's, and
    /// the pair's place.
    /// </summary>
    /// <exception cref="InvalidOperationException">The features break the rules.</exception>
    public static Tensor Sum(ObjectiveSignals signals, FeatureRules rules, Func<Tensor, Tensor, int, Tensor> rows)
    {
        ArgumentNullException.ThrowIfNull(signals);
        Tensor? sum = null;
        for (int i = 0; i < signals.TeacherFeatures.Count; i++)
        {
            Tensor teacher = signals.TeacherFeatures[i].detach();
            Tensor student = signals.StudentFeatures[i];

            // Axes that are unknown before the fit may turn out to differ, and would be repeated without a word.
            if (Broken(Shape.FromSizes(teacher.shape), Shape.FromSizes(student.shape), rules) is string rule)
            {
                throw new InvalidOperationException(
                    $"{rule}, but here the teacher's has the shape {Shape.FromSizes(teacher.shape)} and the student's the shape "
                        + $"{Shape.FromSizes(student.shape)}. Choose other layers, or an adapter."
                );
            }

            Tensor part = rows(teacher, student, i);
            sum = sum is null ? part : sum.Plus(part);
        }

        return sum!;
    }

    /// <summary>One sentence for each pair whose shapes break the rules.</summary>
    public static IEnumerable<string> Problems(DistillationObjective objective, ObjectiveShapes shapes, FeatureRules rules)
    {
        ArgumentNullException.ThrowIfNull(shapes);
        foreach (FeatureShapes f in shapes.Features)
        {
            if (Broken(f.Teacher, f.Student, rules) is string rule)
            {
                yield return $"{objective.GetType().Name} '{objective.Name}': {rule}, but behind the adapter the teacher's "
                    + $"{f.Pair.Teacher} has the shape {f.Teacher} and the student's {f.Pair.Student} the shape {f.Student}. "
                    + (
                        rules.HasFlag(FeatureRules.Maps) && !f.AreMaps
                            ? "Choose layers in front of Flatten or of a global pooling."
                            : "Choose other layers, or let an adapter make them alike: "
                                + $"{(rules.HasFlag(FeatureRules.Channels) ? "FeatureAdapter.Projection" : "FeatureAdapter.Pooling")}."
                    );
            }
        }
    }

    /// <summary>The root of a sum of squares; at 0 it gets no gradient.</summary>
    public static Tensor Root(Tensor squared)
    {
        Tensor isZero = squared.eq(zeros_like(squared));
        return where(isZero, squared, where(isZero, ones_like(squared), squared).sqrt());
    }

    private static string? Broken(Shape teacher, Shape student, FeatureRules rules)
    {
        if (rules.HasFlag(FeatureRules.Maps) && (teacher.Rank != 4 || student.Rank != 4))
        {
            return "Both features are maps, (batch, height, width, channels)";
        }

        if (teacher.Rank < 2 || student.Rank < 2 || (rules.HasFlag(FeatureRules.Sizes) && teacher.Rank != student.Rank))
        {
            return "Both features are maps, (batch, height, width, channels), or both are flat, (batch, width)";
        }

        bool sizes = !rules.HasFlag(FeatureRules.Sizes) || Enumerable.Range(1, teacher.Rank - 2).All(a => Agree(teacher[a], student[a]));
        bool channels = !rules.HasFlag(FeatureRules.Channels) || Agree(teacher[-1], student[-1]);
        return (sizes, channels) switch
        {
            (true, true) => null,
            (false, false) => "Both features have the same height, width and channels",
            (false, true) => "Both features have the same height and width",
            (true, false) => "Both features have equally many channels (the last axis)",
        };
    }

    private static bool Agree(int? a, int? b) => a is null || b is null || a == b;
}
