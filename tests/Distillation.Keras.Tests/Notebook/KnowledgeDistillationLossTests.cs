using System.Text.Json.Nodes;
using Distillation.Keras.Conformance;
using Distillation.Keras.Losses;
using Distillation.Keras.Notebook;
using Distillation.Keras.Saving;
using Distillation.Keras.Tests.Conformance;
using NumSharp;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Tests.Notebook;

/// <summary>The notebook's loss and metrics against its formula in float64 and real Keras' clipping.</summary>
public class KnowledgeDistillationLossTests
{
    private static readonly Fixture Expected = FixtureFiles.Load("distillation");

    private static IEnumerable<string> Cases => Expected.CaseNames.Where(n => n.StartsWith("notebook_", StringComparison.Ordinal));

    [TestCaseSource(nameof(Cases))]
    public void The_metrics_on_arrays_are_the_notebooks(string name)
    {
        double t = Hyper(name)["T"]!.GetValue<double>();
        using NDArray targets = Numbers($"{name}/targets");
        using NDArray predictions = Numbers($"{name}/predictions");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(DistillationMetrics.Accuracy(targets, predictions), Is.EqualTo(Scalar(name, "accuracy")).Within(1e-6));
            Assert.That(DistillationMetrics.Top5Accuracy(targets, predictions), Is.EqualTo(Scalar(name, "top5")).Within(1e-6));
            Assert.That(
                DistillationMetrics.CategoricalCrossentropy(targets, predictions),
                Is.EqualTo(Scalar(name, "hard")).Within(1e-5).Percent
            );
            Assert.That(DistillationMetrics.SoftLogLoss(targets, predictions, t), Is.EqualTo(Scalar(name, "soft")).Within(1e-5).Percent);
        }
    }

    [Test]
    public void The_factor_of_T_squared_is_there_by_default()
    {
        using DisposeScope scope = NewDisposeScope();
        const string Name = "notebook_plain_lambda1_T10";
        Tensor loss = new KnowledgeDistillationLoss(10, hard_weight: 0.5, soft_weight: 2).Call(
            Expected.Array($"{Name}/targets"),
            Expected.Array($"{Name}/predictions")
        );

        Assert.That(
            loss.to(ScalarType.Float64).item<double>(),
            Is.EqualTo((0.5 * Scalar(Name, "hard")) + (2 * 100 * Scalar(Name, "soft"))).Within(1e-4).Percent
        );
    }

    [Test]
    public void Plain_one_hot_targets_get_an_error_that_names_the_columns_and_the_call()
    {
        Model model = Toy.Mlp().WithSoftenedOutput(5);
        model.Compile("sgd", new KnowledgeDistillationLoss(5));

        Assert.That(
            () => model.Fit(Toy.X(), Toy.OneHot(Toy.Labels(Toy.X())), verbose: 0),
            Throws.ArgumentException.With.Message.Contains("columns 4 to 7").And.Message.Contains("DistillationTargets.From(teacher, x, y)")
        );
    }

    [Test]
    public void One_hot_targets_of_an_even_width_do_not_pass_for_halves()
    {
        // Neither the model nor the targets have their second half: 4 and 4 columns, split at 2.
        Model model = Toy.Mlp();
        model.Compile("sgd", new KnowledgeDistillationLoss(5));

        Assert.That(
            () => model.Fit(Toy.X(), Toy.OneHot(Toy.Labels(Toy.X())), verbose: 0),
            Throws.ArgumentException.With.Message.Contains("columns 4 to 7").And.Message.Contains("WithSoftenedOutput")
        );
    }

    [Test]
    public void A_told_class_count_that_the_output_has_not_is_refused()
    {
        Model model = Toy.Mlp().WithSoftenedOutput(5);
        model.Compile("sgd", new KnowledgeDistillationLoss(5, num_classes: 10));

        Assert.That(
            () => model.Fit(Toy.X(), DistillationTargets.From(Toy.Mlp(), Toy.X(), Toy.Labels(Toy.X())), verbose: 0),
            Throws.ArgumentException.With.Message.Contains("10 classes: width 20")
        );
    }

    [Test]
    public void Numbers_out_of_range_are_refused()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => new KnowledgeDistillationLoss(0), Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(() => new KnowledgeDistillationLoss(2, hard_weight: -1), Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(() => new KnowledgeDistillationLoss(2, soft_weight: double.NaN), Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(() => new KnowledgeDistillationLoss(2, num_classes: 1), Throws.TypeOf<ArgumentOutOfRangeException>());
        }
    }

    [Test]
    public void It_survives_a_round_trip_through_its_configuration()
    {
        var loss = new KnowledgeDistillationLoss(
            3,
            0.25,
            0.75,
            num_classes: 4,
            scale_by_temperature_squared: false,
            reduction: "sum",
            name: "kd"
        );
        JsonObject json = KerasSerializer.Serialize(loss);

        var again = KerasSerializer.Deserialize<Loss>(json) as KnowledgeDistillationLoss;

        Assert.That(KerasSerializer.Serialize(again!).ToJsonString(), Is.EqualTo(json.ToJsonString()));
        Assert.That(again!.Temperature, Is.EqualTo(3));
    }

    private static JsonObject Hyper(string name) => (JsonObject)Expected.Entries("cases").Single(e => e.Name == name).Node!["hyper"]!;

    private static double Scalar(string name, string which) =>
        Expected.Entries("cases").Single(e => e.Name == name).Node!["scalars"]![which]!.GetValue<double>();

    private static NDArray Numbers(string name)
    {
        using Tensor values = Expected.Array(name).to(ScalarType.Float32);
        return np.array(values.data<float>().ToArray()).reshape([.. values.shape.Select(s => (int)s)]);
    }
}
