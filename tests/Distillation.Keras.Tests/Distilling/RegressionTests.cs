using Distillation.Keras.Losses;
using Distillation.Keras.Measures;
using Distillation.Keras.Optimizers;
using static Distillation.Keras.Tests.Distilling.ToyRegression;
using static TorchSharp.torch;

namespace Distillation.Keras.Tests.Distilling;

/// <summary>Distilling a regression: values and steps against formulas computed here in double.</summary>
public class RegressionTests
{
    private static readonly float[,] X = Toy.X();
    private static readonly float[,] Y = Targets();

    private static IEnumerable<TestCaseData<Loss, Func<double[], double[], double>>> Losses =>
        [
            Case("mse", Mean((y, z) => (y - z) * (y - z))),
            Case("mae", Mean((y, z) => Math.Abs(y - z))),
            Case("mape", Mean((y, z) => 100 * Math.Abs(y - z) / Math.Abs(y))),
            Case("msle", Mean((y, z) => Math.Pow(Math.Log(1 + y) - Math.Log(1 + z), 2))),
            Case("huber", Mean((y, z) => Huber(z - y, 1))),
            Case("log_cosh", Mean((y, z) => Math.Log(Math.Cosh(z - y)))),
            Case("poisson", Mean((y, z) => z - (y * Math.Log(z + 1e-7)))),
            Case("cosine_similarity", (y, z) => -Dot(y, z) / Math.Sqrt(Dot(y, y) * Dot(z, z))),
            Case(new MeanSquaredError(), Mean((y, z) => (y - z) * (y - z)), "an object of MeanSquaredError"),
            Case(new Huber(delta: 0.25), Mean((y, z) => Huber(z - y, 0.25)), "an object of Huber"),
            Case(new MeanAbsoluteError(reduction: "mean_with_sample_weight"), Mean((y, z) => Math.Abs(y - z)), "a reduction of its own"),
        ];

