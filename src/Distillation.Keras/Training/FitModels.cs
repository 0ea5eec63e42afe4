using Distillation.Keras.Layers;
using Distillation.Keras.Objectives;
using Distillation.Keras.Teachers;
using static TorchSharp.torch;

namespace Distillation.Keras.Training;

/// <summary>
/// The two of a fit: the teacher, with the features that are asked of it, and the student with logits and features as outputs and as the
/// user gets it.
/// </summary>
internal sealed class FitModels
{
    private readonly Model _student;
    private readonly IReadOnlyList<OutputHead> _studentHeads;
    private readonly int[] _places;

    private FitModels(
        Teacher? teacher,
        Model student,
        IReadOnlyList<OutputHead> studentHeads,
        int[] places,
        IReadOnlyList<Head> heads,
        Model studentLogits
    )
    {
        Teacher = teacher;
        _student = student;
        _studentHeads = studentHeads;
        _places = places;
        Heads = heads;
        StudentLogits = studentLogits;
        Result = student.WithActivations(
            studentHeads,
            [
                .. heads.Select(h =>
                    h.IsNumeric ? (OutputActivation?)null
                    : h.IsMultiLabel ? OutputActivation.Sigmoid
                    : OutputActivation.Softmax
                ),
            ]
        );
    }

    /// <summary>The outputs.</summary>
    public IReadOnlyList<Head> Heads { get; }

    /// <summary>The student as the user gets it: it ends in probabilities, or in numbers.</summary>
    public Model Result { get; }

    /// <summary>The student's logits of each output and then its features.</summary>
    public Model StudentLogits { get; private set; }

    /// <summary>What the layers that make an output's probabilities add to the loss.</summary>
    /// <param name="head">The output's place.</param>
    /// <param name="logits">The output's logits.</param>
    public Tensor? Penalty(int head, Tensor logits) => _studentHeads[head].Penalty(logits);

    /// <summary>The teacher, if any.</summary>
    public Teacher? Teacher { get; }

    /// <summary>The features that are asked of the teacher.</summary>
    public IReadOnlyList<LayerReference> TeacherFeatures { get; private set; } = [];

    /// <summary>The shapes of the features as the layers give them; <see langword="null"/> where a pair cannot be looked at.</summary>
    public IReadOnlyList<FeatureShapes?> FeatureShapes { get; private set; } = [];

    /// <summary>The models of a fit, without features.</summary>
    /// <param name="teacher">The teacher, if any.</param>
    /// <param name="student">The student.</param>
    /// <param name="losses">The losses of the outputs.</param>
    /// <param name="problems">Takes a sentence for all that does not fit, to be told beside all else.</param>
    public static FitModels Of(Teacher? teacher, Model student, HeadLosses losses, List<string> problems) =>
        Of(teacher, student, losses, problems, isFit: true);

    /// <summary>The models of an evaluation, without features: nothing is trained.</summary>
    /// <exception cref="ArgumentException">They do not fit each other; the message lists every problem.</exception>
    public static FitModels OfTrained(Teacher? teacher, Model student, HeadLosses losses)
    {
        var problems = new List<string>();
        FitModels models = Of(teacher, student, losses, problems, isFit: false);
        PairChecks.Throw(problems);
        return models;
    }

    private static FitModels Of(Teacher? teacher, Model student, HeadLosses losses, List<string> problems, bool isFit)
    {
        ReleasedTeacher.Refuse(teacher);
        Released.Refuse(student, "student");
        teacher?.Model?.RefuseDivided();
        student.RefuseDivided();
        IReadOnlyList<OutputHead> z = student.Heads();
        int[] places = teacher is null ? [] : PairChecks.Places(z, teacher.Outputs);
        IReadOnlyList<TeacherOutput>? v = teacher is null ? null : [.. places.Select(p => teacher.Outputs[p])];
        Head[] heads = PairChecks.Heads(z, v, losses);
        if (teacher is not null)
        {
            PairChecks.SameKind(student, z, teacher, v!);
            problems.AddRange(isFit ? PairChecks.OfWeights(student, teacher) : []);
            problems.AddRange(PairChecks.OfShapes(student, z, teacher, v!, heads));
        }

        problems.AddRange(losses.Problems(heads));
        problems.AddRange(PairChecks.OfNumbers(v ?? [], heads));
        Model studentLogits = student.Logits(z);
        problems.AddRange(isFit ? PairChecks.OfStudent(student, studentLogits, z, heads) : PairChecks.OfOutputs(student, z, heads));
        return new FitModels(teacher, student, z, places, heads, studentLogits);
    }

