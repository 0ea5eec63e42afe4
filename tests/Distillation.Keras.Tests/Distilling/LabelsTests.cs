using Distillation.Keras.Notebook;
using Distillation.Keras.Optimizers;
using NumSharp;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Tests.Distilling;

/// <summary>Labels in every form and type, and data that are refused.</summary>
public class LabelsTests
{
    private static readonly float[,] X = Toy.X();
    private static readonly int[] Y = Toy.Labels(X);

    private static IEnumerable<TestCaseData<Func<ArrayLike>>> Forms =>
        [
            new(() => Y) { TestName = "int32 array" },
            new(() => Array.ConvertAll(Y, y => (long)y)) { TestName = "int64 array" },
            new(() => Array.ConvertAll(Y, y => (byte)y)) { TestName = "uint8 array" },
            new(() => Array.ConvertAll(Y, y => (float)y)) { TestName = "float array of whole numbers" },
            new(() => Array.ConvertAll(Y, y => (double)y)) { TestName = "double array of whole numbers" },
            new(Column) { TestName = "a column of integers" },
            new(() => Toy.OneHot(Y)) { TestName = "one-hot float32" },
            new(() => OneHot(ScalarType.Float64)) { TestName = "one-hot float64" },
            new(() => OneHot(ScalarType.Int32)) { TestName = "one-hot int32" },
            new(() => OneHot(ScalarType.Byte)) { TestName = "one-hot uint8" },
            new(() => OneHot(ScalarType.Bool)) { TestName = "one-hot bool" },
            new(() => np.array(Y)) { TestName = "NDArray of integers" },
            new(() => tensor(Y)) { TestName = "tensor of integers" },
        ];

    private static IEnumerable<TestCaseData<ArrayLike, string>> Bad =>
        [
            new((int[])[.. Y[..49], 4], "from 0 to 3") { TestName = "A label that is no class" },
            new((int[])[.. Y[..49], -2], "from -2") { TestName = "A negative label" },
            new(Array.ConvertAll(Y, y => y + 0.5f), "integers") { TestName = "Labels that are not whole" },
            new(Y[..49], "(49,)") { TestName = "Too few labels" },
            new(new float[50, 3], "(50, 3)") { TestName = "One-hot rows for fewer classes" },
            new(new float[50, 8], "(50, 8)") { TestName = "One-hot rows for more classes" },
            new(new float[50, 4], "sums to 1") { TestName = "Rows without a label" },
            new(WithNaN(), "sums to 1") { TestName = "Rows with NaN" },
            new(new float[50, 4, 1], "(50, 4, 1)") { TestName = "Labels of rank 3" },
        ];

    [TestCaseSource(nameof(Forms))]
    public void All_forms_of_labels_are_the_same_labels(Func<ArrayLike> labels)
    {
        Model expected = Toy.Mlp(seed: 3);
        Model student = Toy.Mlp(seed: 3);
        Distiller distiller = new Distiller(Toy.Mlp()).WithOptimizer(new SGD(0.1));

        History first = distiller.WithStudent(expected).Fit(X, Y, epochs: 2, verbose: 0, shuffle: false).History;
        History second = distiller.WithStudent(student).Fit(X, labels(), epochs: 2, verbose: 0, shuffle: false).History;

        using (Assert.EnterMultipleScope())
        {
            Assert.That(Toy.Values(student), Is.EqualTo(Toy.Values(expected)).Within(1e-6));
            Assert.That(second["accuracy"], Is.EqualTo(first["accuracy"]));
            Assert.That(second["hard_loss"], Is.EqualTo(first["hard_loss"]).Within(1e-5));
        }
    }

    [TestCaseSource(nameof(Bad))]
    public void Bad_labels_are_refused_before_the_first_step(ArrayLike labels, string says)
    {
        Model student = Toy.Mlp(seed: 3);
        double[] before = Toy.Values(student);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                () => new Distiller(Toy.Mlp()).WithStudent(student).Fit(X, labels, verbose: 0),
                Throws.ArgumentException.With.Message.Contains(says)
            );
            Assert.That(() => DistillationTargets.From(student, X, labels), Throws.ArgumentException.With.Message.Contains(says));
            Assert.That(Toy.Values(student), Is.EqualTo(before));
        }
    }

    [Test]
    public void Other_bad_input_is_refused()
    {
        Distiller distiller = new Distiller(Toy.Mlp()).WithStudent(Toy.Mlp(seed: 3));
        float[,] bad = Toy.X();
        bad[3, 2] = float.NaN;

        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => distiller.Fit(bad, Y, verbose: 0), Throws.ArgumentException.With.Message.Contains("NaN"));
            Assert.That(() => distiller.Fit(new float[50, 3], Y, verbose: 0), Throws.ArgumentException.With.Message.Contains("(50, 3)"));
            Assert.That(
                () => distiller.Fit(new float[0, Toy.Width], Array.Empty<int>(), verbose: 0),
                Throws.ArgumentException.With.Message.Contains("at least one")
            );
            Assert.That(() => distiller.Fit(X, Y, batch_size: 0), Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(() => distiller.Fit(X, Y, epochs: -1), Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(() => distiller.Fit(X, Y, validation_split: 1.5), Throws.ArgumentException);
            Assert.That(() => distiller.Fit(X, Y, verbose: 3), Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(
                () => distiller.Fit(X, Y, verbose: 0, sample_weight: new float[49]),
                Throws.ArgumentException.With.Message.Contains("sample_weight")
            );
            Assert.That(
                () => distiller.Fit(X, Y, verbose: 0, sample_weight: new float[50, 4]),
                Throws.ArgumentException.With.Message.Contains("one weight a sample")
            );
            Assert.That(
                () => distiller.Fit(X, Y, verbose: 0, class_weight: new Dictionary<int, double> { [4] = 2 }),
                Throws.ArgumentException.With.Message.Contains("0 to 3")
            );
            Assert.That(
                () => distiller.Fit(X, Y, verbose: 0, class_weight: new Dictionary<int, double> { [0] = 2 }, sample_weight: new float[50]),
                Throws.ArgumentException.With.Message.Contains("not both")
            );
            Assert.That(
                () => distiller.Fit(X, verbose: 0, class_weight: new Dictionary<int, double> { [0] = 2 }),
                Throws.ArgumentException.With.Message.Contains("labels")
            );
            Assert.That(
                () => distiller.Fit(X, Y, verbose: 0, validation_data: new ValidationData(X, null)),
                Throws.ArgumentException.With.Message.Contains("validation_data")
            );
            Assert.That(
                () => distiller.Fit(X, verbose: 0, validation_data: (X, Y)),
                Throws.ArgumentException.With.Message.Contains("validation_data")
            );
            Assert.That(
                () => distiller.WithLoss("sparse_categorical_crossentropy").Fit(X, Toy.OneHot(Y), verbose: 0),
                Throws.ArgumentException
            );
        }
    }

    private static float[,] WithNaN()
    {
        float[,] rows = Toy.OneHot(Y);
        rows[0, 0] = float.NaN;
        return rows;
    }

    private static ArrayLike Column()
    {
        int[,] column = new int[Y.Length, 1];
        Buffer.BlockCopy(Y, 0, column, 0, Y.Length * sizeof(int));
        return column;
    }

    private static ArrayLike OneHot(ScalarType type)
    {
        using DisposeScope scope = NewDisposeScope();
        return nn.functional.one_hot(tensor(Y).to(ScalarType.Int64), Toy.Classes).to(type).DetachFromDisposeScope();
    }
}