    [TestCaseSource(nameof(Losses))]
    public void A_step_goes_down_the_same_loss_to_the_targets_and_to_the_teachers_numbers(
        Loss loss,
        Func<double[], double[], double> formula
    )
    {
        Model teacher = Linear(1);
        Model student = Linear(2);
        double[] before = Toy.Values(student);
        double[] frozen = Toy.Values(teacher);
        double[,] v = Apply(frozen, X);

        DistillationResult result = new Distiller(teacher)
            .WithStudent(student)
            .WithLoss(loss)
            .WithHardLossWeight(0.3)
            .WithSoftLossWeight(0.7)
            .WithOptimizer(new SGD(0.1))
            .Fit(X, Y, epochs: 1, batch_size: 50, verbose: 0, shuffle: false);

        double Hard(double[] w) => Over(Wide(Y), Apply(w, X), formula);
        double Soft(double[] w) => Over(v, Apply(w, X), formula);
        double Total(double[] w) => (0.3 * Hard(w)) + (0.7 * Soft(w));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.History.Names, Is.EqualTo((string[])["hard_loss", "loss", "soft_loss", "teacher_correlation"]));
            Assert.That(
                result.History["hard_loss"][0],
                Is.EqualTo(Hard(before)).Within(1e-5).Percent.Or.EqualTo(Hard(before)).Within(1e-5)
            );
            Assert.That(
                result.History["soft_loss"][0],
                Is.EqualTo(Soft(before)).Within(1e-4).Percent.Or.EqualTo(Soft(before)).Within(1e-5)
            );
            Assert.That(result.History["loss"][0], Is.EqualTo(Total(before)).Within(1e-4).Percent.Or.EqualTo(Total(before)).Within(1e-5));
            Assert.That(result.History["teacher_correlation"][0], Is.EqualTo(Pearson(v, Apply(before, X))).Within(1e-5));
            Assert.That(Toy.Values(student), Is.EqualTo(Stepped(before, Total, 0.1)).Within(2e-4));
            Assert.That(Toy.Values(teacher), Is.EqualTo(frozen));
            Assert.That(result.Student, Is.SameAs(student), "nothing is put behind the numbers");
            Assert.That(result.Temperature, Is.NaN);
        }
    }

    [Test]
    public void One_number_a_sample_may_be_given_in_one_column_or_none_and_as_double()
    {
        float[,] column = Targets(outputs: 1);
        float[] flat = [.. column.Cast<float>()];
        History[] histories =
        [
            .. ((ArrayLike[])[column, flat, Array.ConvertAll(flat, y => (double)y)]).Select(y =>
                new Distiller(Linear(1, 1))
                    .WithStudent(Linear(2, 1))
                    .WithLoss("mse")
                    .WithOptimizer(new SGD(0.1))
                    .Fit(X, y, epochs: 2, verbose: 0, shuffle: false)
                    .History
            ),
        ];

        double[,] z = Apply(Toy.Values(Linear(2, 1)), X, 1);
        double first = Over(Wide(column), z, Mean((y, p) => (y - p) * (y - p)), ..32);
        Assert.That(
            new Distiller(Linear(1, 1))
                .WithStudent(Linear(2, 1))
                .WithLoss("mse")
                .WithOptimizer(new SGD(0))
                .Fit(X, flat, epochs: 1, verbose: 0, shuffle: false, steps_per_epoch: 1)
                .History["hard_loss"][0],
            Is.EqualTo(first).Within(1e-5)
        );
        Assert.That(histories[1]["loss"], Is.EqualTo(histories[0]["loss"]));
        Assert.That(histories[2]["loss"], Is.EqualTo(histories[0]["loss"]));
    }

    [Test]
    public void Without_targets_the_student_becomes_the_teacher()
    {
        Model student = Linear(2);
        double[] before = Toy.Values(student);
        double[,] v = Apply(Toy.Values(Linear(1)), X);

        History history = new Distiller(Linear(1))
            .WithStudent(student)
            .WithLoss("mse")
            .WithOptimizer(new SGD(0.1))
            .Fit(X, epochs: 1, batch_size: 50, verbose: 0)
            .History;

        double Soft(double[] w) => 0.9 * Over(v, Apply(w, X), Mean((y, z) => (y - z) * (y - z)));
        Assert.That(history.Names, Is.EqualTo((string[])["loss", "soft_loss", "teacher_correlation"]));
        Assert.That(history["loss"][0], Is.EqualTo(Soft(before)).Within(1e-5));
        Assert.That(Toy.Values(student), Is.EqualTo(Stepped(before, Soft, 0.1)).Within(1e-5));
    }

    [Test]
    public void A_fit_without_targets_finds_the_teachers_weights()
    {
        Model student = Linear(2, bias: 0);

        History history = new Distiller(Linear(1))
            .WithStudent(student)
            .WithLoss("mse")
            .WithOptimizer(new SGD(0.5))
            .WithSeed(1)
            .Fit(X, epochs: 150, batch_size: 50, verbose: 0)
            .History;

        Assert.That(Toy.Values(student), Is.EqualTo(Toy.Values(Linear(1))).Within(1e-3));
        Assert.That(history["teacher_correlation"][^1], Is.EqualTo(1).Within(1e-5));
    }

    [Test]
    public void Sample_weights_weigh_both_halves()
    {
        double[] weights = [.. Enumerable.Range(0, 50).Select(i => i % 3 * 0.5)];
        double[,] z = Apply(Toy.Values(Linear(2)), X);
        double[,] v = Apply(Toy.Values(Linear(1)), X);

        History history = Still().Fit(X, Y, epochs: 1, batch_size: 50, verbose: 0, sample_weight: weights).History;

        double Weighted(double[,] target) =>
            Enumerable.Range(0, 50).Sum(i => weights[i] * Mean((y, p) => (y - p) * (y - p))(Row(target, i), Row(z, i))) / 50;
        Assert.That(history["hard_loss"][0], Is.EqualTo(Weighted(Wide(Y))).Within(1e-5));
        Assert.That(history["soft_loss"][0], Is.EqualTo(Weighted(v)).Within(1e-5));
    }

    [Test]
    public void A_sum_is_a_sum_in_both_halves()
    {
        double[,] z = Apply(Toy.Values(Linear(2)), X);
        double[,] v = Apply(Toy.Values(Linear(1)), X);

        History history = Still().WithLoss(new MeanSquaredError(reduction: "sum")).Fit(X, Y, epochs: 1, batch_size: 50, verbose: 0).History;

        Assert.That(history["hard_loss"][0], Is.EqualTo(50 * Over(Wide(Y), z, Mean((y, p) => (y - p) * (y - p)))).Within(1e-3));
        Assert.That(history["soft_loss"][0], Is.EqualTo(50 * Over(v, z, Mean((y, p) => (y - p) * (y - p)))).Within(1e-3));
    }

    [Test]
    public void The_correlation_and_further_metrics_are_those_of_the_whole_epoch_however_it_is_cut()
    {
        double[,] z = Apply(Toy.Values(Linear(2)), X);
        double[,] v = Apply(Toy.Values(Linear(1)), X);
        double[,] y = Wide(Y);
        double mae = Enumerable.Range(0, 100).Average(i => Math.Abs(y[i / 2, i % 2] - z[i / 2, i % 2]));

        foreach (int batch in (int[])[1, 7, 50])
        {
            History history = Still()
                .WithMetrics("mae", new Keras.Metrics.RootMeanSquaredError())
                .Fit(X, Y, epochs: 1, batch_size: batch, verbose: 0, validation_data: (X, Y))
                .History;
            Assert.That(history["teacher_correlation"][0], Is.EqualTo(Pearson(v, z)).Within(1e-5), $"{batch}");
            Assert.That(history["val_teacher_correlation"][0], Is.EqualTo(Pearson(v, z)).Within(1e-5), $"{batch}");
            Assert.That(history["mae"][0], Is.EqualTo(mae).Within(1e-5), $"{batch}");
        }
    }

    [Test]
    public void An_evaluation_has_errors_and_the_correlation_with_the_teacher()
    {
        Model teacher = Linear(1);
        Model student = Linear(2);
        DistillationResult result = Still(teacher, student).WithLoss("mae").Fit(X, Y, epochs: 1, verbose: 0);
        double[,] y = Wide(Y);

        DistillationEvaluation evaluation = result.Evaluate(X, Y, batch_size: 7);

        foreach (
            (Model model, RegressionScore score) in ((Model, RegressionScore)[])
                [(teacher, evaluation.TeacherNumbers), (student, evaluation.StudentNumbers)]
        )
        {
            double[,] z = Apply(Toy.Values(model), X);
            double[] errors = [.. Enumerable.Range(0, 100).Select(i => y[i / 2, i % 2] - z[i / 2, i % 2])];
            Assert.That(score.Loss, Is.EqualTo(errors.Average(Math.Abs)).Within(1e-5));
            Assert.That(score.MeanAbsoluteError, Is.EqualTo(errors.Average(Math.Abs)).Within(1e-5));
            Assert.That(score.RootMeanSquaredError, Is.EqualTo(Math.Sqrt(errors.Average(e => e * e))).Within(1e-5));
            Assert.That(score.Parameters, Is.EqualTo((Toy.Width + 1) * Outputs));
        }

        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                evaluation.TeacherCorrelation,
                Is.EqualTo(Pearson(Apply(Toy.Values(teacher), X), Apply(Toy.Values(student), X))).Within(1e-5)
            );
            Assert.That(evaluation.TeacherAgreement, Is.NaN);
            Assert.That(evaluation.IsNumeric && evaluation.HasTeacher);
            Assert.That(evaluation.ToString(), Does.Contain("correlation").And.Contains("RMSE").And.Not.Contains("agreement"));
            Assert.That(evaluation.ToString().Split(Environment.NewLine), Has.Length.EqualTo(3).And.All.Length.LessThanOrEqualTo(80));
            Assert.That(() => evaluation.Student, Throws.InvalidOperationException.With.Message.Contains("StudentNumbers"));
            Assert.That(() => evaluation.Teacher, Throws.InvalidOperationException.With.Message.Contains("TeacherNumbers"));
            Assert.That(DistillationEvaluation.Of(null, student, X, Y, loss: "mae").ToString(), Does.Not.Contain("teacher"));
            Assert.That(
                () => DistillationEvaluation.Of(teacher, student, X, Y),
                Throws.ArgumentException.With.Message.Contains("sums to 1"),
                "without a loss the output is logits"
            );
        }
    }

    [Test]
    public void A_loss_of_ones_own_is_of_numbers_on_one_column_and_on_others_where_it_is_said()
    {
        double[,] column = Wide(Targets(outputs: 1));
        double[,] z1 = Apply(Toy.Values(Linear(2, 1)), X, 1);
        double[,] z = Apply(Toy.Values(Linear(2)), X);
        double Quantile(double y, double p) => Math.Max(0.9 * (y - p), -0.1 * (y - p));
        Loss pinball = new LossFunctionWrapper((y, p) => maximum((y - p) * tensor(0.9f), (y - p) * tensor(-0.1f)), name: "pinball");

        History one = Still(Linear(1, 1), Linear(2, 1))
            .WithLoss(pinball)
            .Fit(X, Targets(outputs: 1), epochs: 1, batch_size: 50, verbose: 0)
            .History;
        History two = Still()
            .WithLoss(pinball)
            .WithNumericOutput()
            .Fit(X, Y, epochs: 1, batch_size: 50, verbose: 0, sample_weight: Enumerable.Repeat(2f, 50).ToArray())
            .History;

        Assert.That(one["hard_loss"][0], Is.EqualTo(Over(column, z1, Mean(Quantile))).Within(1e-5));
        Assert.That(two["hard_loss"][0], Is.EqualTo(2 * Over(Wide(Y), z, Mean(Quantile))).Within(1e-5));
        Assert.That(
            () => Still().WithLoss(pinball).Fit(X, Y, verbose: 0),
            Throws.ArgumentException.With.Message.Contains("sums to 1"),
            "otherwise the outputs are logits, and their softmax' loss one of probabilities"
        );
    }

    [Test]
    public void Behind_a_softmax_the_loss_stays_one_on_probabilities()
    {
        int[] labels = Toy.Labels(X);
        Model student = Toy.Mlp(seed: 3);
        double[] p = Toy.Predict(student, X);
        double brier = Enumerable.Range(0, 200).Average(i => Math.Pow((labels[i / 4] == i % 4 ? 1 : 0) - p[i], 2));

        History history = new Distiller(Toy.Mlp())
            .WithStudent(student)
            .WithLoss("mse")
            .WithTemperature(2)
            .WithOptimizer(new SGD(0))
            .Fit(X, labels, epochs: 1, batch_size: 50, verbose: 0)
            .History;
        History mixed = new Distiller(Toy.Mlp())
            .WithStudent(Toy.Mlp(seed: 3, activation: "linear"))
            .WithLoss("mse")
            .WithOptimizer(new SGD(0))
            .Fit(X, labels, epochs: 1, batch_size: 50, verbose: 0)
            .History;

        Assert.That(history["hard_loss"][0], Is.EqualTo(brier).Within(1e-6));
        Assert.That(mixed["hard_loss"][0], Is.EqualTo(brier).Within(1e-6), "a student of logits under a teacher with a softmax");
        Assert.That(history.Names, Does.Contain("teacher_agreement").And.Contain("accuracy"));
    }

    [Test]
    public void Without_a_teacher_the_targets_alone_are_learnt()
    {
        Model student = Linear(2);
        double[] before = Toy.Values(student);

        History history = new Distiller()
            .WithStudent(student)
            .WithLoss("mse")
            .WithHardLossWeight(1)
            .WithOptimizer(new SGD(0.1))
            .Fit(X, Y, epochs: 1, batch_size: 50, verbose: 0)
            .History;

        Assert.That(
            Toy.Values(student),
            Is.EqualTo(Stepped(before, w => Over(Wide(Y), Apply(w, X), Mean((y, z) => (y - z) * (y - z))), 0.1)).Within(1e-5)
        );
        Assert.That(history.Names, Is.EqualTo((string[])["hard_loss", "loss"]));
    }

    private static Distiller Still(Model? teacher = null, Model? student = null) =>
        new Distiller(teacher ?? Linear(1)).WithStudent(student ?? Linear(2)).WithLoss("mse").WithOptimizer(new SGD(0));

    private static TestCaseData<Loss, Func<double[], double[], double>> Case(
        Loss loss,
        Func<double[], double[], double> formula,
        string? name = null
    ) => new(loss, formula) { TestName = name ?? loss.Name };

    private static Func<double[], double[], double> Mean(Func<double, double, double> each) => (y, z) => y.Zip(z, each).Average();

    private static double Over(double[,] target, double[,] z, Func<double[], double[], double> formula, Range? rows = null) =>
        Enumerable.Range(0, z.GetLength(0)).Take(rows ?? ..).Average(i => formula(Row(target, i), Row(z, i)));

    private static double Huber(double error, double delta) =>
        Math.Abs(error) <= delta ? error * error / 2 : (delta * Math.Abs(error)) - (delta * delta / 2);

    private static double Dot(double[] a, double[] b) => a.Zip(b, (p, q) => p * q).Sum();

    // One step of gradient descent, the gradient by central differences.
    private static double[] Stepped(double[] weights, Func<double[], double> loss, double rate)
    {
        const double Step = 1e-5;
        double At(int place, double by)
        {
            double[] moved = [.. weights];
            moved[place] += by;
            return loss(moved);
        }

        return [.. weights.Select((w, i) => w - (rate * (At(i, Step) - At(i, -Step)) / (2 * Step)))];
    }
}
