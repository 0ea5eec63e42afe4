using Distillation.Keras.Layers;
using Distillation.Keras.Objectives;
using Distillation.Keras.Optimizers;
using static Distillation.Keras.Tests.Distilling.ToyRegression;
using static TorchSharp.torch;

namespace Distillation.Keras.Tests.Distilling;

/// <summary>Regressions: what is refused and what the message says, several outputs, sequences, objectives beside them, memory.</summary>
public partial class RegressionChecksTests
{
    private static readonly float[,] X = Toy.X();
    private static readonly int[] Labels = Toy.Labels(X);
    private static readonly float[,] Y = Targets();

    [Test]
    public void Classes_and_numbers_stand_side_by_side_each_with_its_own_loss()
    {
        Model teacher = Two(1);
        Model student = Two(5);
        Distiller distiller = new Distiller(teacher)
            .WithStudent(student)
            .WithTemperature(3)
            .WithOptimizer(new SGD(0))
            .WithLoss("mae", output: "angle")
            .WithLoss(new Losses.CategoricalCrossentropy(label_smoothing: 0.1))
            .With(new SoftTargets(1), 2, output: "digit");

        DistillationResult result = distiller.Fit(X, new ArrayLike[] { Labels, Y }, epochs: 1, batch_size: 50, verbose: 0);

        double H(string name) => result.History[name][0];
        double[,] z = Apply(Toy.Values(student.GetLayer("angle")), X);
        double[,] v = Apply(Toy.Values(teacher.GetLayer("angle")), X);
        double Mae(double[,] a) => Enumerable.Range(0, 100).Average(i => Math.Abs(a[i / 2, i % 2] - z[i / 2, i % 2]));
        var digit = new Model(student.Inputs[0], student.GetLayer("digit").Output);
        History alone = new Distiller(new Model(teacher.Inputs[0], teacher.GetLayer("digit").Output))
            .WithStudent(digit)
            .WithTemperature(3)
            .WithOptimizer(new SGD(0))
            .WithLoss(new Losses.CategoricalCrossentropy(label_smoothing: 0.1))
            .Fit(X, Labels, epochs: 1, batch_size: 50, verbose: 0)
            .History;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(H("angle_hard_loss"), Is.EqualTo(Mae(Wide(Y))).Within(1e-5));
            Assert.That(H("angle_soft_loss"), Is.EqualTo(Mae(v)).Within(1e-5));
            Assert.That(H("angle_teacher_correlation"), Is.EqualTo(Pearson(v, z)).Within(1e-5));
            Assert.That(H("digit_hard_loss"), Is.EqualTo(alone["hard_loss"][0]).Within(1e-5));
            Assert.That(H("digit_soft_loss"), Is.EqualTo(alone["soft_loss"][0]).Within(1e-4));
            Assert.That(H("digit_accuracy"), Is.EqualTo(alone["accuracy"][0]).Within(1e-6));
            Assert.That(
                H("loss"),
                Is.EqualTo(
                        (0.1 * (H("angle_hard_loss") + H("digit_hard_loss")))
                            + (0.9 * (H("angle_soft_loss") + H("digit_soft_loss")))
                            + (2 * H("digit_soft_targets"))
                    )
                    .Within(1e-4)
            );
            Assert.That(
                result.History.Names,
                Has.No.Member("angle_accuracy").And.No.Member("angle_teacher_agreement").And.No.Member("digit_teacher_correlation")
            );
            Assert.That(result.Temperature, Is.EqualTo(3));
            Assert.That(
                () => distiller.With(new SoftTargets(1)).Fit(X, new ArrayLike[] { Labels, Y }, verbose: 0),
                Throws.ArgumentException.With.Message.Contains("on the output 'angle'").And.Message.Contains("output:"),
                "on all outputs"
            );
        }
    }

    [Test]
    public void A_student_of_logits_beside_numbers_gets_a_softmax_on_its_own_output_alone()
    {
        Model student = Two(5, "linear");

        DistillationResult result = new Distiller(Two(1))
            .WithStudent(student)
            .WithLoss("mse", "angle")
            .WithOptimizer(new SGD(0))
            .Fit(X, new ArrayLike[] { Labels, Y }, epochs: 1, verbose: 0);

        IReadOnlyList<NumSharp.NDArray> outputs = result.Student.PredictOutputs(X);
        double[] p = outputs[0].ToArray<float>().Select(f => (double)f).ToArray();
        double[] z = outputs[1].ToArray<float>().Select(f => (double)f).ToArray();
        Assert.That(Enumerable.Range(0, 50).Select(i => p.Skip(Toy.Classes * i).Take(Toy.Classes).Sum()), Is.All.EqualTo(1).Within(1e-5));
        Assert.That(z, Is.EqualTo(Apply(Toy.Values(student.GetLayer("angle")), X).Cast<double>()).Within(1e-5));
    }

    [Test]
    public void Objectives_on_features_and_on_the_numbers_themselves_work_beside_it()
    {
        Model teacher = Deep(1);
        Model student = Deep(5, hidden: 6);
        double[] z = Toy.Predict(student, X);
        double[] v = Toy.Predict(teacher, X);
        double half = Enumerable
            .Range(0, 50)
            .Average(i => Enumerable.Range(0, Outputs).Sum(j => Math.Pow(z[(i * Outputs) + j] - v[(i * Outputs) + j], 2)) / 2);

        History history = new Distiller(teacher)
            .WithStudent(student)
            .WithLoss("mse")
            .WithOptimizer(new SGD(0))
            .With(new FitNetsHint("hidden", "hidden"), 0.5)
            .With(new RelationalKnowledgeDistillation("hidden", "hidden"), 0.25)
            .With(new LogitMatching(), 3)
            .Fit(X, Y, epochs: 1, batch_size: 50, verbose: 0)
            .History;

        double H(string name) => history[name][0];
        string[] own = [.. history.Names.Except(["loss", "hard_loss", "soft_loss", "teacher_correlation"])];
        Assert.That(own, Has.Length.EqualTo(3));
        Assert.That(H("logit_matching"), Is.EqualTo(half).Within(1e-4));
        string hint = own.Single(n => n.Contains("hint", StringComparison.Ordinal));
        string relation = own.Single(n => n != hint && n != "logit_matching");
        Assert.That(
            H("loss"),
            Is.EqualTo((0.1 * H("hard_loss")) + (0.9 * H("soft_loss")) + (0.5 * H(hint)) + (0.25 * H(relation)) + (3 * half)).Within(1e-4)
        );
    }

    [Test]
    public void An_own_objective_gets_targets_and_is_refused_classes()
    {
        var own = new Reads(s => s.Labels);
        Distiller distiller = new Distiller(Linear(1)).WithStudent(Linear(2)).WithLoss("mse").WithOptimizer(new SGD(0));

        History history = distiller.With(own).Fit(X, Y, epochs: 1, batch_size: 50, verbose: 0).History;

        Assert.That(history["reads"][0], Is.EqualTo(Wide(Y).Cast<double>().Sum() / 50).Within(1e-4));
        Assert.That(
            () => distiller.With(new Reads(s => s.Classes)).Fit(X, Y, verbose: 0),
            Throws.InvalidOperationException.With.Message.Contains("no classes")
        );
        Assert.That(
            () => distiller.With(new Prepares(s => s.Classes)).Fit(X, Y, verbose: 0),
            Throws.InvalidOperationException.With.Message.Contains("no classes")
        );
        Assert.That(
            () => distiller.With(new Reads(s => s.Labels.add(ones(7, 9, 11)))).Fit(X, Y, verbose: 0),
            Throws
                .InvalidOperationException.With.Message.StartsWith("The term 'reads' failed in ")
                .And.InnerException.TypeOf<System.Runtime.InteropServices.ExternalException>()
        );
    }

    [Test]
    public void Sequences_of_numbers_are_learnt_token_by_token_and_masked_tokens_do_not_count()
    {
        const int N = 4,
            Time = 3;
        Sequential Model(int seed) => new(new Input(shape: (Time, Toy.Width)), Toy.Dense(1, seed));
        (Sequential teacher, Sequential student) = (Model(1), Model(2));
        float[,] rows = Toy.X(N * Time);
        float[] targets = [.. Targets(N * Time, 1).Cast<float>()];
        float[,,] x = new float[N, Time, Toy.Width];
        Buffer.BlockCopy(rows, 0, x, 0, rows.Length * sizeof(float));
        float[,] y = new float[N, Time];
        Buffer.BlockCopy(targets, 0, y, 0, targets.Length * sizeof(float));
        bool[] kept = [.. Enumerable.Range(0, N * Time).Select(i => i % 4 != 3)];
        bool[,] mask = new bool[N, Time];
        Buffer.BlockCopy(kept, 0, mask, 0, kept.Length);

        DistillationResult result = new Distiller(teacher)
            .WithStudent(student)
            .WithLoss("mse")
            .WithOptimizer(new SGD(0))
            .Fit(x, y, epochs: 1, batch_size: N, verbose: 0, mask: mask);

        double[] z = [.. Apply(Toy.Values(student), rows, 1).Cast<double>()];
        double[] v = [.. Apply(Toy.Values(teacher), rows, 1).Cast<double>()];
        int[] counted = [.. Enumerable.Range(0, N * Time).Where(i => kept[i])];
        double r = Pearson([.. counted.Select(i => v[i])], [.. counted.Select(i => z[i])]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.History["hard_loss"][0], Is.EqualTo(counted.Average(i => Math.Pow(targets[i] - z[i], 2))).Within(1e-5));
            Assert.That(result.History["soft_loss"][0], Is.EqualTo(counted.Average(i => Math.Pow(v[i] - z[i], 2))).Within(1e-5));
            Assert.That(result.History["teacher_correlation"][0], Is.EqualTo(r).Within(1e-5));
            Assert.That(result.Evaluate(x, y, mask: mask).TeacherCorrelation, Is.EqualTo(r).Within(1e-5));
            Assert.That(result.Evaluate(x, y, mask: mask).Samples, Is.EqualTo(counted.Length));
        }
    }

    [Test]
    public void The_teacher_is_born_again_as_a_regression()
    {
        DistillationResult result = new Distiller(Linear(1)).WithLoss("mse").WithSeed(3).Fit(X, Y, epochs: 1, verbose: 0);

        Assert.That(result.Student.Layers[^1], Is.TypeOf<Dense>());
        Assert.That(result.Evaluate(X, Y).IsNumeric);
    }

    [Test]
    public void Crossentropy_by_its_short_name_is_the_default_one()
    {
        History Of(Distiller distiller) =>
            distiller
                .WithStudent(Toy.Mlp(seed: 3))
                .WithOptimizer(new SGD(0))
                .Fit(X, Labels, epochs: 1, verbose: 0, shuffle: false, batch_size: 50)
                .History;

        Assert.That(Of(new Distiller(Toy.Mlp()).WithLoss("crossentropy"))["loss"], Is.EqualTo(Of(new Distiller(Toy.Mlp()))["loss"]));
    }

    [Test]
    public void Fits_and_evaluations_leave_no_tensor_behind()
    {
        Distiller distiller = new Distiller(Deep(1))
            .WithStudent(Deep(5))
            .WithLoss("huber")
            .WithMetrics("mae")
            .With(new FitNetsHint("hidden", "hidden"));
        DistillationResult result = distiller.Fit(X, Y, epochs: 1, verbose: 0, validation_split: 0.2);

        long left = LiveTensors.LeftBy(() =>
        {
            distiller.Fit(X, Y, epochs: 3, verbose: 0, batch_size: 8, validation_split: 0.2);
            result.Evaluate(X, Y);
            Assert.That(() => distiller.Fit(X, Labels, verbose: 0), Throws.ArgumentException);
            Assert.That(() => distiller.WithMetrics("accuracy").Fit(X, Y, verbose: 0), Throws.ArgumentException);
        });

        Assert.That(left, Is.Zero);
    }

    private static Model Two(int seed, string digit = "softmax")
    {
        var input = new Input(shape: Toy.Width);
        return new Model(
            input,
            new[]
            {
                Toy.Dense(Toy.Classes, seed, digit, name: "digit").Apply(input),
                Toy.Dense(Outputs, seed + 1, name: "angle").Apply(input),
            }
        );
    }

    private static float[,] With(float value)
    {
        float[,] y = Targets();
        y[3, 1] = value;
        return y;
    }

    private static double[,] Huge()
    {
        double[,] y = Wide(Targets());
        y[3, 1] = 1e300;
        return y;
    }

    private sealed class Prepares(Func<ObjectiveSignals, Tensor> what) : DistillationObjective("prepares")
    {
        public override ObjectiveNeeds Needs => ObjectiveNeeds.StudentLogits | ObjectiveNeeds.Labels;

        public override BoundObjective Bind(ObjectiveBinding binding) => new Bound(this, what);

        private sealed class Bound(Prepares objective, Func<ObjectiveSignals, Tensor> what) : BoundObjective(objective)
        {
            public override void Prepare(IEnumerable<ObjectiveSignals> batches) => what(batches.First());

            protected override Tensor Compute(ObjectiveSignals signals) => signals.StudentLogits.sum(-1);
        }
    }

    private sealed class Reads(Func<ObjectiveSignals, Tensor> what) : DistillationObjective("reads")
    {
        public override ObjectiveNeeds Needs => ObjectiveNeeds.StudentLogits | ObjectiveNeeds.Labels;

        protected override Tensor Compute(ObjectiveSignals signals) => what(signals).sum(-1);
    }
}
