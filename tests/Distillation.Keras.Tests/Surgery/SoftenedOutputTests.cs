using Distillation.Keras.Layers;

namespace Distillation.Keras.Tests.Surgery;

public class SoftenedOutputTests
{
    [TestCase("softmax")]
    [TestCase(null)]
    public void The_output_is_the_softmax_and_the_softened_one(string? activation)
    {
        Model model = Toy.Mlp(activation: activation);
        double[][] z = [.. Toy.Predict(model.PopSoftmax(), Toy.X()).Chunk(Toy.Classes)];

        double[] both = Toy.Predict(model.WithSoftenedOutput(5), Toy.X());

        double[] expected = [.. z.SelectMany(row => Softmax(row, 1).Concat(Softmax(row, 5)))];
        Assert.That(both, Is.EqualTo(expected).Within(1e-6));
    }

    [Test]
    public void The_model_is_not_changed_and_shares_its_weights()
    {
        Model model = Toy.Normalized();
        model.Compile("adam", "categorical_crossentropy");
        var before = new ModelSnapshot(model);

        Model softened = model.WithSoftenedOutput(3);

        before.AssertUnchanged();
        Assert.That(softened.Weights, Is.EquivalentTo(model.Weights));
    }

    [TestCase(0)]
    [TestCase(-1)]
    [TestCase(double.NaN)]
    [TestCase(double.PositiveInfinity)]
    public void A_temperature_that_is_not_positive_is_refused(double temperature) =>
        Assert.That(
            () => Toy.Mlp().WithSoftenedOutput(temperature),
            Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("positive")
        );

    [Test]
    public void A_layer_that_has_the_name_of_an_added_one_is_no_hindrance()
    {
        var model = new Sequential(
            new Input(shape: Toy.Width),
            Toy.Dense(8, 1, name: "softened_probabilities"),
            Toy.Dense(Toy.Classes, 2, "softmax", name: "probabilities")
        );

        Assert.That(model.WithSoftenedOutput(2).Output.Shape[-1], Is.EqualTo(2 * Toy.Classes));
    }

    [Test]
    public void Float64_models_stay_in_float64()
    {
        Model model = Toy.Mlp(dtype: "float64");

        double[] both = Toy.Predict(model.WithSoftenedOutput(5), Toy.X());

        double[] expected =
        [
            .. Toy.Predict(model.PopSoftmax(), Toy.X()).Chunk(Toy.Classes).SelectMany(row => Softmax(row, 1).Concat(Softmax(row, 5))),
        ];
        Assert.That(both, Is.EqualTo(expected).Within(1e-14));
    }

    [Test]
    public void Sequences_are_softened_along_the_classes()
    {
        var model = new Sequential(new Input(shape: (3, Toy.Width)), Toy.Dense(Toy.Classes, 1, "softmax"));

        Assert.That(model.WithSoftenedOutput(2).Output.Shape, Is.EqualTo(new Shape(new int?[] { null, 3, 2 * Toy.Classes })));
    }

    private static double[] Softmax(double[] z, double t) => [.. z.Select(v => Math.Exp(v / t) / z.Sum(u => Math.Exp(u / t)))];
}
