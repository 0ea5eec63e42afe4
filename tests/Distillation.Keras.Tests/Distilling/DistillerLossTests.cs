using System.Text.Json.Nodes;
using Distillation.Keras.Conformance;
using Distillation.Keras.Layers;
using Distillation.Keras.Losses;
using Distillation.Keras.Optimizers;
using Distillation.Keras.Regularizers;
using Distillation.Keras.Tests.Conformance;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Tests.Distilling;

/// <summary>
/// The whole loss of a fit against the paper's formula in float64. The input holds the fixture's student and teacher logits beside each
/// other, and both models are matrices that pick theirs, so that one step of SGD at rate 1 shows the gradient.
/// </summary>
public class DistillerLossTests
{
    private static readonly Fixture Expected = FixtureFiles.Load("distillation");

    private static IEnumerable<string> Plain =>
        Expected.CaseNames.Where(n => n.StartsWith("hinton_", StringComparison.Ordinal) && n.EndsWith("_t2", StringComparison.Ordinal));

    private static IEnumerable<string> Smoothed =>
        Expected.CaseNames.Where(n =>
            n.StartsWith("label_smoothing_over_c_", StringComparison.Ordinal) && !n.Contains("minus", StringComparison.Ordinal)
        );

    [TestCaseSource(nameof(Plain))]
    public void Loss_terms_and_gradient_are_those_of_the_paper(string name) =>
        Check(name, (d, x) => d.Fit(x, Labels(name), batch_size: 1000, epochs: 1, verbose: 0));

    [TestCase("hinton_plain_a0.1_b0.9_T4_t2")]
    [TestCase("hinton_extreme_a0.1_b0.9_T4_t2")]
    public void One_hot_labels_give_the_same_as_integers(string name) =>
        Check(name, (d, x) => d.Fit(x, nn.functional.one_hot(Labels(name), Classes(name)), batch_size: 1000, epochs: 1, verbose: 0));

    [Test]
    public void Sample_weights_weigh_both_halves_and_divide_by_the_number_of_rows() =>
        Check(
            "hinton_sample_weight_over_n",
            (d, x) =>
                d.Fit(
                    x,
                    Labels("hinton_sample_weight_over_n"),
                    sample_weight: Expected.Array("hinton_sample_weight_over_n/weights"),
                    batch_size: 1000,
                    epochs: 1,
                    verbose: 0
                )
        );

    [Test]
    public void A_column_of_sample_weights_is_taken_as_well() =>
        Check(
            "hinton_sample_weight_over_n",
            (d, x) =>
                d.Fit(
                    x,
                    Labels("hinton_sample_weight_over_n"),
                    sample_weight: Expected.Array("hinton_sample_weight_over_n/weights").unsqueeze(1),
                    batch_size: 1000,
                    epochs: 1,
                    verbose: 0
                )
        );

    [Test]
    public void Class_weights_are_the_weights_of_their_samples()
    {
        const string Name = "hinton_class_weight_over_n";
        double[] weights = [.. Expected.Array($"{Name}/class_weights").to(ScalarType.Float64).data<double>()];
        Check(
            Name,
            (d, x) =>
                d.Fit(
                    x,
                    Labels(Name),
                    class_weight: weights.Index().ToDictionary(w => w.Index, w => w.Item),
                    batch_size: 1000,
                    epochs: 1,
                    verbose: 0
                )
        );
    }

    [Test]
    public void Without_labels_only_the_soft_half_is_left() =>
        Check("hinton_unlabelled_all", (d, x) => d.Fit(x, batch_size: 1000, epochs: 1, verbose: 0));

    [TestCaseSource(nameof(Smoothed))]
    public void A_given_loss_takes_the_place_of_the_hard_half(string name)
    {
        double smoothing = Case(name)["hyper"]!["epsilon"]!.GetValue<double>();
        using DisposeScope scope = NewDisposeScope();
        Tensor z = Expected.Array($"{name}/student");
        History history = Step(
            new Distiller(Picker(z.shape[1], first: false))
                .WithTemperature(1)
                .WithHardLossWeight(1)
                .WithSoftLossWeight(0)
                .WithLoss(new CategoricalCrossentropy(label_smoothing: smoothing)),
            name,
            z,
            zeros_like(z),
            (d, x) => d.Fit(x, Labels(name), batch_size: 1000, epochs: 1, verbose: 0)
        );

        double expected = Case(name)["expected"]!.GetValue<double>();
        Assert.That(history["hard_loss"][0], Is.EqualTo(expected).Within(1e-5 * expected));
        Assert.That(history["loss"][0], Is.EqualTo(expected).Within(1e-5 * expected));
    }

    [TestCase("sparse_categorical_crossentropy")]
    [TestCase("categorical_crossentropy")]
    public void A_loss_by_name_is_the_default_one(string loss)
    {
        const string Name = "hinton_extreme_a0.1_b0.9_T4_t2";
        Check(Name, (d, x) => d.WithLoss(loss).Fit(x, Labels(Name), batch_size: 1000, epochs: 1, verbose: 0));
    }