    /// <summary>Adds the features of pairs of layers to both models.</summary>
    /// <param name="pairs">The pairs of all terms, in their order.</param>
    /// <param name="problems">Takes a sentence for each that cannot be looked at.</param>
    public void AddFeatures(IReadOnlyList<FeaturePair> pairs, List<string> problems)
    {
        if (pairs.Count == 0 || Teacher is null)
        {
            FeatureShapes = [.. pairs.Select(_ => (FeatureShapes?)null)];
            return;
        }

        var student = FeatureModel.Of("student", _student, _studentHeads, [.. pairs.Select(p => p.Student)], problems);
        LayerReference[] layers = [.. pairs.Select(p => p.Teacher)];
        int before = problems.Count;
        IReadOnlyList<Shape?> teacher = Teacher.FindFeatures(layers, problems);
        if (teacher is null || teacher.Count != layers.Length || (teacher.Contains(null) && problems.Count == before))
        {
            throw new InvalidOperationException(
                $"FindFeatures gives the shape of each feature, or null and a sentence among the problems, but that of '{Teacher.Name}' "
                    + $"did not for {string.Join(", ", layers.Select(l => $"'{l.Name}'"))}."
            );
        }

        FeatureShapes =
        [
            .. pairs.Select((p, i) => teacher[i] is Shape t && student.Shapes[i] is Shape s ? new FeatureShapes(p, t, s) : null),
        ];
        if (FeatureShapes.Contains(null))
        {
            return;
        }

        StudentLogits = student.WithLogits;
        TeacherFeatures = layers;
    }

    /// <summary>
    /// How many bytes the teacher's features of a sample take; infinite where a shape is not known before the data are seen.
    /// </summary>
    public double FeatureBytes =>
        FeatureShapes.Sum(f =>
            f!.Teacher.Skip(1).Aggregate(4.0, (bytes, size) => size is int known ? bytes * known : double.PositiveInfinity)
        );

    /// <summary>What the teacher says of a batch, beside what stands there already.</summary>
    /// <param name="signals">What stands beside the inputs.</param>
    /// <param name="inputs">The inputs.</param>
    /// <param name="indices">Which samples these are; <see langword="null"/> where they have no numbers.</param>
    public TransferSignals Ask(TransferSignals signals, Tensor[] inputs, Tensor? indices)
    {
        if (Teacher is not Teacher teacher || (teacher.Outputs.Count == 0 && TeacherFeatures.Count == 0))
        {
            return signals;
        }

        bool hasOutputs = teacher.Outputs.Count > 0;
        TeacherSignals known = TeacherCache.AskFinite(teacher, new TeacherBatch(inputs, indices, TeacherFeatures, hasOutputs));

        // A teacher may compute elsewhere.
        Device device = StudentLogits.Device;
        Tensor[] features = [.. known.Features.Select(device.Moved)];
        return signals.WithTeacher(Heads, hasOutputs ? Array.ConvertAll(InOrder(known.Outputs), device.Moved) : null, features);
    }

    /// <summary>What the teacher gives, in the order of the student's outputs.</summary>
    public Tensor[] InOrder(IReadOnlyList<Tensor> outputs) => Array.ConvertAll(_places, p => outputs[p]);

    /// <summary>The teacher's layer that a reference names, or <see langword="null"/> where it is no model.</summary>
    public Layer? TeacherLayer(LayerReference reference) =>
        reference.Layer ?? (Teacher?.Model is Model model ? Find(model, reference.Name) : null);

    private static Layer Find(Model model, string path)
    {
        int slash = path.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? model.GetLayer(path) : Find((Model)model.GetLayer(path[..slash]), path[(slash + 1)..]);
    }
}
