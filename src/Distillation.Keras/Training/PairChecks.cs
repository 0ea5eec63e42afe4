using Distillation.Keras.Layers;
using Distillation.Keras.Teachers;

namespace Distillation.Keras.Training;

/// <summary>What can be wrong between a teacher and a student, each as a sentence.</summary>
internal static class PairChecks
{
    /// <summary>The outputs of the pair, or those of the student alone where there is no teacher.</summary>
    /// <param name="student">What the student ends in.</param>
    /// <param name="teacher">What the teacher gives.</param>
    /// <param name="losses">The losses, by which linear outputs are numbers.</param>
    public static Head[] Heads(IReadOnlyList<OutputHead> student, IReadOnlyList<TeacherOutput>? teacher, HeadLosses losses) =>
        [.. student.Select((z, i) => Head(student.Count, z, teacher is not null && i < teacher.Count ? teacher[i] : null, losses))];

    /// <summary>Problems of the student alone.</summary>
    public static IEnumerable<string> OfStudent(Model student, Model logits, IReadOnlyList<OutputHead> heads, IReadOnlyList<Head> kinds) =>
        logits.TrainableWeights.Count > 0
            ? OfOutputs(student, heads, kinds)
            : OfOutputs(student, heads, kinds)
                .Append("The student has no trainable weights, so nothing could be learnt. Set Trainable = true on it or on its layers.");

    /// <summary>Problems of the outputs of one model.</summary>
    public static IEnumerable<string> OfOutputs(Model student, IReadOnlyList<OutputHead> heads, IReadOnlyList<Head> kinds)
    {
        for (int i = 0; i < heads.Count; i++)
        {
            Shape z = heads[i].Shape;
            string what = kinds[i].IsNumeric ? "numbers" : "classes";
            if (z.Rank is not (2 or 3))
            {
                yield return $"Distillation takes models with one row of {what} a sample, (batch, {what}), or a token, (batch, time, "
                    + $"{what}), but {Output(heads, i)}the output's shape is {z}.";
            }
            else if (kinds[i] is { IsMultiLabel: false, IsNumeric: false } && z[-1] is 1)
            {
                yield return $"A classifier tells at least 2 classes apart, but {Output(heads, i)}the output of '{student.Name}' is 1 "
                    + "wide: its softmax is always 1. "
                    + (
                        heads[i].Activation == OutputActivation.Softmax
                            ? "End both models in a sigmoid, which is a classifier of two."
                            : "For a regression, whose linear output is a number, give its loss: WithLoss(\"mse\"). For a classifier of "
                                + "two end both models in a sigmoid."
                    );
            }
        }
    }

    /// <summary>Problems of weights that both have.</summary>
    public static IEnumerable<string> OfWeights(Model student, Teacher teacher)
    {
        if (ReferenceEquals(student, teacher.Model))
        {
            yield return "The student is the teacher itself, which may not change. Leave WithStudent out for a fresh copy of its "
                + "architecture, or give teacher.Clone().";
        }
        else if (SharedAndTrained(student, teacher) is { Length: > 0 } shared)
        {
            yield return "The student would train weights that belong to the teacher, which may not change: "
                + $"{string.Join(", ", shared)}. Freeze these layers (Trainable = false) or clone the model.";
        }
    }

    /// <summary>Problems between the shapes of the two.</summary>
    public static IEnumerable<string> OfShapes(
        Model student,
        IReadOnlyList<OutputHead> z,
        Teacher teacher,
        IReadOnlyList<TeacherOutput> v,
        IReadOnlyList<Head> kinds
    )
    {
        if (v.Count > 0 && z.Count != v.Count)
        {
            yield return $"Teacher and student have the same outputs, but the teacher has {v.Count} "
                + $"({string.Join(", ", v.Select(o => o.Name))}) and the student {z.Count} ({string.Join(", ", z.Select(o => o.Name))}).";
        }

        for (int i = 0; i < Math.Min(z.Count, v.Count); i++)
        {
            if (!z[i].Shape.IsCompatibleWith(v[i].Shape))
            {
                yield return $"Teacher and student {(kinds[i].IsNumeric ? "give the same numbers" : "tell the same classes apart")}, but "
                    + $"{Output(z, i)}the teacher's output has the shape {v[i].Shape} and the student's {z[i].Shape}.";
            }
        }

        if (teacher.InputShapes.Count > 0 && !teacher.InputShapes.SequenceEqual(student.Inputs.Select(i => i.Shape), new Compatible()))
        {
            yield return $"Teacher and student see the same inputs, but the teacher takes {string.Join(", ", teacher.InputShapes)} and "
                + $"the student {string.Join(", ", student.Inputs.Select(i => i.Shape))}.";
        }
    }

    /// <summary>
    /// Which of the teacher's outputs belongs to each of the student's: that of its name where both have the same names, otherwise that of
    /// its place.
    /// </summary>
    public static int[] Places(IReadOnlyList<OutputHead> student, IReadOnlyList<TeacherOutput> teacher)
    {
        string[] names = [.. teacher.Select(t => t.Name)];
        return student.Select(s => s.Name).ToHashSet(StringComparer.Ordinal).SetEquals(names) && student.Count == names.Length
            ? [.. student.Select(s => Array.IndexOf(names, s.Name))]
            : [.. Enumerable.Range(0, names.Length)];
    }

