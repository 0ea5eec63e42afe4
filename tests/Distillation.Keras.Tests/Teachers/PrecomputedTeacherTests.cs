using Distillation.Keras.Measures;
using Distillation.Keras.Teachers;
using NumSharp;

namespace Distillation.Keras.Tests.Teachers;

/// <summary>What was computed before is a teacher like the model that it came from, whatever the order and the split.</summary>
internal sealed class PrecomputedTeacherTests
{
    private string _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("precomputed-teacher").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [TestCase(0.0)]
    [TestCase(0.3)]
    public void AStudentOfStoredLogitsIsThatOfTheModel(double split)
    {
        Model model = Toy.Teacher();
        float[,] x = Toy.X();
        using NDArray logits = model.PopSoftmax().Predict(x, batch_size: 256);
        double[] ofModel = Student(model, x, split);
        double[] ofStored = Student(PrecomputedTeacher.FromLogits(logits), x, split);
        Assert.That(ofStored, Is.EqualTo(ofModel));
    }

    [Test]
    public void RowsInAnyOrderAreFoundByTheirIndices()
    {
        Model model = Toy.Teacher();
        float[,] x = Toy.X();
        int[] order = [.. Enumerable.Range(0, 50).Select(i => (i * 7) % 50)];
        float[,] shuffled = new float[50, Toy.Width];
        for (int i = 0; i < 50; i++)
        {
            for (int j = 0; j < Toy.Width; j++)
            {
                shuffled[i, j] = x[order[i], j];
            }
        }

        // Each row of another batch: rounding may differ.
        using NDArray logits = model.PopSoftmax().Predict(shuffled, batch_size: 256);
        Assert.That(
            Student(PrecomputedTeacher.FromLogits(logits, indices: order), x, 0.3),
            Is.EqualTo(Student(model, x, 0.3)).Within(1e-5)
        );
        Assert.That(Student(PrecomputedTeacher.FromLogits(logits), x, 0.3), Is.Not.EqualTo(Student(model, x, 0.3)).Within(1e-3));
    }

    [Test]
    public void ProbabilitiesBecomeTheLogarithmsThatStandForThem()
    {
        float[,] p =
        {
            { 0.5f, 0.25f, 0.25f },
            { 1, 0, 0 },
        };
        PrecomputedTeacher teacher = PrecomputedTeacher.FromProbabilities(p);
        float[] logits = Ask(teacher, 0, 1);
        Assert.That(logits[..4], Is.EqualTo(new[] { MathF.Log(0.5f), MathF.Log(0.25f), MathF.Log(0.25f), 0 }).Within(1e-6));
        Assert.That(logits[4..], Has.All.LessThan(-80).And.All.GreaterThan(-100));
    }

    [Test]
    public void AnArchiveIsReadByTheNamesOfItsArrays()
    {
        NDArray logits = new float[,]
        {
            { 1, 2, 3 },
            { 3, 2, 1 },
        };
        NDArray p = new float[,]
        {
            { 0.25f, 0.75f },
            { 0.5f, 0.5f },
        };
        NDArray classes = new[,]
        {
            { 2, 0 },
            { 1, 2 },
        };
        NDArray indices = new[] { 5, 3 };
        string Saved(params (string Name, NDArray Array)[] arrays)
        {
            string path = Path.Combine(_folder, "teacher.npz");
            File.Delete(path);
            np.savez(path, arrays.ToDictionary(a => a.Name, a => a.Array));
            return path;
        }

        using (Assert.EnterMultipleScope())
        {
            Same(PrecomputedTeacher.FromNpz(Saved(("logits", logits))), PrecomputedTeacher.FromLogits(logits));
            Same(
                PrecomputedTeacher.FromNpz(Saved(("logits", logits), ("indices", indices)), multiLabel: true),
                PrecomputedTeacher.FromLogits(logits, indices, multiLabel: true)
            );
            Same(PrecomputedTeacher.FromNpz(Saved(("probabilities", p))), PrecomputedTeacher.FromProbabilities(p));
            Same(PrecomputedTeacher.FromNpz(Saved(("numbers", p))), PrecomputedTeacher.FromNumbers(p));
            Same(
                PrecomputedTeacher.FromNpz(Saved(("probabilities", p), ("classes", classes)), numClasses: 4, TopKRest.Drop),
                PrecomputedTeacher.FromTopK(classes, p, 4, TopKRest.Drop)
            );
            Assert.That(PrecomputedTeacher.FromNpz(Saved(("logits", logits))).Name, Is.EqualTo("teacher"));
            Refused(() => PrecomputedTeacher.FromNpz(Saved(("arr_0", logits))), "holds 'arr_0'");
            Refused(() => PrecomputedTeacher.FromNpz(Saved(("logits", logits), ("numbers", p))), "holds 'logits', 'numbers'");
            Refused(() => PrecomputedTeacher.FromNpz(Saved(("indices", indices))), "holds none");
            Refused(() => PrecomputedTeacher.FromNpz(Saved(("numbers", p)), multiLabel: true), "holds 'numbers'");
            Refused(() => PrecomputedTeacher.FromNpz(Saved(("probabilities", p), ("classes", classes))), "numClasses");
            Refused(() => PrecomputedTeacher.FromNpz(Saved(("logits", logits)), numClasses: 3), "numClasses");
        }

        static void Same(PrecomputedTeacher read, PrecomputedTeacher made)
        {
            Assert.That(read.Fingerprint(), Is.EqualTo(made.Fingerprint()));
            read.Release();
            made.Release();
        }

        static void Refused(Action read, string because) =>
            Assert.That(() => read(), Throws.ArgumentException.With.Message.Contains(because));
    }

