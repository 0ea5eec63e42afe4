using Distillation.Keras.Layers;
using Distillation.Keras.Measures;
using Distillation.Keras.Notebook;
using Distillation.Keras.Objectives;
using NumSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Tests.Distilling;

/// <summary>
/// Arrays that a distillation or a measure cannot read as they are: disposed, parts of others, of types that lose something.
/// </summary>
public sealed class IncomingDataTests
{
    private static readonly float[,] X = Toy.X();
    private static readonly int[] Y = Toy.Labels(X);
    private static readonly double[,] P =
    {
        { 0.5, 0.25, 0.25 },
        { 0.1, 0.8, 0.1 },
    };

    private static Distiller Ready(Model? teacher = null) =>
        new Distiller(teacher ?? Toy.Mlp(seed: 3)).WithStudent(Toy.Mlp(hidden: 4, seed: 9)).WithSeed(1);

    private static NDArray Gone(params int[] shape)
    {
        NDArray array = np.ones(new NumSharp.Shape([.. shape.Select(s => (long)s)]), NPTypeCode.Single);
        array.Dispose();
        return array;
    }

    private static void Disposed(Action call) =>
        Assert.That(() => call(), Throws.TypeOf<ObjectDisposedException>().With.Message.Contains("disposed"));

    private static Sequential Sequences() => new(new Input(shape: (3, 2)), Toy.Dense(Toy.Classes, 5, "softmax"));

    [Test]
    public void A_distillation_refuses_arrays_that_were_disposed()
    {
        int n = X.GetLength(0);
        using (Assert.EnterMultipleScope())
        {
            Disposed(() => Ready().Fit(Gone(n, Toy.Width), Y, verbose: 0));
            Disposed(() => Ready().Fit(X, Gone(n), verbose: 0));
            Disposed(() => Ready().Fit(X, Y, verbose: 0, sample_weight: Gone(n)));
            Disposed(() => Ready().Fit(X, Y, verbose: 0, validation_data: (Gone(n, Toy.Width), Y)));
            Disposed(() => Ready().Fit(X, Y, verbose: 0, validation_data: (X, Gone(n))));
            Disposed(() =>
                new Distiller(Sequences()).WithStudent(Sequences()).Fit(new float[4, 3, 2], new int[4, 3], verbose: 0, mask: Gone(4, 3))
            );
            Disposed(() => DistillationTargets.From(Toy.Mlp(), Gone(n, Toy.Width), Y));
            Disposed(() => DistillationTargets.From(Toy.Mlp(), X, Gone(n)));
            Disposed(() => DistillationEvaluation.Of(Toy.Mlp(), Toy.Mlp(), Gone(n, Toy.Width), Y));
            Disposed(() => DistillationEvaluation.Of(Toy.Mlp(), Toy.Mlp(), X, Gone(n)));
        }
    }

    [Test]
    public void Measures_refuse_arrays_that_were_disposed()
    {
        using (Assert.EnterMultipleScope())
        {
            Disposed(() => Agreement.FromLogits(Gone(2, 3), P));
            Disposed(() => Agreement.FromProbabilities(P, Gone(2, 3)));
            Disposed(() => Calibration.FromLogits(Gone(2, 3), new int[2]));
            Disposed(() => Calibration.FromProbabilities(P, Gone(2)));
            Disposed(() => McNemarTest.FromPredictions(Gone(2), new int[2], new int[2]));
            Disposed(() => GapClosed.Shares(new double[2], Gone(2), new double[2]));
            Disposed(() => DistillationMetrics.Accuracy(Gone(2, 4), np.ones(new NumSharp.Shape(2, 4))));
            Disposed(() => DistillationMetrics.SoftLogLoss(np.ones(new NumSharp.Shape(2, 4)), Gone(2, 4), 2));
        }
    }

    [Test]
    public void Slices_from_the_start_give_the_same_distillation_and_measures()
    {
        NDArray First(Array whole, int rows) => np.concatenate([np.array(whole), np.array(whole)])[$"0:{rows}"];
        int n = X.GetLength(0);
        double[] expected = Toy.Values(Ready().Fit(X, Y, epochs: 2, verbose: 0, validation_data: (X, Y)).Student);
        double[] found = Toy.Values(
            Ready()
                .Fit(
                    First(X, n),
                    First(Y, n),
                    epochs: 2,
                    verbose: 0,
                    validation_data: (First(X, n), First(Y, n)),
                    sample_weight: First(Enumerable.Repeat(1f, n).ToArray(), n)
                )
                .Student
        );
        Assert.That(found, Is.EqualTo(expected).Within(1e-6));
        Assert.That(Agreement.FromProbabilities(First(P, 2), First(P, 2)).Top1, Is.EqualTo(1));
        Assert.That(
            DistillationMetrics.Accuracy(
                First(
                    new double[,]
                    {
                        { 1, 0, 9, 9 },
                        { 0, 1, 9, 9 },
                    },
                    2
                ),
                First(
                    new[,]
                    {
                        { 0.9, 0.1, 0.5, 0.5 },
                        { 0.8, 0.2, 0.5, 0.5 },
                    },
                    2
                )
            ),
            Is.EqualTo(0.5)
        );
    }