    [Test]
    public void A_penalty_that_fails_is_told_with_its_weight()
    {
        var student = new Sequential(
            new Input(shape: Toy.Width),
            new Dense(Toy.Classes, "softmax", kernel_regularizer: new OfColumns(), name: "head")
        );
        Assert.That(
            () => new Distiller(Toy.Mlp()).WithStudent(student).Fit(Toy.X(), epochs: 1, verbose: 0),
            Throws
                .InvalidOperationException.With.Message.StartsWith("The regularizer OfColumns of the weight ")
                .And.Message.Contains("/head/kernel failed in Distiller.Fit of")
        );
    }

    [Test]
    public void A_term_without_weight_is_reported_and_does_nothing()
    {
        const string Name = "hinton_plain_a0.1_b0.9_T4_t2";
        using DisposeScope scope = NewDisposeScope();
        Tensor z = Expected.Array($"{Name}/student");
        Tensor v = Expected.Array($"{Name}/teacher");
        Distiller distiller = new Distiller(Picker(z.shape[1], first: false)).WithTemperature(4);

        History hardOnly = Step(
            distiller.WithHardLossWeight(1).WithSoftLossWeight(0),
            null,
            z,
            v,
            (d, x) => d.Fit(x, Labels(Name), batch_size: 1000, epochs: 1, verbose: 0)
        );
        History softOnly = Step(
            distiller.WithHardLossWeight(0).WithSoftLossWeight(1),
            null,
            z,
            v,
            (d, x) => d.Fit(x, Labels(Name), batch_size: 1000, epochs: 1, verbose: 0)
        );

        double hard = Case(Name)["scalars"]!["hard"]!.GetValue<double>();
        double soft = 16 * Case(Name)["scalars"]!["soft"]!.GetValue<double>();
        foreach (History history in (History[])[hardOnly, softOnly])
        {
            Assert.That(history["hard_loss"][0], Is.EqualTo(hard).Within(1e-5 * hard));
            Assert.That(history["soft_loss"][0], Is.EqualTo(soft).Within(1e-5 * soft));
        }

        Assert.That(hardOnly["loss"][0], Is.EqualTo(hardOnly["hard_loss"][0]));
        Assert.That(softOnly["loss"][0], Is.EqualTo(softOnly["soft_loss"][0]));
    }

    private static void Check(string name, Func<Distiller, Tensor, DistillationResult> fit)
    {
        using DisposeScope scope = NewDisposeScope();
        JsonNode hyper = Case(name)["hyper"]!;
        double t = hyper["T"]!.GetValue<double>();
        Tensor z = Expected.Array($"{name}/student");
        Tensor v = Expected.Array($"{name}/teacher");
        Distiller distiller = new Distiller(Picker(z.shape[1], first: false))
            .WithTemperature(t)
            .WithHardLossWeight(hyper["a"]!.GetValue<double>())
            .WithSoftLossWeight(hyper["b"]!.GetValue<double>());

        History history = Step(distiller, name, z, v, fit);

        JsonNode scalars = Case(name)["scalars"]!;
        Near("loss", history["loss"][0], scalars["expected"]!.GetValue<double>(), t);
        if (scalars["hard"] is JsonNode hard)
        {
            Near("hard_loss", history["hard_loss"][0], hard.GetValue<double>(), t);
            Near("soft_loss", history["soft_loss"][0], t * t * scalars["soft"]!.GetValue<double>(), t);
        }
    }

    // A step, and where there is a name, a look at the gradient.
    private static History Step(Distiller distiller, string? name, Tensor z, Tensor v, Func<Distiller, Tensor, DistillationResult> fit)
    {
        Model student = Picker(z.shape[1], first: true);
        Tensor before = student.Weights[0].Value.detach().clone();
        Tensor x = cat([z, v], 1);
        DistillationResult result = fit(distiller.WithStudent(student).WithOptimizer(new SGD(1.0)), x);
        if (name is not null)
        {
            Tensor change = (before - student.Weights[0].Value).detach();
            Tensor expected = x.to(ScalarType.Float64).t().matmul(Expected.Array($"{name}/grad_student"));
            Tests.Near.Assert("gradient", change, expected, 2e-5, 1e-5);
        }

        return result.History;
    }

    private static Sequential Picker(long classes, bool first)
    {
        var model = new Sequential(new Input(shape: (int)(2 * classes)), new Dense((int)classes, use_bias: false));
        using Tensor one = eye(classes);
        using Tensor none = zeros(classes, classes);
        using Tensor kernel = first ? cat([one, none], 0) : cat([none, one], 0);
        model.Weights[0].Assign(kernel);
        return model;
    }

    private static void Near(string what, double actual, double expected, double t) =>
        Assert.That(actual, Is.EqualTo(expected).Within((1e-5 * Math.Max(1, Math.Abs(expected))) + (1e-7 * t * t)), what);

    private static JsonNode Case(string name) => Expected.Entries("cases").Single(e => e.Name == name).Node!;

    private static Tensor Labels(string name) => Expected.Array($"{name}/labels");

    private static long Classes(string name) => Expected.Arrays[$"{name}/student"].Shape[1];

    /// <summary>Takes no weight at all: none has 7 columns of 7.</summary>
    private sealed class OfColumns : Regularizer
    {
        public override Tensor Call(Tensor weight) => weight.reshape(-1, 7, 7).sum();
    }
}
