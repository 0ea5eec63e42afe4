using Distillation.Keras.Losses;
using Distillation.Keras.Measures;
using Distillation.Keras.Notebook;
using Distillation.Keras.Objectives;
using static TorchSharp.torch;

namespace Distillation.Keras.Tests.Distilling;

/// <summary>Models, objectives and losses whose tensors are gone say so by name.</summary>
public class ReleasedTests
{
    private static readonly float[,] X = Toy.X();
    private static readonly int[] Y = Toy.Labels(X);

    private static IEnumerable<TestCaseData<Func<Model>>> Models =>
        [
            new(() => Toy.Mlp()) { TestName = "a plain one" },
            new(() => Toy.Normalized()) { TestName = "one with BatchNormalization" },
            new(() => Toy.Mlp(activation: "linear")) { TestName = "one of logits" },
            new(() => new Sequential(new Layers.Input(shape: Toy.Width), Toy.Normalized())) { TestName = "a nested one" },
        ];

    [TestCaseSource(nameof(Models))]
    public void A_released_model_is_named_wherever_it_is_used(Func<Model> make)
    {
        Model gone = make();
        Distiller teaching = new Distiller(gone).WithStudent(Toy.Mlp());
        Distiller learning = new Distiller(Toy.Mlp()).WithStudent(gone);
        Model softened = gone.WithSoftenedOutput(2);
        Model copied = make();
        DistillationResult result = new Distiller(copied).WithStudent(Toy.Mlp()).Fit(X, Y, epochs: 1, verbose: 0);
        gone.Release();
        copied.Release();

        using (Assert.EnterMultipleScope())
        {
            Gone(() => _ = new Distiller(gone));
            Gone(() => new Distiller(Toy.Mlp()).WithStudent(gone));
            Gone(() => teaching.Fit(X, Y, verbose: 0));
            Gone(() => teaching.Fit(X, verbose: 0));
            Gone(() => learning.Fit(X, Y, verbose: 0));
            Gone(() => DistillationEvaluation.Of(gone, Toy.Mlp(), X, Y));
            Gone(() => DistillationEvaluation.Of(Toy.Mlp(), gone, X, Y));
            Gone(() => DistillationEvaluation.Of(null, gone, X, Y));
            Gone(() => DistillationTargets.From(gone, X, Y));
            Gone(() => gone.PopSoftmax());
            Gone(() => gone.WithSoftenedOutput(2));
            Assert.That(() => softened.Predict(X), Throws.TypeOf<ObjectDisposedException>());
            Assert.That(() => result.Evaluate(X, Y), Throws.TypeOf<ObjectDisposedException>().With.Message.Contains(copied.Name));
        }

        void Gone(Action use) =>
            Assert.That(
                () => use(),
                Throws.TypeOf<ObjectDisposedException>().With.Message.Contains($"'{gone.Name}'").And.Message.Contains("released")
            );
    }

    [Test]
    public void A_born_again_student_of_a_released_teacher_is_refused()
    {
        Model teacher = Toy.Mlp();
        Distiller distiller = new(teacher);
        teacher.Release();

        Assert.That(
            () => distiller.Fit(X, Y, verbose: 0),
            Throws.TypeOf<ObjectDisposedException>().With.Message.Contains($"'{teacher.Name}'")
        );
    }

    [Test]
    public void A_teacher_released_by_a_callback_ends_the_fit_in_words()
    {
        Model teacher = Toy.Mlp();
        Model student = Toy.Mlp(seed: 4);
        Distiller distiller = new Distiller(teacher)
            .WithStudent(student)
            .WithFeatureCache(0)
            .With(new FitNetsHint(teacher.Layers[1], student.Layers[1]));

        Assert.That(
            () => distiller.Fit(X, Y, verbose: 0, callbacks: [new Releasing(teacher)]),
            Throws.TypeOf<ObjectDisposedException>().With.Message.Contains("released")
        );
    }

    [Test]
    public void An_objective_whose_tensor_was_disposed_is_named()
    {
        Tensor kept = ones(Toy.Classes);
        Distiller distiller = new Distiller(Toy.Mlp()).WithStudent(Toy.Mlp(seed: 3)).With(new Weighted(kept));
        distiller.Fit(X, Y, epochs: 1, verbose: 0);
        kept.Dispose();

        Assert.That(() => distiller.Fit(X, Y, verbose: 0), Throws.TypeOf<ObjectDisposedException>().With.Message.Contains("'weighted'"));
    }

    [Test]
    public void A_loss_whose_tensor_was_disposed_is_named()
    {
        Tensor kept = ones(1);
        Loss loss = new LossFunctionWrapper((y, p) => ((y - p) * (y - p) * kept).mean([1]), name: "scaled");
        Distiller distiller = new Distiller(ToyRegression.Linear(1))
            .WithStudent(ToyRegression.Linear(2))
            .WithLoss(loss)
            .WithNumericOutput();
        kept.Dispose();

        Assert.That(
            () => distiller.Fit(X, ToyRegression.Targets(), verbose: 0),
            Throws.TypeOf<ObjectDisposedException>().With.Message.Contains("The loss 'scaled'")
        );
    }

    [Test]
    public void A_disposed_tensor_is_named()
    {
        Tensor v = rand(5, 3);
        Tensor z = rand(5, 3);
        v.Dispose();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => SoftTargets.CrossEntropy(z, v, 2), Throws.TypeOf<ObjectDisposedException>());
            Assert.That(() => SoftTargets.CrossEntropy(v, z, 2), Throws.TypeOf<ObjectDisposedException>());
        }
    }

    [Test]
    public void Measures_of_disposed_tensors_say_so()
    {
        Tensor v = rand(5, 3);
        Tensor z = rand(5, 3);
        v.Dispose();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => Agreement.FromLogits(z, v), Throws.TypeOf<ObjectDisposedException>());
            Assert.That(() => Calibration.FromLogits(v, (int[])[0, 1, 2, 0, 1]), Throws.TypeOf<ObjectDisposedException>());
            Assert.That(() => Correlation.FromOutputs(v, z), Throws.TypeOf<ObjectDisposedException>());
            Assert.That(() => McNemarTest.FromPredictions(v, z, (int[])[0, 1, 2, 0, 1]), Throws.TypeOf<ObjectDisposedException>());
        }
    }

    private sealed class Weighted(Tensor weights) : DistillationObjective("weighted")
    {
        protected override Tensor Compute(ObjectiveSignals signals) =>
            ((signals.StudentLogits - signals.TeacherLogits).abs() * weights).sum(-1);
    }

    private sealed class Releasing(Model model) : Callbacks.Callback
    {
        public override void OnTrainBatchEnd(int batch, Logs logs) => model.Release();
    }
}