    /// <summary>Problems of numbers for which there is no loss.</summary>
    public static IEnumerable<string> OfNumbers(IReadOnlyList<TeacherOutput> teacher, IReadOnlyList<Head> kinds) =>
        teacher
            .Zip(kinds)
            .Where(p => p.First.Kind == TeacherOutputKind.Numbers && p.Second is { IsNumeric: true, Loss: null })
            .Select(p =>
                $"The teacher's output '{p.First.Name}' is numbers, for which there is no loss by default. Give one with WithLoss, such "
                + "as WithLoss(\"mse\")."
            );

    /// <summary>Refuses outputs of labels beside outputs of classes.</summary>
    /// <exception cref="NotSupportedException">A softmax stands against sigmoids.</exception>
    public static void SameKind(Model student, IReadOnlyList<OutputHead> z, Teacher teacher, IReadOnlyList<TeacherOutput> v)
    {
        for (int i = 0; i < Math.Min(z.Count, v.Count); i++)
        {
            bool fits =
                z[i].Activation == OutputActivation.Logits
                || v[i].Kind == TeacherOutputKind.Linear
                || v[i].Kind
                    == (z[i].Activation == OutputActivation.Softmax ? TeacherOutputKind.ClassLogits : TeacherOutputKind.LabelLogits);
            if (!fits)
            {
                throw new NotSupportedException(
                    "Teacher and student both end in a softmax over classes or both in sigmoids, one for each label, but "
                        + $"{Output(z, i)}the teacher '{teacher.Name}' {Given(v[i])} and the student '{student.Name}' ends in a "
                        + $"{(z[i].Activation == OutputActivation.Softmax ? "softmax" : "sigmoid")}."
                );
            }
        }

        static string Given(TeacherOutput output) =>
            output.Kind switch
            {
                TeacherOutputKind.ClassLogits => "ends in a softmax",
                TeacherOutputKind.LabelLogits => "ends in a sigmoid",
                _ => "gives the numbers of a regression",
            };
    }

    /// <summary>Refuses other data than those whose samples a teacher knows.</summary>
    /// <exception cref="ArgumentException">There are more or fewer samples.</exception>
    public static void SameSamples(Teacher teacher, long samples)
    {
        if (teacher.Samples is long known && known != samples)
        {
            throw new ArgumentException(
                Invariant(
                    $"The teacher '{teacher.Name}' knows {known} samples by their places in x, but x has {samples}: its outputs would be "
                        + $"those of other samples. Give the data that they were computed of, or say with indices which sample each row "
                        + $"of them is of."
                )
            );
        }
    }

    /// <summary>Refuses samples without numbers for a teacher that knows them by these.</summary>
    /// <exception cref="ArgumentException">They have none.</exception>
    public static void Numbered(Teacher? teacher, bool hasIndices)
    {
        if (teacher is { NeedsSampleIndices: true } && !hasIndices)
        {
            throw new ArgumentException(
                $"The teacher '{teacher.Name}' knows samples by their numbers, but a batch of the source has none. Give them with each "
                    + "batch, new DataBatch(x, y, indices: ...), or take a teacher that computes."
            );
        }
    }

    /// <summary>Throws where there are problems, with all of them.</summary>
    public static void Throw(IReadOnlyList<string> problems)
    {
        if (problems.Count > 0)
        {
            throw new ArgumentException(
                problems.Count == 1
                    ? problems[0]
                    : $"{problems.Count} problems:{string.Concat(problems.Select(p => $"{Environment.NewLine}- {p}"))}"
            );
        }
    }

    private static Head Head(int outputs, OutputHead z, TeacherOutput? v, HeadLosses losses)
    {
        int? width = z.Shape.Rank > 0 ? z.Shape[-1] : null;
        bool linear = z.Activation == OutputActivation.Logits && v?.Kind is null or TeacherOutputKind.Linear or TeacherOutputKind.Numbers;
        return new Head(
            z.Name,
            outputs == 1 ? string.Empty : z.Name + "_",
            z.Activation == OutputActivation.Sigmoid || v?.Kind == TeacherOutputKind.LabelLogits,
            width ?? 0,
            z.Shape.Rank == 3
        )
        {
            IsNumeric = linear && (v?.Kind == TeacherOutputKind.Numbers || losses.AreNumbers(z.Name, width)),
            Loss = losses.For(z.Name),
        };
    }

    private static string Output(IReadOnlyList<OutputHead> heads, int i) =>
        heads.Count == 1 ? string.Empty : $"at the output '{heads[i].Name}' ";

    // Weights of layers that train (statistics of such layers change too) and that the teacher has as well.
    private static string[] SharedAndTrained(Model student, Teacher teacher)
    {
        var own = teacher.Weights.ToHashSet();
        return [.. Flat(student).Where(l => l.Trainable).SelectMany(l => l.Weights).Where(own.Contains).Select(w => w.Path).Distinct()];

        static IEnumerable<Layer> Flat(Model model) =>
            !model.Trainable ? [] : model.Layers.SelectMany(l => l is Model nested ? Flat(nested) : [l]);
    }

    private sealed class Compatible : IEqualityComparer<Shape>
    {
        public bool Equals(Shape? x, Shape? y) => x!.IsCompatibleWith(y!);

        public int GetHashCode(Shape obj) => obj.Rank;
    }
}