    [Test]
    public void TheRestOfTheTopKIsSpreadOrDropped()
    {
        int[,] classes =
        {
            { 3, 1 },
        };
        float[,] p =
        {
            { 0.6f, 0.2f },
        };
        float[] spread = Ask(PrecomputedTeacher.FromTopK(classes, p, 4), 0);
        Assert.That(spread.Select(MathF.Exp), Is.EqualTo(new[] { 0.1, 0.2, 0.1, 0.6 }).Within(1e-6));
        float[] dropped = Ask(PrecomputedTeacher.FromTopK(classes, p, 4, TopKRest.Drop), 0);
        Assert.That(dropped.Select(MathF.Exp), Is.EqualTo(new[] { 0, 0.25, 0, 0.75 }).Within(1e-6));
    }

    [Test]
    public void DataWithoutNumbersAreRefused()
    {
        float[,] x = Toy.X();
        int[] y = Toy.Labels(x);
        PrecomputedTeacher teacher = PrecomputedTeacher.FromLogits(new float[50, Toy.Classes]);
        Distiller distiller = new Distiller(teacher).WithStudent(Toy.Mlp());
        Assert.That(
            () => distiller.Fit(x, y, epochs: 1, verbose: 0, validation_data: (x, y)),
            Throws.ArgumentException.With.Message.Contains("validation_split")
        );
        Assert.That(
            () => distiller.Fit(Toy.X(40), epochs: 1, verbose: 0),
            Throws.ArgumentException.With.Message.Contains("knows 50 samples")
        );
        DistillationResult result = distiller.Fit(x, y, epochs: 1, verbose: 0);
        Assert.That(() => result.Evaluate(x, y), Throws.InvalidOperationException.With.Message.Contains("DistillationEvaluation.Of"));
        Assert.That(DistillationEvaluation.Of(teacher, result.Student, x, y).ToString(), Does.Contain("-"));
        Assert.That(
            () => new Distiller(PrecomputedTeacher.FromLogits(new float[50, Toy.Classes])).Fit(x, verbose: 0),
            Throws.ArgumentException.With.Message.Contains("WithStudent")
        );
    }

    [Test]
    public void ASampleOfWhichNothingIsKnownIsNamed()
    {
        PrecomputedTeacher teacher = PrecomputedTeacher.FromLogits(new float[2, 3], indices: new[] { 4, 9 });
        Assert.That(Ask(teacher, 9, 4), Has.Length.EqualTo(6));
        Assert.That(() => Ask(teacher, 4, 7), Throws.ArgumentException.With.Message.Contains("sample 7"));
        Assert.That(() => Ask(teacher, 10), Throws.ArgumentException.With.Message.Contains("sample 10"));
        Assert.That(
            () => PrecomputedTeacher.FromLogits(new float[2, 3], indices: new[] { 4, 4 }),
            Throws.ArgumentException.With.Message.Contains("one row")
        );
    }

    [Test]
    public void TheFingerprintTellsContentsApart()
    {
        float[,] logits = new float[2, 3];
        string first = PrecomputedTeacher.FromLogits(logits).Fingerprint();
        Assert.That(PrecomputedTeacher.FromLogits(logits).Fingerprint(), Is.EqualTo(first));
        logits[1, 2] = 1;
        Assert.That(PrecomputedTeacher.FromLogits(logits).Fingerprint(), Is.Not.EqualTo(first));
    }

    [Test]
    public void AReleasedTeacherIsNamed()
    {
        PrecomputedTeacher teacher = PrecomputedTeacher.FromLogits(new float[2, 3], name: "stored");
        teacher.Release();
        Assert.That(() => new Distiller(teacher), Throws.TypeOf<ObjectDisposedException>().With.Message.Contains("stored"));
    }

    private static double[] Student(Teacher teacher, float[,] x, double split)
    {
        Model student = Toy.Mlp(dropout: 0.2);
        new Distiller(teacher)
            .WithStudent(student)
            .WithSeed(3)
            .Fit(x, Toy.Labels(x), batch_size: 8, epochs: 3, verbose: 0, validation_split: split);
        return Toy.Values(student);
    }

    private static float[] Ask(PrecomputedTeacher teacher, params long[] samples)
    {
        using TorchSharp.DisposeScope scope = TorchSharp.torch.NewDisposeScope();
        return
        [
            .. teacher
                .Ask(new TeacherBatch([TorchSharp.torch.zeros(samples.Length, 1)], TorchSharp.torch.tensor(samples)))
                .Outputs[0]
                .data<float>(),
        ];
    }
}
