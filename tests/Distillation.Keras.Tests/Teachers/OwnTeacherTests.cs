using Distillation.Keras.Measures;
using Distillation.Keras.Objectives;
using Distillation.Keras.Teachers;
using static TorchSharp.torch;

namespace Distillation.Keras.Tests.Teachers;

/// <summary>A teacher of a user's own, and an encoder.</summary>
internal sealed class OwnTeacherTests
{
    [Test]
    public void AStudentLearnsFromARule()
    {
        float[,] x = Toy.X(200);
        Model student = Toy.Mlp(hidden: 16);
        DistillationResult result = new Distiller(new Rule())
            .WithStudent(student)
            .WithOptimizer("adam")
            .WithSeed(1)
            .Fit(x, batch_size: 10, epochs: 30, verbose: 0);
        Assert.That(result.History["teacher_agreement"][^1], Is.GreaterThan(0.9));
        ClassifierScore score = result.Evaluate(x, Toy.Labels(x)).Teacher;
        Assert.That((score.Name, score.Parameters, score.Errors), Is.EqualTo(("rule", (long?)null, 0)));
    }

    [Test]
    public void AnAnswerOfAnotherShapeIsRefused() =>
        Assert.That(
            () => new Distiller(new Rule(answered: 3)).WithStudent(Toy.Mlp()).Fit(Toy.X(), epochs: 1, verbose: 0),
            Throws.InvalidOperationException.With.Message.Contains("(None, 4)").And.Message.Contains("(50, 3)")
        );

    [Test]
    public void ATeacherWithoutFeaturesSaysSo() =>
        Assert.That(
            () => new Distiller(new Rule()).WithStudent(Toy.Mlp()).With(new FitNetsHint("a", "b")).Fit(Toy.X(), epochs: 1, verbose: 0),
            Throws.ArgumentException.With.Message.Contains("gives no features")
        );

    [Test]
    public void AnEncoderGivesFeaturesAlone()
    {
        var encoder = new Sequential(new Layers.Input(Toy.Width), Toy.Dense(8, 1, "relu", "code"));
        Model student = new Sequential(
            new Layers.Input(Toy.Width),
            Toy.Dense(5, 2, "relu", "hidden"),
            Toy.Dense(Toy.Classes, 3, "softmax")
        );
        float[,] x = Toy.X();
        Assert.That(() => new Distiller(encoder), Throws.TypeOf<NotSupportedException>());
        Distiller distiller = new Distiller(ModelTeacher.Encoder(encoder)).WithStudent(student).With(new FitNetsHint("code", "hidden"));
        DistillationResult result = distiller.Fit(x, Toy.Labels(x), epochs: 3, verbose: 0);
        Assert.That(result.History.Names, Does.Contain("accuracy").And.Not.Contain("soft_loss").And.Not.Contain("teacher_agreement"));
        Assert.That(result.History["loss"][^1], Is.LessThan(result.History["loss"][0]));
        Assert.That(
            () => distiller.WithSoftLossWeight(1).Fit(x, Toy.Labels(x), verbose: 0),
            Throws.ArgumentException.With.Message.Contains("encoder")
        );
    }

    [Test]
    public void AModelTellsCostShapesAndContent()
    {
        var model = new Sequential(
            new Layers.Input(Toy.Width),
            Toy.Dense(8, 1, "relu", "code"),
            Toy.Dense(Toy.Classes, 2, "softmax", "classes")
        );
        var teacher = new ModelTeacher(model);
        Assert.Multiple(() =>
        {
            Assert.That(teacher.Cost, Is.EqualTo(new TeacherCost(56 + 36, 48 + 32, 4 * (56 + 36))));
            Assert.That(teacher.Outputs.Single().Kind, Is.EqualTo(TeacherOutputKind.ClassLogits));
            Assert.That(teacher.Outputs.Single().Width, Is.EqualTo(Toy.Classes));
            Assert.That(teacher.InputShapes.Single().ToString(), Is.EqualTo("(None, 6)"));
            Assert.That(teacher.Features["code"].ToString(), Is.EqualTo("(None, 8)"));
            Assert.That(teacher.Fingerprint(), Is.EqualTo(new ModelTeacher(model).Fingerprint()));
        });
        string before = teacher.Fingerprint();
        using (no_grad())
        {
            model.Weights[0].Value[0, 0] = tensor(5f);
        }

        Assert.That(teacher.Fingerprint(), Is.Not.EqualTo(before));
    }

