using Distillation.Keras.Objectives;
using static TorchSharp.torch;

namespace Distillation.Keras.Conformance.Suites.Distillation;

/// <summary>Contrastive representation distillation: embeddings, normalisers, losses of both anchors, memories after the step.</summary>
internal sealed class ContrastiveFamily : IDistillationFamily
{
    /// <inheritdoc/>
    public IReadOnlyDictionary<string, Action<DistillationCase>> Objectives { get; } =
        new Dictionary<string, Action<DistillationCase>>
        {
            ["crd"] = one => one.Run(x => x.Has("student_kernel") ? Step(one, x) : OfEmbeddings(one, x)),
        };

    private static Dictionary<string, Tensor> Step(DistillationCase one, DistillationInputs x)
    {
        Tensor indices = x["indices"];
        double?[] z = Normalizers(one, x);
        var objective = new ContrastiveRepresentationDistillation(
            "teacher",
            "student",
            (int)x["student_kernel"].shape[1],
            (int)indices.shape[1] - 1,
            one.Hyper("tau"),
            one.Hyper("momentum"),
            ContrastiveNegatives.OtherSamples,
            z[0],
            z[1],
            one.Hyper("eps")
        );
        Expect(one, x);
        var shapes = new FeatureShapes(
            objective.Features[0],
            Shape.FromSizes(x["teacher"].shape).With(0, null),
            Shape.FromSizes(x["student"].shape).With(0, null)
        );
        var binding = new ObjectiveBinding(new ObjectiveShapes(2, false, [shapes], x["student_memory"].shape[0]), x.DType);
        var bound = (BoundContrast)objective.Bind(binding);
        string[] weights = ["student_kernel", "student_bias", "teacher_kernel", "teacher_bias", "student_memory", "teacher_memory"];
        for (int i = 0; i < weights.Length; i++)
        {
            x.Into(binding.Variables[i], weights[i]);
        }

        ContrastStep step = bound.Step(x["student"], x["teacher"], indices, training: true);
        Dictionary<string, Tensor> outputs = Losses(step.StudentAnchor, step.TeacherAnchor);
        outputs["student_embedding"] = step.StudentEmbedding;
        outputs["teacher_embedding"] = step.TeacherEmbedding;
        outputs["z"] = step.LogNormalizers.exp();
        outputs["new_student_memory"] = binding.Variables[4].Value;
        outputs["new_teacher_memory"] = binding.Variables[5].Value;
        return outputs;
    }

    // Embeddings as they are: the formulas alone.
    private static Dictionary<string, Tensor> OfEmbeddings(DistillationCase one, DistillationInputs x)
    {
        Expect(one, x);
        double?[] z = Normalizers(one, x);
        Tensor Anchor(string embedding, string memory, double? given)
        {
            long samples = x[memory].shape[0];
            Tensor scores = NoiseContrast.Scores(x[embedding], x[memory], x["indices"], one.Hyper("tau"));
            Tensor log = given is double number ? tensor(Math.Log(number), x.Type) : NoiseContrast.LogNormalizer(scores, samples);
            return NoiseContrast.Rows(scores, log, samples, one.Hyper("eps"));
        }

        return Losses(Anchor("student_embedding", "teacher_memory", z[0]), Anchor("teacher_embedding", "student_memory", z[1]));
    }

    private static Dictionary<string, Tensor> Losses(Tensor student, Tensor teacher) =>
        new()
        {
            ["expected"] = (student + teacher).mean(),
            ["student_anchor"] = student.mean(),
            ["teacher_anchor"] = teacher.mean(),
        };

    private static double?[] Normalizers(DistillationCase one, DistillationInputs x) =>
        one.HyperText("Z") switch
        {
            "batch" => [null, null],
            "one" => [1, 1],
            "given" => Array.ConvertAll<double, double?>(x["z_given"].to(ScalarType.Float64).data<double>().ToArray(), z => z),
            string other => throw new UnsupportedException($"there is no normaliser '{other}'"),
        };

    // The library takes K and N from the shapes.
    private static void Expect(DistillationCase one, DistillationInputs x)
    {
        one.Check.Equal("K", x["indices"].shape[1] - 1, (long)one.Hyper("K"));
        one.Check.Equal("N of the student's memory", x["student_memory"].shape[0], (long)one.Hyper("N"));
        one.Check.Equal("N of the teacher's memory", x["teacher_memory"].shape[0], (long)one.Hyper("N"));
    }
}