    [Test]
    public void A_teacher_of_bytes_is_not_given_fractions()
    {
        var teacher = new Sequential(new Input(new Shape(Toy.Width), dtype: "uint8", name: "pixels"), Toy.Dense(Toy.Classes, 4, "softmax"));
        Assert.That(
            () => Ready(teacher).Fit(X, Y, verbose: 0),
            Throws.ArgumentException.With.Message.Contains("pixels").And.Message.Contains("uint8")
        );
        Assert.That(() => DistillationEvaluation.Of(teacher, Toy.Mlp(), X, Y), Throws.ArgumentException.With.Message.Contains("pixels"));
        Assert.That(() => DistillationTargets.From(teacher, X, Y), Throws.ArgumentException.With.Message.Contains("pixels"));
        byte[,] pixels = new byte[X.GetLength(0), Toy.Width];
        Assert.That(() => Ready(teacher).Fit(pixels, Y, epochs: 1, verbose: 0), Throws.Nothing);
    }

    [Test]
    public void Outputs_of_a_float64_teacher_beyond_float32_are_refused()
    {
        Sequential teacher = Toy.Mlp(activation: "linear", dtype: "float64");
        foreach (Variable weight in teacher.Weights)
        {
            weight.Assign(full(weight.Shape.ToSizes(), 1e30, dtype: float64));
        }

        Assert.That(() => Ready(teacher).Fit(X, Y, verbose: 0), Throws.TypeOf<ArithmeticException>().With.Message.Contains("float32"));
        Assert.That(() => DistillationTargets.From(teacher, X, Y), Throws.TypeOf<ArithmeticException>().With.Message.Contains("float32"));
        Assert.That(
            () => DistillationEvaluation.Of(teacher, Toy.Mlp(), X, Y),
            Throws.InstanceOf<Exception>().With.Message.Contains("float32")
        );
    }

    [Test]
    public void The_targets_of_a_float64_teacher_are_its_logits()
    {
        Sequential teacher = Toy.Mlp(activation: "linear", dtype: "float64");
        using NDArray logits = teacher.Predict(X);
        using NDArray targets = DistillationTargets.From(teacher, X, Y).ToNDArray();
        for (int i = 0; i < X.GetLength(0); i++)
        {
            for (int c = 0; c < Toy.Classes; c++)
            {
                Assert.That((float)targets[i, c], Is.EqualTo(Y[i] == c ? 1 : 0));
                Assert.That((float)targets[i, Toy.Classes + c], Is.EqualTo((double)logits[i, c]).Within(1e-6));
            }
        }
    }

    [Test]
    public void Numbers_that_would_be_lost_are_refused()
    {
        using Tensor complexes = complex(ones(2, 3), ones(2, 3));
        double[,] huge =
        {
            { 1, 0, 1e300, 0 },
            { 0, 1, 0, 0 },
        };
        double[,] x = new double[X.GetLength(0), Toy.Width];
        x[1, 1] = -1e300;
        double[] weights = new double[X.GetLength(0)];
        weights[3] = 1e39;
        float[,] mask = new float[4, 3];
        mask[1, 1] = float.NaN;
        Assert.That(() => Agreement.FromLogits(complexes, P), Throws.ArgumentException.With.Message.Contains("complex"));
        Assert.That(
            () => DistillationMetrics.SoftLogLoss(np.array(huge), np.array(new double[2, 4]), 2),
            Throws.ArgumentException.With.Message.Contains("targets").And.Message.Contains("1E+300")
        );
        Assert.That(
            () => DistillationMetrics.Accuracy(np.array(new double[2, 4]), np.array(huge)),
            Throws.ArgumentException.With.Message.Contains("predictions")
        );
        Assert.That(() => Ready().Fit(x, Y, verbose: 0), Throws.ArgumentException.With.Message.Contains("-1E+300"));
        Assert.That(() => Ready().Fit(X, Y, verbose: 0, sample_weight: weights), Throws.ArgumentException.With.Message.Contains("1E+39"));
        Assert.That(
            () => new Distiller(Sequences()).WithStudent(Sequences()).Fit(new float[4, 3, 2], new int[4, 3], verbose: 0, mask: mask),
            Throws.ArgumentException.With.Message.Contains("mask")
        );
    }

    [Test]
    public void A_student_that_is_not_built_stays_so_where_the_fit_is_refused()
    {
        float[,] bad = Toy.X();
        bad[2, 3] = float.NaN;
        Func<Distiller, DistillationResult>[] calls =
        [
            d => d.Fit(bad, Y, verbose: 0),
            d => d.Fit(X, new int[3], verbose: 0),
            d => d.Fit(X, Y, verbose: 0, validation_data: (bad, Y)),
            d => d.Fit(X, Y, verbose: 0, validation_split: 2),
            d => d.Fit(X, Y, verbose: 0, class_weight: new Dictionary<int, double> { [9] = 1 }),
            d => d.With(new FitNetsHint("nobody", "nobody")).Fit(X, Y, verbose: 0),
        ];
        foreach (Func<Distiller, DistillationResult> call in calls)
        {
            double[] Trained(bool refused)
            {
                Utils.SetRandomSeed(3);
                var student = new Sequential(Toy.Dense(5, 1, "relu"), new Dropout(0.1), new Dense(Toy.Classes, activation: "softmax"));
                Distiller distiller = new Distiller(Toy.Mlp(seed: 3)).WithStudent(student);
                if (refused)
                {
                    Assert.Catch(() => call(distiller));
                    Assert.That(student.Built, Is.False);
                    Assert.That(student.Weights, Is.Empty);
                }

                return Toy.Values(distiller.Fit(X, Y, epochs: 1, verbose: 0).Student);
            }

            Assert.That(Trained(refused: true), Is.EqualTo(Trained(refused: false)));
        }
    }
}
