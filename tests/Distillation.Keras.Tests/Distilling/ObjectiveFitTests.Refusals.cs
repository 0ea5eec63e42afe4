using Distillation.Keras.Layers;
using Distillation.Keras.Objectives;
using static TorchSharp.torch;

namespace Distillation.Keras.Tests.Distilling;

/// <content>What does not fit, and what objectives may not do.</content>
public partial class ObjectiveFitTests
{
    [Test]
    public void Mismatches_are_found_before_the_first_step_all_at_once_with_names_and_shapes()
    {
        Distiller distiller = Maps()
            .With(new ToyObjectives.Distance("conv9", "conv2"))
            .With(new ToyObjectives.Distance("conv1", "softmax"))
            .With(new SoftTargets(), 1, output: "digit");

        Assert.That(
            () => distiller.Fit(X, Y, verbose: 0),
            Throws
                .ArgumentException.With.Message.StartsWith("3 problems")
                .And.Message.Contains("no layer 'conv9'")
                .And.Message.Contains("'conv1', 'conv2', 'pool'")
                .And.Message.Contains("'softmax'")
                .And.Message.Contains("makes the output's probabilities")
                .And.Message.Contains("'digit'")
        );
        Assert.That(
            () =>
                Maps()
                    .With(new ToyObjectives.Distance("conv2", "pool", FeatureAdapter.Projection))
                    .With(new ToyObjectives.Whole("it cannot."))
                    .Fit(X, Y, verbose: 0),
            Throws
                .ArgumentException.With.Message.StartsWith("2 problems")
                .And.Message.Contains("(None, 4, 4, 6)")
                .And.Message.Contains("(None, 3)")
                .And.Message.Contains("whole: it cannot.")
        );
    }

    [Test]
    public void Problems_of_the_models_and_of_the_objectives_are_listed_together() =>
        Assert.That(
            () =>
                new Distiller(ToyMaps.Cnn(6, 1))
                    .WithStudent(Toy.Mlp())
                    .With(new ToyObjectives.Distance("conv9", "conv2"))
                    .Fit(X, Y, verbose: 0),
            Throws
                .ArgumentException.With.Message.StartsWith("3 problems")
                .And.Message.Contains("same inputs")
                .And.Message.Contains("'conv9'")
                .And.Message.Contains("'conv2'")
        );

    [Test]
    public void The_layer_of_logits_may_be_given_itself()
    {
        Sequential teacher = ToyMaps.Cnn(6, 1);
        Sequential student = new(new Input(shape: (8, 8, 1)), new Flatten(), Toy.Dense(4, 7, name: "classes"));
        var ofLogits = new ToyObjectives.Distance("pool", student.GetLayer("classes"), FeatureAdapter.Projection);

        Assert.That(
            new Distiller(teacher).WithStudent(student).With(ofLogits).Fit(X, Y, epochs: 1, verbose: 0).History["distance"][0],
            Is.Positive
        );
    }

    [Test]
    public void A_layer_of_another_model_of_the_same_name_is_refused() =>
        Assert.That(
            () =>
                Maps()
                    .With(new ToyObjectives.Distance(ToyMaps.Cnn(6, 1).GetLayer("conv1"), "conv1", FeatureAdapter.Projection))
                    .Fit(X, Y, verbose: 0),
            Throws.ArgumentException.With.Message.Contains("another one of that name")
        );

    private sealed class OneRow() : DistillationObjective("one_row")
    {
        protected override Tensor Compute(ObjectiveSignals signals) => signals.StudentLogits.narrow(0, 0, 1).mean([-1]);
    }

    private sealed class KeepsNothing() : DistillationObjective("keeps_nothing")
    {
        public override BoundObjective Bind(ObjectiveBinding binding)
        {
            Tensor disposed = ones(1);
            disposed.Dispose();
            binding.Keep(disposed);
            return base.Bind(binding);
        }
    }

    [Test]
    public void A_value_of_other_rows_and_a_tensor_that_is_gone_are_refused()
    {
        Assert.That(
            () => Maps().With(new OneRow()).Fit(X, Y, verbose: 0),
            Throws.InvalidOperationException.With.Message.Contains("one value a row").And.Message.Contains("(1,)")
        );
        Assert.That(() => Maps().With(new KeepsNothing()).Fit(X, Y, verbose: 0), Throws.TypeOf<ObjectDisposedException>());
    }

    [Test]
    public void What_an_objective_does_not_declare_it_does_not_get()
    {
        Assert.That(
            () => Maps().With(new ToyObjectives.Careless()).Fit(X, Y, verbose: 0),
            Throws.InvalidOperationException.With.Message.Contains("StudentFeatures")
        );
        Assert.That(
            () => Maps().With(new ToyObjectives.Shapeless()).Fit(X, Y, verbose: 0),
            Throws.InvalidOperationException.With.Message.Contains("IsPerSample")
        );
    }

    [Test]
    public void What_an_objective_does_not_give_is_said()
    {
        using (Assert.EnterMultipleScope())
        {
            Refused(new Partial { Bound = false }, "Bind of an objective", "gave null");
            Refused(new Partial { Sentences = null! }, "Problems of an objective", "are null");
            Refused(new Partial { Value = _ => null! }, "gave null");
            Refused(new Partial { Value = z => z.argmax(-1) }, "a tensor of type Int64");
            Refused(
                new Partial
                {
                    Value = z =>
                    {
                        Tensor rows = z.sum(-1);
                        rows.Dispose();
                        return rows;
                    },
                },
                "a tensor that is disposed"
            );
            Assert.That(
                () => Maps().With(new Partial { Pairs = null! }),
                Throws.ArgumentException.With.Message.Contains("Features of an objective")
            );
            Assert.That(
                () => Maps().With(new Partial { Pairs = [null!] }),
                Throws.ArgumentException.With.Message.Contains("Features of an objective")
            );
        }

        static void Refused(Partial objective, params string[] parts)
        {
            InvalidOperationException e = Assert.Throws<InvalidOperationException>(() => Maps().With(objective).Fit(X, Y, verbose: 0))!;
            foreach (string part in parts)
            {
                Assert.That(e?.Message, Does.Contain(part));
            }
        }
    }

    private sealed class Partial() : DistillationObjective("partial")
    {
        public bool Bound { get; init; } = true;

        public IEnumerable<string> Sentences { get; init; } = [];

        public IReadOnlyList<FeaturePair> Pairs { get; init; } = [];

        public Func<Tensor, Tensor> Value { get; init; } = z => z.sum(-1);

        public override IReadOnlyList<FeaturePair> Features => Pairs;

        public override IEnumerable<string> Problems(ObjectiveShapes shapes) => Sentences;

        public override BoundObjective Bind(ObjectiveBinding binding) => Bound ? base.Bind(binding) : null!;

        protected override Tensor Compute(ObjectiveSignals signals) => Value(signals.StudentLogits);
    }
}