    [Test]
    public void AnAnswerThatIsNoneIsRefusedInWords()
    {
        float[,] x = Toy.X();
        using (Assert.EnterMultipleScope())
        {
            Refused(_ => null!, "gave null");
            Refused(_ => new TeacherSignals([null!]), "output 'output'", "gave null");
            Refused(
                b =>
                {
                    Tensor output = b.Inputs[0].clone();
                    output.Dispose();
                    return new TeacherSignals(output);
                },
                "output 'output'",
                "disposed"
            );
            Refused(b => new TeacherSignals(b.Inputs[0].narrow(1, 0, Toy.Classes).to(complex64)), "output 'output'", "complex");
            Refused(b => new TeacherSignals(b.Inputs[0].narrow(1, 0, Toy.Classes).to_sparse()), "output 'output'", "sparse");
            Refused(b => new TeacherSignals(b.Inputs[0].reshape(7, -1)), "Compute of Answer 'answer' failed", "Look at what it computes");
        }

        void Refused(Func<TeacherBatch, TeacherSignals> compute, params string[] parts)
        {
            InvalidOperationException e = Assert.Throws<InvalidOperationException>(() =>
                new Distiller(new Answer(compute)).WithStudent(Toy.Mlp()).Fit(x, epochs: 1, verbose: 0)
            )!;
            foreach (string part in parts)
            {
                Assert.That(e.Message, Does.Contain(part));
            }
        }
    }

    [Test]
    public void AQuestionHasInputsAndTheNumbersOfTheirSamples()
    {
        using Tensor x = zeros(2, 4),
            floats = zeros(2),
            three = zeros(3, int64),
            disposed = zeros(2, 4),
            number = tensor(1f);
        disposed.Dispose();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => new TeacherBatch([]), Throws.ArgumentException.With.Message.Contains("one tensor for each input"));
            Assert.That(() => new TeacherBatch([null!]), Throws.ArgumentException.With.Message.Contains("one tensor for each input"));
            Assert.That(() => new TeacherBatch([number]), Throws.ArgumentException.With.Message.Contains("one tensor for each input"));
            Assert.That(
                () => new TeacherBatch([disposed]),
                Throws.TypeOf<ObjectDisposedException>().With.Message.Contains("A tensor was given that is disposed")
            );
            Assert.That(() => new TeacherBatch([x, floats[..1]]), Throws.ArgumentException.With.Message.Contains("(2, 4), (1,)"));
            Assert.That(() => new TeacherBatch([x], features: [null!]), Throws.ArgumentException.With.Message.Contains("features is null"));
            Assert.That(
                () => new TeacherBatch([x], floats),
                Throws.ArgumentException.With.Message.Contains("int64 (2,)").And.Message.Contains("Float32")
            );
            Assert.That(
                () => new TeacherBatch([x], three),
                Throws.ArgumentException.With.Message.Contains("int64 (2,)").And.Message.Contains("(3,)")
            );
        }
    }

    [Test]
    public void OutputsHaveNamesKindsAndShapes()
    {
        TeacherOutput[] bad =
        [
            null!,
            new(null!, TeacherOutputKind.Numbers, (null, 3)),
            new("a", (TeacherOutputKind)77, (null, 3)),
            new("a", TeacherOutputKind.Numbers, null!),
        ];
        foreach (TeacherOutput output in bad)
        {
            Assert.That(
                () => new Searching([output], _ => []),
                Throws.ArgumentException.With.Message.Contains("a name, a kind and a shape")
            );
        }
    }

    [Test]
    public void AnAnswerAboutFeaturesThatIsNoneIsRefused()
    {
        TeacherOutput[] outputs = [new("output", TeacherOutputKind.ClassLogits, (null, Toy.Classes))];
        foreach (Func<int, IReadOnlyList<Shape?>> find in (Func<int, IReadOnlyList<Shape?>>[])[_ => null!, _ => [], n => new Shape?[n]])
        {
            Assert.That(
                () =>
                    new Distiller(new Searching(outputs, find))
                        .WithStudent(Toy.Mlp())
                        .With(new FitNetsHint("a", "hidden"))
                        .Fit(Toy.X(), epochs: 1, verbose: 0),
                Throws.InvalidOperationException.With.Message.Contains("FindFeatures gives the shape of each feature")
            );
        }
    }

    private sealed class Searching(IEnumerable<TeacherOutput> outputs, Func<int, IReadOnlyList<Shape?>> find)
        : Teacher("searching", outputs)
    {
        public override string Fingerprint() => "searching";

        public override IReadOnlyList<Shape?> FindFeatures(IReadOnlyList<LayerReference> layers, ICollection<string> problems) =>
            find(layers.Count);

        protected override TeacherSignals Compute(TeacherBatch batch) => new(batch.Inputs[0].narrow(1, 0, Toy.Classes));
    }

    private sealed class Answer(Func<TeacherBatch, TeacherSignals> compute)
        : Teacher("answer", [new TeacherOutput("output", TeacherOutputKind.ClassLogits, (null, Toy.Classes))])
    {
        public override string Fingerprint() => "answer";

        protected override TeacherSignals Compute(TeacherBatch batch) => compute(batch);
    }

    // The greatest of the first inputs is the class.
    private sealed class Rule(long answered = Toy.Classes)
        : Teacher("rule", [new TeacherOutput("output", TeacherOutputKind.ClassLogits, (null, Toy.Classes))])
    {
        public override string Fingerprint() => "rule 1";

        protected override TeacherSignals Compute(TeacherBatch batch) => new(batch.Inputs[0].narrow(1, 0, answered));
    }
}
